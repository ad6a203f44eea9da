using CampaignFlow.Engine.Rules;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;

namespace CampaignFlow.Tests.Rules;

/// <summary>Whatever lies in the rules folder, the product reads a bounded part of it and names the rest.</summary>
public sealed class RuleFilesTests
{
    private const string Good = "rule: r\nfor each: channel in a campaign\nwhen: roas(7d) > 1\nthen: { notify: me }\n";

    [Fact]
    public async Task Of_ten_thousand_files_the_first_are_rules_and_one_line_speaks_for_the_others()
    {
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Sqlite);
        for (var i = 100; i < 10_100; i++)
            await File.WriteAllTextAsync(Path.Combine(store.Rules, $"r{i:00000}.yaml"), Good);

        var files = await CurrentAsync(store);
        Assert.Equal((RuleSet.MostRules + 1, RuleSet.MostRules), (files.Count, files.Count(f => f.Rule is not null)));
        Assert.Equal($"r00300.yaml: {RuleSet.TooMany.En}", Assert.Single(files[^1].Problems).ToString());

        // One that comes first by name takes the place of the last.
        await File.WriteAllTextAsync(Path.Combine(store.Rules, "a.yaml"), Good);
        files = await CurrentAsync(store);
        Assert.Equal(("a.yaml", "r00299.yaml", null), (files[0].Name, files[^1].Name, files[^1].Rule));
        Assert.Equal(RuleSet.MostRules, files.Count(f => f.Rule is not null));
    }

    [Fact]
    public async Task A_huge_file_or_a_bomb_is_named_and_the_others_work()
    {
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Sqlite);
        await File.WriteAllTextAsync(Path.Combine(store.Rules, "bomb.yaml"), "a: &a [x, x]\nb: &b [*a, *a]\nrule: *b\n");
        await File.WriteAllTextAsync(Path.Combine(store.Rules, "good.yaml"), Good);
        await using (var huge = File.Create(Path.Combine(store.Rules, "huge.yaml")))
            huge.SetLength(3_000_000_000); // more than a string holds, and next to nothing on the disk

        var files = await CurrentAsync(store);

        Assert.Equal("good", Assert.Single(files, f => f.Rule is not null).Rule!.Id);
        Assert.StartsWith("bomb.yaml(1,4): rule files do not take anchors", files[0].Problems[0].ToString(), StringComparison.Ordinal);
        Assert.Equal("huge.yaml: the file is larger than 64 KB", Assert.Single(files[2].Problems).ToString());
    }

    private static Task<IReadOnlyList<RuleFiles.Loaded>> CurrentAsync(CampaignStore store) =>
        store.WithAsync<RuleFiles, IReadOnlyList<RuleFiles.Loaded>>(f => Task.FromResult(f.Current()));
}
