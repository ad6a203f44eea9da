using CampaignFlow.Accounts;
using CampaignFlow.Notifications;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Notifications;

public sealed class PostingTests
{
    private static readonly Recipient Lin = new(Guid.CreateVersion7(), "林岚", "lin@example.com", "zh-CN", "Asia/Shanghai");

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_key_makes_one_mail_and_one_file(DatabaseKind kind)
    {
        await using var store = await StoreAsync(kind);
        var first = await PostAsync(store, SampleMails.Review, Lin);
        var second = await PostAsync(store, SampleMails.Review, Lin);
        await PostAsync(
            store,
            SampleMails.Review,
            Lin with
            {
                PersonId = Guid.CreateVersion7(),
                Address = "wei@example.com",
                Language = "en",
            }
        );

        await DispatchAsync(store);
        await DispatchAsync(store);

        Assert.NotNull(first);
        Assert.Null(second);
        Assert.Equal(2, Files(store).Length);
        await store.InScopeAsync(
            async (db, _) =>
            {
                var mails = await db.Mails.OrderBy(m => m.Id).ToListAsync();
                Assert.All(mails, m => Assert.Equal((MailState.Sent, 1, store.Clock.Now), (m.State, m.Attempts, m.SentAt!.Value)));
                Assert.Equal(["zh-CN", "en"], mails.Select(m => m.Language));
                Assert.Equal($"review-reminder:summer-2026:2026-W46:{Lin.PersonId:N}", mails[0].Key);
            }
        );
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task The_same_key_twice_in_one_transaction_is_one_mail(DatabaseKind kind)
    {
        await using var store = await StoreAsync(kind);
        await store.InScopeAsync(
            async (db, services) =>
            {
                var post = services.GetRequiredService<PostMail>();
                Assert.NotNull(await post.PostAsync(db, SampleMails.Request, Lin, "152", null, store.Clock.Now));
                Assert.Null(await post.PostAsync(db, SampleMails.Request, Lin, "152", null, store.Clock.Now));
                await db.SaveChangesAsync();
            }
        );
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_mail_leaves_only_with_the_callers_commit(DatabaseKind kind)
    {
        await using var store = await StoreAsync(kind);
        await store.InScopeAsync(
            (db, services) => services.GetRequiredService<PostMail>().PostAsync(db, SampleMails.Request, Lin, "152", null, store.Clock.Now)
        );

        await DispatchAsync(store);

        Assert.Empty(Files(store));
    }

    [Theory]
    [InlineData("2026-11-08T12:59:59Z", "Asia/Shanghai", "2026-11-08T12:59:59Z")] // 20:59:59, still evening
    [InlineData("2026-11-08T13:00:00Z", "Asia/Shanghai", "2026-11-09T00:00:00Z")] // 21:00 waits for 08:00
    [InlineData("2026-11-08T20:30:00Z", "Asia/Shanghai", "2026-11-09T00:00:00Z")] // 04:30 waits for the same morning
    [InlineData("2026-11-09T00:00:00Z", "Asia/Shanghai", "2026-11-09T00:00:00Z")] // 08:00 sharp
    [InlineData("2026-10-24T20:00:00Z", "Europe/Berlin", "2026-10-25T07:00:00Z")] // the night that summer time ends: 08:00 is UTC+1
    [InlineData("2026-03-28T22:00:00Z", "Europe/Berlin", "2026-03-29T06:00:00Z")] // the night that it begins: 08:00 is UTC+2
    public void Night_waits_for_eight_on_the_readers_clock(string now, string zone, string expected) =>
        Assert.Equal(DateTimeOffset.Parse(expected), QuietHours.Next(DateTimeOffset.Parse(now), TimeZoneInfo.FindSystemTimeZoneById(zone)));

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task At_night_only_critical_mails_go_out(DatabaseKind kind)
    {
        await using var store = await StoreAsync(kind);
        store.Clock.Now = DateTimeOffset.Parse("2026-11-08T15:00:00Z"); // 23:00 in Shanghai
        await PostAsync(store, SampleMails.Request, Lin);
        await PostAsync(store, SampleMails.Review with { Critical = true }, Lin);

        await DispatchAsync(store);
        Assert.StartsWith("review-reminder", Assert.Single(Files(store)));
        store.Clock.Now = DateTimeOffset.Parse("2026-11-09T00:00:00Z");
        await DispatchAsync(store);

        Assert.Equal(2, Files(store).Length);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_crash_after_the_file_was_written_writes_no_second_one(DatabaseKind kind)
    {
        await using var store = await StoreAsync(kind);
        var id = await PostAsync(store, SampleMails.Request, Lin);
        await store.InScopeAsync(
            async (db, services) =>
            {
                // The node dies between the file and the commit: the claim is there, the receipt is not.
                var mail = await db.Mails.SingleAsync(m => m.Id == id);
                await services.GetRequiredService<IMailer>().SendAsync(mail, CancellationToken.None);
                mail.State = MailState.Sending;
                mail.Attempts = 1;
                mail.SendingUntil = store.Clock.Now + DeliverMail.Lease;
                await db.SaveChangesAsync();
            }
        );
        var before = await File.ReadAllTextAsync(Path.Combine(Folder(store), Files(store)[0]));

        await DispatchAsync(store);
        Assert.Equal(MailState.Sending, await StateAsync(store)); // the dead node might be a live one
        store.Clock.Advance(DeliverMail.Lease);
        await DispatchAsync(store);

        Assert.Equal(MailState.Sent, await StateAsync(store));
        Assert.Equal(before, await File.ReadAllTextAsync(Path.Combine(Folder(store), Assert.Single(Files(store)))));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_failing_mailer_is_tried_again_and_given_up_with_its_reason(DatabaseKind kind)
    {
        await using var store = await StoreAsync(kind, s => s.AddSingleton<IMailer, Broken>());
        await PostAsync(store, SampleMails.Request with { Critical = true }, Lin);

        await DispatchAsync(store);
        Assert.Equal(MailState.Queued, await StateAsync(store));
        for (var i = 0; i < OutboxDispatcher.MaxAttempts; i++)
        {
            store.Clock.Advance(TimeSpan.FromHours(1));
            await DispatchAsync(store);
        }

        await store.InScopeAsync(
            async (db, _) =>
            {
                var mail = await db.Mails.SingleAsync();
                Assert.Equal((MailState.Failed, OutboxDispatcher.MaxAttempts, "the disk is full"), (mail.State, mail.Attempts, mail.Error));
                Assert.Equal(1, await db.Outbox.CountAsync(m => m.DoneAt != null));
            }
        );
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_role_is_everybody_who_has_it_and_an_address(DatabaseKind kind)
    {
        await using var store = await StoreAsync(kind);
        await store.InScopeAsync(
            async (db, _) =>
            {
                db.People.Add(Person("Lin", "lin@example.com", Roles.Manager, Roles.Finance));
                db.People.Add(Person("Wei", "wei@example.com", Roles.Operator));
                db.People.Add(Person("No address", null, Roles.Manager));
                await db.SaveChangesAsync();
                Assert.Equal(["Lin"], (await Recipients.OfRoleAsync(db, Roles.Manager)).Select(r => r.Name));
                Assert.Empty(await Recipients.OfRoleAsync(db, Roles.Brand));
            }
        );
    }

    internal static Task<TestStore> StoreAsync(
        DatabaseKind kind,
        Action<IServiceCollection>? more = null,
        params (string, string?)[] settings
    ) =>
        TestStore.CreateAsync(
            kind,
            services =>
            {
                var values = settings.ToDictionary(s => s.Item1, s => s.Item2);
                services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
                services.AddNotifications();
                more?.Invoke(services);
            }
        );

    internal static Task<Guid?> PostAsync(TestStore store, MailModel model, Recipient to) =>
        store.InScopeAsync(
            async (db, services) =>
            {
                var id = await services
                    .GetRequiredService<PostMail>()
                    .PostAsync(db, model, to, "summer-2026:2026-W46", null, store.Clock.Now);
                await db.SaveChangesAsync();
                return id;
            }
        );

    internal static Task<int> DispatchAsync(TestStore store) =>
        store.Services.GetRequiredService<OutboxDispatcher>().DispatchDueAsync(CancellationToken.None);

    private static Task<MailState> StateAsync(TestStore store) =>
        store.InScopeAsync((db, _) => db.Mails.Select(m => m.State).SingleAsync());

    private static string Folder(TestStore store) => Path.Combine(store.Services.GetRequiredService<StorageOptions>().Folder, "mails");

    private static string[] Files(TestStore store) =>
        Directory.Exists(Folder(store)) ? [.. Directory.GetFiles(Folder(store)).Select(f => Path.GetFileName(f))] : [];

    private static Person Person(string name, string? address, params string[] roles) =>
        new()
        {
            Id = Guid.CreateVersion7(),
            DisplayName = name,
            UserName = name,
            NormalizedUserName = name.ToUpperInvariant(),
            Email = address,
            Roles = [.. roles],
        };

    private sealed class Broken : IMailer
    {
        public Task SendAsync(Mail mail, CancellationToken cancellationToken) => throw new IOException("the disk is full");
    }
}
