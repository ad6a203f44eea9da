using CampaignFlow.Budgets;
using CampaignFlow.Engine;
using CampaignFlow.Metrics;
using CampaignFlow.Rules.Lab;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows.Versions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Rules.Lab;

/// <summary>Drafts, proofs and publications on both databases.</summary>
public abstract class LabTests(DatabaseKind kind) : IAsyncLifetime
{
    private static readonly Author Analyst = new(Guid.NewGuid(), "Ana");
    private static readonly Author Manager = new(Guid.NewGuid(), "Mara");
    private CampaignStore store = null!;

    public async ValueTask InitializeAsync()
    {
        store = await CampaignStore.CreateAsync(kind);
        await store.InScopeAsync((db, services) => LabWorld.AddAsync(db, services.GetRequiredService<BudgetLedger>(), store.Clock.Now));
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_rule_that_moves_money_is_published_by_a_second_person_after_a_backtest_of_its_very_text()
    {
        Assert.Null(await SaveAsync(LabWorld.Shift));
        Assert.Contains("needs a backtest", Refused(await AskAsync()), StringComparison.Ordinal);

        var proof = await ProveAsync();
        Assert.True(proof.MayPublish);
        Assert.Null(await SaveAsync(LabWorld.Shift + "# another text\n"));
        Assert.Contains("needs a backtest", Refused(await AskAsync()), StringComparison.Ordinal);
        Assert.Null(await SaveAsync(LabWorld.Shift));

        Assert.Contains("Nobody has asked", Refused(await PublishAsync(Manager)), StringComparison.Ordinal);
        Assert.IsType<Publication.Asked>(await AskAsync());
        Assert.Contains("second person", Refused(await PublishAsync(Analyst)), StringComparison.Ordinal);
        Assert.False(File.Exists(FilePath));

        Assert.IsType<Publication.Done>(await PublishAsync(Manager));
        Assert.Equal(LabWorld.Shift, await File.ReadAllTextAsync(FilePath));
        var view = await ViewAsync();
        Assert.Null(view.Draft);
        var published = Assert.Single(view.Publications);
        Assert.Equal((1, "Ana", "Mara", proof.Id), (published.Number, published.AskedBy, published.PublishedBy, published.ProofId));
        Assert.Equal(published.Hash, view.Active!.Hash);
    }

    [Fact]
    public async Task The_naive_rule_is_refused_with_the_factor_of_the_history()
    {
        await SaveAsync(LabWorld.Naive);
        var proof = await ProveAsync();
        Assert.False(proof.MayPublish);
        var finding = Assert.Single(ProofReport.Read(proof.Report).Findings, f => f.Code == "unbounded-compounding");
        Assert.Contains($"in {LabWorld.Days} days", finding.Text.En, StringComparison.Ordinal);
        Assert.Contains("无界复利", finding.Text.Zh, StringComparison.Ordinal);
        Assert.Equal(("moves.yaml", 6), (finding.File, finding.Line));
        Assert.Contains("refuse it", Refused(await AskAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_wrote_in_a_draft_may_not_publish_it_and_an_edit_takes_the_question_back()
    {
        await SaveAsync(LabWorld.Shift, Manager);
        await ProveAsync();
        await AskAsync();
        Assert.Contains("second person", Refused(await PublishAsync(Manager)), StringComparison.Ordinal);
        await SaveAsync(LabWorld.Shift);
        Assert.Contains("Nobody has asked", Refused(await PublishAsync(new(Guid.NewGuid(), "Third"))), StringComparison.Ordinal);
        await AskAsync();
        Assert.IsType<Publication.Done>(await PublishAsync(new(Guid.NewGuid(), "Third")));
    }

    [Fact]
    public async Task A_proof_goes_stale_when_another_rule_changes_and_when_time_passes()
    {
        await SaveAsync(LabWorld.Shift);
        await ProveAsync();
        Assert.Null((await ViewAsync()).Obstacle);
        await File.WriteAllTextAsync(
            Path.Combine(store.Rules, "other.yaml"),
            "rule: o\nfor each: campaign\nwhen: roas(7d) > 99\nthen: { notify: analyst }\n"
        );
        Assert.Contains("Other rules have changed", Refused(await AskAsync()), StringComparison.Ordinal);
        await ProveAsync();
        Assert.Null((await ViewAsync()).Obstacle);
        store.Clock.Now += TimeSpan.FromDays(4);
        Assert.Contains("three days old", Refused(await AskAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_changed_on_disk_is_never_overwritten_unseen()
    {
        await File.WriteAllTextAsync(FilePath, LabWorld.Shift);
        await SaveAsync(LabWorld.Shift.Replace("10%", "12%", StringComparison.Ordinal));
        await ProveAsync();
        var theirs = LabWorld.Shift.Replace("10%", "9%", StringComparison.Ordinal);
        await File.WriteAllTextAsync(FilePath, theirs);

        Assert.True((await ViewAsync()).Conflict);
        Assert.Contains("changed on disk", Refused(await AskAsync()), StringComparison.Ordinal);
        Assert.Equal(theirs, await File.ReadAllTextAsync(FilePath));

        Assert.Null(await store.WithAsync<SaveRuleDraft, Phrase?>(s => s.KeepMineAsync("moves", Analyst, default)));
        await AskAsync();
        Assert.IsType<Publication.Done>(await PublishAsync(Manager));
        Assert.Contains("12%", await File.ReadAllTextAsync(FilePath), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_who_edit_at_once_do_not_overwrite_each_other()
    {
        await SaveAsync(LabWorld.Shift);
        var late = await store.WithAsync<SaveRuleDraft, Phrase?>(s => s.HandleAsync("moves", "rule: mine", 0, Manager, default));
        Assert.Contains("Ana changed the draft meanwhile", late!.Value.En, StringComparison.Ordinal);
        Assert.Equal(LabWorld.Shift, (await ViewAsync()).Draft!.Text);
    }

    [Fact]
    public async Task What_only_tells_needs_one_person_and_no_backtest()
    {
        await SaveAsync("rule: t\nfor each: campaign\nwhen: roas(7d) < 1\nthen: { notify: analyst }\n");
        Assert.IsType<Publication.Done>(await AskAsync());
        // But taking money out of a rule that moves it concerns money too.
        await SaveAsync(LabWorld.Shift);
        await ProveAsync();
        await AskAsync();
        await PublishAsync(Manager);
        await SaveAsync(LabWorld.Shift.Replace("mode: auto", "mode: observe", StringComparison.Ordinal));
        Assert.IsType<Publication.Asked>(await AskAsync());
        Assert.IsType<Publication.Done>(await PublishAsync(Manager));
        Assert.Equal([3, 2, 1], (await ViewAsync()).Publications.Select(p => p.Number));
    }

    [Fact]
    public async Task A_returned_draft_says_why_and_an_earlier_version_can_be_taken_back()
    {
        await SaveAsync(LabWorld.Shift);
        await ProveAsync();
        await AskAsync();
        var seen = (await ViewAsync()).Draft!.Version;
        Assert.NotNull(await store.WithAsync<PublishRule, Phrase?>(p => p.ReturnAsync("moves", seen, " ", Manager, default)));
        Assert.Null(await store.WithAsync<PublishRule, Phrase?>(p => p.ReturnAsync("moves", seen, "too bold", Manager, default)));
        Assert.Equal(("Mara", "too bold"), ((await ViewAsync()).Draft!.ReturnedBy, (await ViewAsync()).Draft!.ReturnedWhy));
        await AskAsync();
        await PublishAsync(Manager);

        await SaveAsync(LabWorld.Shift.Replace("10%", "5%", StringComparison.Ordinal));
        var first = (await ViewAsync()).Publications.Single().Hash;
        Assert.Null(await store.WithAsync<SaveRuleDraft, Phrase?>(s => s.TakeAsync("moves", first, Analyst, default)));
        Assert.Equal(LabWorld.Shift, (await ViewAsync()).Draft!.Text);
        Assert.Equal("The draft says what the file says.", (await ViewAsync()).Obstacle!.Value.En);
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("Big")]
    [InlineData("a b")]
    [InlineData("")]
    public async Task A_draft_stays_in_its_folder(string name) =>
        Assert.NotNull(await store.WithAsync<SaveRuleDraft, Phrase?>(s => s.HandleAsync(name, LabWorld.Shift, 0, Analyst, default)));

    [Fact]
    public async Task The_history_of_a_campaign_knows_restatements_and_start_budgets()
    {
        await store.InScopeAsync(
            async (db, _) =>
            {
                var known = await db.MetricFacts.FirstAsync(f => f.Channel == "poor");
                db.Add(
                    new MetricFact
                    {
                        CampaignId = known.CampaignId,
                        Channel = "POOR",
                        Day = known.Day,
                        KnownAt = known.KnownAt.AddDays(5),
                        SpendMinor = 90_00,
                        RevenueMinor = 900_00,
                    }
                );
                return await db.SaveChangesAsync();
            }
        );
        var (history, _) = await store.WithAsync<HistoryOfCampaign, (Engine.Rules.Lab.History?, Phrase?)>(h =>
            h.OfAsync("lab-campaign", false, default)
        );
        Assert.Equal((LabWorld.Total, LabWorld.Days, 3 * LabWorld.Days + 1), (history!.DailyTotalMinor, history.Days, history.Facts.Count));
        Assert.Equal(900_00, history.Final[("poor", history.FlightStart)].RevenueMinor);
        Assert.Equal(LabWorld.Days - 1, history.Mornings.Count); // nine o'clock of today has not come yet
        Assert.All(history.Mornings, m => Assert.Equal(9, m.Now.Hour));
    }

    private string FilePath => Path.Combine(store.Rules, "moves.yaml");

    private async Task<LabView> ViewAsync() => (await store.WithAsync<LabQueries, LabView?>(l => l.FindAsync("moves", default)))!;

    private async Task<Phrase?> SaveAsync(string text, Author? by = null)
    {
        var seen = await store.InScopeAsync(
            (db, _) => db.RuleDrafts.Where(d => d.Rule == "moves").Select(d => d.Version).SingleOrDefaultAsync()
        );
        return await store.WithAsync<SaveRuleDraft, Phrase?>(s => s.HandleAsync("moves", text, seen, by ?? Analyst, default));
    }

    private async Task<RuleProof> ProveAsync()
    {
        var rule = (await ViewAsync()).Shown.Reading.Rule!;
        var (history, _) = await store.WithAsync<HistoryOfCampaign, (Engine.Rules.Lab.History?, Phrase?)>(h =>
            h.OfAsync("lab-campaign", false, default)
        );
        var (proof, refusal) = await store.WithAsync<ProveRule, (RuleProof?, Phrase?)>(p =>
            p.HandleAsync(rule, history!, "lab-campaign", "Ana", default)
        );
        Assert.Null(refusal);
        return proof!;
    }

    private async Task<Publication> AskAsync()
    {
        var seen = (await ViewAsync()).Draft!.Version;
        return await store.WithAsync<PublishRule, Publication>(p => p.AskAsync("moves", seen, Analyst, default));
    }

    private async Task<Publication> PublishAsync(Author by)
    {
        var seen = (await ViewAsync()).Draft!.Version;
        return await store.WithAsync<PublishRule, Publication>(p => p.PublishAsync("moves", seen, by, default));
    }

    private static string Refused(Publication publication) => Assert.IsType<Publication.Refused>(publication).Why.En;
}

public sealed class LabOnSqliteTests() : LabTests(DatabaseKind.Sqlite);

public sealed class LabOnPostgresTests() : LabTests(DatabaseKind.Postgres);
