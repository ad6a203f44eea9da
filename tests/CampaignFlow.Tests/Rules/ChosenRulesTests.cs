using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Rules;

public sealed class ChosenRulesTests
{
    [Fact]
    public async Task A_workflow_may_let_only_some_rules_speak()
    {
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Sqlite);
        foreach (var rule in new[] { "stop-loss", "stale-data", "cvr-low" })
            File.Copy(Repository.Path("rules", rule + ".yaml"), Path.Combine(store.Rules, rule + ".yaml"));
        await store.OpenBooksAsync();
        Assert.Equal("Done", await EvaluateAsync(store, "\"rules\":[\"stop-loss\",\"cvr-low\"]"));
        Assert.Equal(["cvr-low", "stop-loss"], await SpokeAsync(store));
        Assert.Equal("Done", await EvaluateAsync(store, "\"rules\":[]"));
        Assert.Equal(["cvr-low", "stale-data", "stop-loss"], await SpokeAsync(store));
        Assert.Contains(
            "There is no rule 'stoploss'; there are",
            await EvaluateAsync(store, "\"rules\":[\"stoploss\"]"),
            StringComparison.Ordinal
        );
    }

    private static async Task<string?> EvaluateAsync(CampaignStore store, string rules) =>
        await store.LeftByAsync(await store.BeginAsync("CampaignFlow.EvaluateRules", rules, "Done"));

    private static async Task<List<string>> SpokeAsync(CampaignStore store) =>
        [
            .. (await RuleWorld.DecisionsAsync(store))
                .Concat(await RuleWorld.SilentAsync(store))
                .Select(d => d.Rule)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
}
