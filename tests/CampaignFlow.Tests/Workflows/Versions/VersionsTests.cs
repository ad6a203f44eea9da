using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Versions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows.Versions;

/// <summary>Which version new runs start with, and who decides it.</summary>
public sealed class VersionsTests
{
    private static readonly Author Li = new(Guid.NewGuid(), "Li");
    private static readonly Author Wang = new(Guid.NewGuid(), "Wang");
    private static readonly string One = Sequence(Event("one"));
    private static readonly string Two = Sequence(Event("two"));
    private static readonly string Paid = Sequence(Text("Test.Agree", "mark", "x"));

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_retracted_definition_starts_no_run_and_its_runs_go_on(DatabaseKind kind)
    {
        await using var bench = await WithMoneyAsync(kind);
        await bench.PublishAsync("story", One);
        var running = await bench.StartAsync("story");
        await bench.DrainAsync();

        Assert.Null(await RetractAsync(bench, 1));
        Assert.NotNull(await RetractAsync(bench, 1));

        await Assert.ThrowsAsync<UnknownWorkflow>(() => bench.StartAsync("story", "another"));
        await bench.PublishAsync("story", One); // the unchanged file does not undo what a person decided
        await Assert.ThrowsAsync<UnknownWorkflow>(() => bench.StartAsync("story", "another"));
        await bench.SignalAsync("event", "one");
        await bench.DrainAsync();
        Assert.Equal(CampaignFlow.Engine.Workflows.RunStatus.Finished, await bench.StatusAsync(running));
        Assert.IsType<Publication.Done>(await PublishAsync(bench, 1, Li));
        await bench.StartAsync("story", "another");
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Reverting_makes_a_new_version_with_the_old_text_and_a_file_that_says_the_same_is_in_step(DatabaseKind kind)
    {
        await using var bench = await WithMoneyAsync(kind);
        await bench.PublishAsync("story", One);
        await bench.PublishAsync("story", Two);

        Assert.Equal((3, typeof(Publication.Done)), await RevertAsync(bench, 1, Li));
        Assert.Equal((null, typeof(Publication.Refused)), await RevertAsync(bench, 1, Li)); // says the same already

        await bench.PublishAsync("story", Two); // the file as it was read last
        Assert.Equal(["Superseded", "Superseded", "InUse"], await StatesAsync(bench));
        var reverted = await bench.AskAsync(db => db.WorkflowVersions.SingleAsync(v => v.Version == 3));
        Assert.Equal((One, "Li", (int?)1), (reverted.Json, reverted.MadeBy, reverted.RevertOf));
        await bench.PublishAsync("story", One);
        Assert.Equal(["Superseded", "Superseded", "InUse"], await StatesAsync(bench));
        await bench.PublishAsync("story", Two);
        Assert.Equal(["Superseded", "Superseded", "Superseded", "InUse"], await StatesAsync(bench));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task What_moves_money_is_published_by_two_persons(DatabaseKind kind)
    {
        await using var bench = await WithMoneyAsync(kind);
        await bench.PublishAsync("story", One);
        Assert.Equal(2, await SaveAsync(bench, Paid));
        Assert.Equal(["InUse", "Draft"], await StatesAsync(bench));

        Assert.IsType<Publication.Asked>(await PublishAsync(bench, 2, Li));
        Assert.Equal(["InUse", "Asked"], await StatesAsync(bench));
        Assert.IsType<Publication.Refused>(await PublishAsync(bench, 2, Li));
        Assert.IsType<Publication.Done>(await PublishAsync(bench, 2, Wang));
        Assert.Equal(["Superseded", "InUse"], await StatesAsync(bench));

        // Taking the money out of it is a change of what moves money, too.
        Assert.Equal((3, typeof(Publication.Asked)), await RevertAsync(bench, 1, Li));
        Assert.Null(await RetractAsync(bench, 3));
        Assert.IsType<Publication.Asked>(await PublishAsync(bench, 3, Wang)); // a withdrawn request starts anew
        Assert.IsType<Publication.Refused>(await PublishAsync(bench, 9, Li));
        Assert.Equal(
            4,
            await bench.AskAsync(db =>
                db.Set<CampaignFlow.Campaigns.AuditEvent>()
                    .CountAsync(e => e.TextEn.StartsWith("Asked") || e.TextEn.StartsWith("Published"))
            )
        );
    }

    [Fact]
    public async Task A_draft_that_cannot_be_read_is_not_stored()
    {
        await using var bench = await WithMoneyAsync(DatabaseKind.Sqlite);
        var (version, problems) = await bench.Store.InScopeAsync(
            (_, s) => s.GetRequiredService<SaveDraft>().HandleAsync("story", Sequence(Text("Test.Leeve", "mark", "x")), Li, null, default)
        );
        Assert.Null(version);
        Assert.Contains("Test.Leave", Assert.Single(problems).Text.En, StringComparison.Ordinal);
    }

    private static Task<Bench> WithMoneyAsync(DatabaseKind kind) => CreateAsync(kind, services => services.AddScoped<IActivity, Agree>());

    private static Task<Publication> PublishAsync(Bench bench, int version, Author by) =>
        bench.Store.InScopeAsync((_, s) => s.GetRequiredService<PublishVersion>().HandleAsync("story", version, by, default));

    private static Task<CampaignFlow.Engine.Phrase?> RetractAsync(Bench bench, int version) =>
        bench.Store.InScopeAsync((_, s) => s.GetRequiredService<RetractVersion>().HandleAsync("story", version, Li, default));

    private static async Task<(int?, Type)> RevertAsync(Bench bench, int version, Author by)
    {
        var (made, publication) = await bench.Store.InScopeAsync(
            (_, s) => s.GetRequiredService<RevertTo>().HandleAsync("story", version, by, default)
        );
        return (made, publication.GetType());
    }

    private static async Task<int?> SaveAsync(Bench bench, string json) =>
        (await bench.Store.InScopeAsync((_, s) => s.GetRequiredService<SaveDraft>().HandleAsync("story", json, Li, null, default))).Version;

    private static async Task<List<string>> StatesAsync(Bench bench) =>
        [
            .. (await bench.AskAsync(db => db.WorkflowVersions.AsNoTracking().OrderBy(v => v.Version).ToListAsync())).Select(v =>
                VersionWords.StateOf(v).ToString()
            ),
        ];
}

/// <summary>Says of itself that it stands for a decision.</summary>
internal sealed class Agree : IActivity
{
    public CampaignFlow.Engine.Workflows.ActivityType Type { get; } =
        new("Test.Agree", "Test", new("Agree", "同意"), new("", ""), [new("Mark", "String", new("", ""), new("", ""))], [], ["Done"])
        {
            Decides = true,
        };

    public Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken) =>
        Task.FromResult<ActivityResult>(new ActivityResult.Done());
}
