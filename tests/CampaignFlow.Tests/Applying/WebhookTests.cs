using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using CampaignFlow.Applying;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace CampaignFlow.Tests.Applying;

/// <summary>A real receiver on this machine that checks the signature as a platform would.</summary>
public sealed class WebhookTests
{
    private const string Secret = "a secret that both sides know";

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_signed_order_reaches_the_platform_once_in_spite_of_a_server_that_was_down(DatabaseKind kind)
    {
        await using var shop = await AdServer.OpenAsync(503, 200);
        await using var store = await OpenAsync(kind, shop.Url, allowed: true);

        await ShiftAndWaitAsync(store);

        var told = await ToldAsync(store);
        Assert.Equal((InstructionState.Done, "ads"), (told.State, told.DoneBy));
        Assert.Equal(2, shop.Seen.Count); // the first answer was 503
        Assert.Single(shop.Seen.Select(s => s.Key).Distinct()); // so that the platform can tell the repeat
        Assert.All(shop.Seen, s => Assert.Equal(s.Signature, Signature.Of(Encoding.UTF8.GetBytes(Secret), s.Timestamp, s.Body)));
        Assert.All(
            shop.Seen,
            s =>
                Assert.InRange(
                    s.Timestamp,
                    new DateTimeOffset(2026, 11, 2, 1, 0, 0, default).ToUnixTimeSeconds(),
                    store.Clock.Now.ToUnixTimeSeconds()
                )
        );
        var order = JsonDocument.Parse(shop.Seen.Last().Body).RootElement;
        Assert.Equal("48", order.GetProperty("daily_budget").GetString());
        Assert.Equal(("spring", "search", "Shop - Search", "CNY"), (Text("campaign"), Text("channel"), Text("target"), Text("currency")));
        Assert.Equal(50_00, order.GetProperty("previous_daily_budget_minor").GetInt64());
        string Text(string name) => order.GetProperty(name).GetString()!;
    }

    [Fact]
    public void A_changed_body_or_an_old_timestamp_has_another_signature()
    {
        var secret = Encoding.UTF8.GetBytes(Secret);
        var signed = Signature.Of(secret, 1_790_000_000, """{"daily_budget":"48"}""");

        Assert.NotEqual(signed, Signature.Of(secret, 1_790_000_000, """{"daily_budget":"49"}"""));
        Assert.NotEqual(signed, Signature.Of(secret, 1_790_000_001, """{"daily_budget":"48"}"""));
        // Known answer: printf '%s' '1790000000.{"daily_budget":"48"}' | openssl dgst -sha256 -hmac "$SECRET"
        Assert.Equal(KnownAnswer, signed);
    }

    [Fact]
    public async Task What_the_platform_refuses_is_an_issue_and_is_not_sent_again()
    {
        await using var shop = await AdServer.OpenAsync(422);
        await using var store = await OpenAsync(DatabaseKind.Sqlite, shop.Url, allowed: true);

        await ShiftAndWaitAsync(store);

        Assert.Single(shop.Seen);
        Assert.Equal((InstructionState.Failed, "ads answered 422."), ((await ToldAsync(store)).State, (await ToldAsync(store)).FoundEn));
        var issue = await store.InScopeAsync(
            (db, _) => db.Set<CampaignFlow.Tasks.WorkTask>().SingleAsync(t => t.TitleEn.StartsWith("Issue"))
        );
        Assert.Contains("ads answered 422. The ledger gives search ¥48.00 a day", issue.WhyEn, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_platform_inside_the_house_is_not_called_unless_the_settings_say_so()
    {
        await using var shop = await AdServer.OpenAsync(200);
        await using var store = await OpenAsync(DatabaseKind.Sqlite, shop.Url, allowed: false);

        await ShiftAndWaitAsync(store);

        Assert.Empty(shop.Seen);
        Assert.Equal(InstructionState.Failed, (await ToldAsync(store)).State);
        Assert.Contains("lies inside this network", (await ToldAsync(store)).FoundEn, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signed_order_does_not_follow_a_redirect()
    {
        await using var other = await AdServer.OpenAsync(200);
        await using var shop = await AdServer.OpenAsync(307);
        shop.Location = other.Url;
        await using var store = await OpenAsync(DatabaseKind.Sqlite, shop.Url, allowed: true, other.Url);

        await ShiftAndWaitAsync(store);

        Assert.Empty(other.Seen);
        Assert.Contains("redirects", (await ToldAsync(store)).FoundEn, StringComparison.Ordinal);
    }

    private static async Task<CampaignStore> OpenAsync(DatabaseKind kind, string url, bool allowed, string? alsoAllowed = null)
    {
        var hosts = allowed ? string.Join(' ', new[] { url, alsoAllowed }.OfType<string>().Select(u => new Uri(u).Authority)) : "";
        var store = await CampaignStore.CreateAsync(
            kind,
            more: new()
            {
                ["Platforms:ads:Url"] = url,
                ["Platforms:ads:Secret"] = Secret,
                ["Http:AllowedHosts"] = hosts,
            }
        );
        await store.OpenBooksAsync();
        var person = await store.PersonAsync("operator");
        Assert.Null(
            await store.WithAsync<ConnectChannel, Phrase?>(c =>
                c.HandleAsync(store.CampaignId, "search", Adapter.Webhook, "ads", "Shop - Search", 0.1, 2, person, default)
            )
        );
        return store;
    }

    private static async Task ShiftAndWaitAsync(CampaignStore store)
    {
        await store.ShiftAsync("search", "social", 2_00);
        for (var i = 0; i < 4; i++)
        {
            store.Clock.Advance(TimeSpan.FromMinutes(1)); // the outbox waits before it tries again
            await store.SettleAsync();
        }
    }

    private static Task<Instruction> ToldAsync(CampaignStore store) =>
        store.InScopeAsync((db, _) => db.Instructions.AsNoTracking().SingleAsync(i => i.Channel == "search"));

    private const string KnownAnswer = "v1=3cdfd70388c81f7de7273414033e14d2de8ca3028bb38719c2319f211df69ff8";

    private sealed record Order(string Key, long Timestamp, string Signature, string Body);

    private sealed class AdServer(WebApplication web) : IAsyncDisposable
    {
        public ConcurrentQueue<Order> Seen { get; } = [];
        public string? Location { get; set; }
        public string Url => web.Urls.First() + "/budgets";

        public static async Task<AdServer> OpenAsync(params int[] answers)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var web = builder.Build();
            web.Urls.Add("http://127.0.0.1:0");
            var server = new AdServer(web);
            web.MapPost(
                "/budgets",
                async (HttpContext http) =>
                {
                    using var reader = new StreamReader(http.Request.Body);
                    var body = await reader.ReadToEndAsync();
                    var headers = http.Request.Headers;
                    server.Seen.Enqueue(
                        new(
                            headers["Idempotency-Key"]!,
                            long.Parse(headers[Signature.TimestampHeader]!, null),
                            headers[Signature.Header]!,
                            body
                        )
                    );
                    if (server.Location is { } elsewhere)
                        http.Response.Headers.Location = elsewhere;
                    return Results.StatusCode(answers[Math.Min(server.Seen.Count, answers.Length) - 1]);
                }
            );
            await web.StartAsync();
            return server;
        }

        public ValueTask DisposeAsync() => web.DisposeAsync();
    }
}
