using CampaignFlow.Campaigns;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Rules;

/// <summary>Most rules ask for nothing on most days: why not is kept packed with the evaluation, and is found like any decision.</summary>
public sealed class SilenceTests
{
    private const string Dear = """
        rule: { en: Dear, zh: 偏贵 }
        for each: channel in a campaign
        when: roas(3d) < 1 and roas(7d) < roas(7d, previous)
        then: { notify: analyst }
        """;

    [Theory]
    [InlineData(DatabaseKind.Sqlite, 1)]
    [InlineData(DatabaseKind.Sqlite, 2)]
    [InlineData(DatabaseKind.Postgres, 2)]
    public async Task Why_not_is_listed_and_opened_with_its_numbers_and_takes_no_row(DatabaseKind kind, int campaigns)
    {
        await using var store = await RuleWorld.CreateAsync(kind, campaigns, Dear);
        await RuleWorld.EvaluateAsync(store, "morning");
        var code = await store.InScopeAsync((db, _) => db.Campaigns.Where(c => c.Id == store.CampaignId).Select(c => c.Code).SingleAsync());

        Assert.Equal(0, await store.InScopeAsync((db, _) => db.Decisions.CountAsync()));
        Assert.Empty((await ListAsync(store, code, DecisionsShown.Words)).Lines);
        var lines = (await ListAsync(store, code, DecisionsShown.All)).Lines;
        Assert.Equal(
            [("search", DecisionOutcome.NotFired), ("social", DecisionOutcome.NotFired), ("video", DecisionOutcome.Unknown)],
            lines.Select(l => (l.From!, l.Outcome)).Order()
        );
        var line = lines.Single(l => l.From == "social");
        Assert.Equal($"morning:{code}", line.SilentIn);

        var view = (await FindAsync(store, code, line.Id, line.SilentIn))!;
        Assert.Equal(line.Why, view.Decision.Why);
        var clause = Assert.Single(view.Clauses, c => c.Text.StartsWith("roas(3d)", StringComparison.Ordinal));
        Assert.Equal(("roas(3d) < 1", 2.0, 1.0, 1.0), (clause.Text, clause.Left, clause.Right, clause.Gap));
        Assert.Equal("近3日ROAS 2 ≥ 1，超出 1", clause.Sentence.Zh);
        Assert.Equal("Dear", view.Rule!.Title.En);

        Assert.Null(await FindAsync(store, code, line.Id, null));
        Assert.Null(await FindAsync(store, code, line.Id, "evening"));
        Assert.Null(await FindAsync(store, code, Guid.NewGuid(), line.SilentIn));
        if (campaigns > 1)
            Assert.Null(await FindAsync(store, "spring-1", line.Id, line.SilentIn)); // another campaign's record tells nothing of ours
    }

    private static Task<DecisionsView> ListAsync(CampaignStore store, string code, DecisionsShown shown) =>
        store.WithAsync<DecisionQueries, DecisionsView>(async q => (await q.ListAsync(code, shown, default))!);

    private static Task<DecisionView?> FindAsync(CampaignStore store, string code, Guid id, string? silentIn) =>
        store.WithAsync<DecisionQueries, DecisionView?>(q => q.FindAsync(code, id, silentIn, default));
}
