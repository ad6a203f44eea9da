using CampaignFlow.Engine;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Rules;

public sealed class RerunDecisionTests
{
    private const string Donor = """
        rule: { en: Donor, zh: 让出方 }
        for each: channel in a campaign
        when: roas(3d) < 1
        then: { mark: channel as donor }
        mode: auto
        """;

    private const string Shift = """
        rule: { en: Shift, zh: 转移 }
        for each: pair of channels (loser, winner) in a campaign
        when:
          all:
            - loser.mark == "donor"
            - probability(winner.roas(7d) > 2) > 90%
        choose: highest winner.roas(3d)
        then: { shift: 5% of loser.budget to winner }
        guard: { certainty: 80% }
        mode: auto
        """;

    [Theory]
    [InlineData(DatabaseKind.Sqlite, DatabaseKind.Postgres)]
    [InlineData(DatabaseKind.Postgres, DatabaseKind.Sqlite)]
    public async Task A_decision_is_repeated_from_its_record_with_the_same_bytes_on_another_database(DatabaseKind from, DatabaseKind to)
    {
        await using var here = await RuleWorld.CreateAsync(from, 1, Donor, Shift);
        await RuleWorld.EvaluateAsync(here, "morning");
        var decision = (await RuleWorld.DecisionsAsync(here)).Single(d => d is { Action: "shift", Outcome: DecisionOutcome.Applied });
        var first = await RerunAsync(here, decision.Id);
        Assert.True(first.Same);

        // What became of the campaign since says nothing about then.
        here.Clock.Advance(TimeSpan.FromDays(3));
        await RuleWorld.ReportAsync(here, "restated", RuleWorld.Row("video", 29, 20_00, 900_00));
        await File.WriteAllTextAsync(Path.Combine(here.Rules, "r0.yaml"), Donor.Replace("< 1", "< 9", StringComparison.Ordinal));
        Assert.Equal(first, await RerunAsync(here, decision.Id));

        await using var there = await RuleWorld.CreateAsync(to, 1);
        await CopyAsync(here, there, decision);
        Assert.Equal(first, await RerunAsync(there, decision.Id));
        Assert.Equal(first.Verdicts, RerunDecision.Of(first.Record).Rerun!.Verdicts); // and from the file alone
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Every_evaluation_of_many_keeps_its_record(DatabaseKind kind)
    {
        await using var store = await RuleWorld.CreateAsync(kind, 3, Donor, Shift);
        await RuleWorld.EvaluateAsync(store, "morning");
        foreach (var decision in await RuleWorld.DecisionsAsync(store))
            Assert.True((await RerunAsync(store, decision.Id)).Same);
        foreach (var silent in await RuleWorld.SilentAsync(store))
            Assert.True((await RerunAsync(store, silent.Evaluation)).Same);
    }

    [Fact]
    public async Task A_record_that_somebody_changed_is_refused_or_says_something_else()
    {
        await using var store = await RuleWorld.CreateAsync(DatabaseKind.Sqlite, 1, Donor);
        await RuleWorld.EvaluateAsync(store, "morning");
        var record = await store.InScopeAsync((db, _) => db.EvaluationRecords.AsNoTracking().SingleAsync());
        var json = record.Json();
        var other = RerunDecision.Of(json.Replace("\"revenue\":1000", "\"revenue\":9000", StringComparison.Ordinal), record.VerdictsHash);
        Assert.False(other.Rerun!.Same);
        Assert.StartsWith(
            "the text of rule r0 is not the one",
            RerunDecision.Of(json.Replace("< 1", "< 2", StringComparison.Ordinal)).Refusal!.Value.En,
            StringComparison.Ordinal
        );
        var (none, why) = await store.WithAsync<RerunDecision, (Rerun?, Phrase?)>(r => r.HandleAsync(Guid.NewGuid().ToString(), default));
        Assert.Null(none);
        Assert.StartsWith("there is no record of a decision", why!.Value.En, StringComparison.Ordinal);
    }

    private static Task<Rerun> RerunAsync(CampaignStore store, Guid decision) => RerunAsync(store, decision.ToString());

    private static async Task<Rerun> RerunAsync(CampaignStore store, string asked)
    {
        var (rerun, refusal) = await store.WithAsync<RerunDecision, (Rerun?, Phrase?)>(r => r.HandleAsync(asked, default));
        Assert.True(rerun is not null, refusal?.En);
        return rerun;
    }

    private static async Task CopyAsync(CampaignStore from, CampaignStore to, Decision decision)
    {
        var record = await from.InScopeAsync((db, _) => db.EvaluationRecords.AsNoTracking().SingleAsync());
        await to.InScopeAsync(
            async (db, _) =>
            {
                db.Decisions.Add(decision);
                db.EvaluationRecords.Add(record);
                return await db.SaveChangesAsync();
            }
        );
    }
}
