using System.Text.Json;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Rules.Lab;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Journeys;

/// <summary>What people ask at a terminal about a campaign at work, while a server has its database open.</summary>
public sealed class MoneyCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cfmoney").FullName;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_rule_is_explained_for_every_channel_and_nothing_changes(DatabaseKind kind)
    {
        await using var store = await OpenAsync(kind);

        var json = await RunAsync(store, "rules", "explain", "moves", "--campaign", "lab-campaign", "--json");
        var english = await RunAsync(store, "rules", "explain", "moves", "--campaign", "lab-campaign");
        var chinese = await RunAsync(store, "rules", "explain", "moves", "--campaign", "lab-campaign", "--language", "zh");

        Assert.Equal((0, ""), (json.Code, json.Error));
        var subjects = JsonDocument.Parse(json.Out).RootElement.GetProperty("subjects").EnumerateArray().ToList();
        var kinds = subjects.ToDictionary(
            s => s.GetProperty("subject").GetProperty("loser").GetString()!,
            s => s.GetProperty("kind").GetString()
        );
        Assert.Equal(("fires", "lost", "does not fire"), (kinds["poor"], kinds["fair"], kinds["good"]));
        Assert.All(subjects, s => Assert.NotEmpty(s.GetProperty("clauses").EnumerateArray()));
        Assert.Contains("fires  poor > good: shift ¥8.00 a day from poor to good", english.Out, StringComparison.Ordinal);
        Assert.Contains("loser.roas(7d) < campaign.roas(7d): 3 >= 1.67, 1.33 over", english.Out, StringComparison.Ordinal);
        Assert.Contains("触发  poor > good: 每日从 poor 转 ¥8.00 到 good", chinese.Out, StringComparison.Ordinal);
        Assert.Contains("未触发  good", chinese.Out, StringComparison.Ordinal);
        Assert.Equal(0, await store.InScopeAsync((db, _) => db.Decisions.CountAsync()));
    }

    [Fact]
    public async Task A_rule_file_that_is_not_in_force_is_explained_too_and_bad_names_get_a_hint()
    {
        await using var store = await OpenAsync(DatabaseKind.Sqlite);
        await File.WriteAllTextAsync(
            Path.Combine(folder, "mine.yaml"),
            LabWorld.Shift.Replace("1.2 *", "9 *", StringComparison.Ordinal).Replace("mode: auto", "mode: ask", StringComparison.Ordinal)
        );

        var mine = await RunAsync(store, "rules", "explain", "mine.yaml", "--campaign", "lab-campaign");
        var typo = await RunAsync(store, "rules", "explain", "mooves", "--campaign", "lab-campaign");
        var nobody = await RunAsync(store, "rules", "explain", "moves", "--campaign", "lab");

        Assert.Equal(0, mine.Code);
        Assert.Contains("winner.roas(7d) > 9 * loser.roas(7d): 3 <= 4.5, 1.5 short", mine.Out, StringComparison.Ordinal);
        Assert.Equal((1, "There is no rule 'mooves'; did you mean 'moves'?"), (typo.Code, typo.Error.Trim()));
        Assert.Equal((1, "There is no campaign 'lab'."), (nobody.Code, nobody.Error.Trim()));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_decision_is_repeated_here_and_from_its_file_alone_with_the_same_bytes(DatabaseKind kind)
    {
        await using var store = await OpenAsync(kind);
        var decision = await ActAsync(store);

        var here = await RunAsync(store, "rules", "rerun", $"{decision.Id}", "--record", "then.json");
        var elsewhere = await ProductProcess.RunAsync(folder, "rules", "rerun", "then.json");

        Assert.Equal((0, ""), (here.Code, here.Error));
        Assert.Equal(here, elsewhere);
        Assert.Contains("\"moves\"", here.Out, StringComparison.Ordinal);
        var record = await File.ReadAllTextAsync(Path.Combine(folder, "then.json"));
        await File.WriteAllTextAsync(Path.Combine(folder, "then.json"), record.Replace("roas(7d)", "roas(6d)", StringComparison.Ordinal));
        var forged = await ProductProcess.RunAsync(folder, "rules", "rerun", "then.json");
        Assert.Equal((1, ""), (forged.Code, forged.Out));
        Assert.Contains("is not the one that its hash was taken of", forged.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task The_books_and_the_statement_of_a_channel_are_printed_and_add_up(DatabaseKind kind)
    {
        await using var store = await OpenAsync(kind);
        await ActAsync(store);

        var all = await RunAsync(store, "ledger", "lab-campaign");
        var good = await RunAsync(store, "ledger", "lab-campaign", "--channel", "good", "--json");
        var none = await RunAsync(store, "ledger", "lab-campaign", "--channel", "goood");

        Assert.Equal(0, all.Code);
        Assert.EndsWith("ok   channels ¥300.00 + reserve ¥0.00 = approved ¥300.00 a day", all.Out.TrimEnd(), StringComparison.Ordinal);
        var books = JsonDocument.Parse(good.Out).RootElement;
        Assert.True(books.GetProperty("balances").GetBoolean());
        Assert.Equal(LabWorld.Total, books.GetProperty("channels_minor").GetInt64());
        Assert.Equal(
            [(100m, 100m), (8m, 108m)],
            books
                .GetProperty("entries")
                .EnumerateArray()
                .Select(e => (e.GetProperty("amount").GetDecimal(), e.GetProperty("balance").GetDecimal()))
        );
        Assert.Equal((1, ""), (none.Code, none.Out));
        Assert.Contains("lab-campaign has no account goood; it has ", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_of_ten_thousand_rules_is_checked_as_far_as_it_is_used()
    {
        for (var i = 0; i < 10_000; i++)
            await File.WriteAllTextAsync(
                Path.Combine(folder, $"r{i:00000}.yaml"),
                $"rule: r\nfor each: channel in a campaign\nwhen: channel.mark == \"m{i}\"\nthen: {{ mark: channel as m{i + 1} }}\n"
            );
        await File.WriteAllTextAsync(Path.Combine(folder, "a.yaml"), new string('#', 1_000_000));

        var ended = await ProductProcess.RunAsync(folder, "rules", "check", ".");

        Assert.Equal(1, ended.Code);
        Assert.StartsWith("BAD  a.yaml", ended.Out, StringComparison.Ordinal);
        Assert.Contains("a.yaml(0,0): the file is larger than 64 KB", ended.Out, StringComparison.Ordinal);
        Assert.EndsWith(
            "there are more than 200 rules; this one and all after it by name are not used",
            ended.Out.TrimEnd(),
            StringComparison.Ordinal
        );
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static async Task<CampaignStore> OpenAsync(DatabaseKind kind)
    {
        var store = await CampaignStore.CreateAsync(kind);
        store.Clock.Now = DateTimeOffset.UtcNow; // the program called has no other clock
        await File.WriteAllTextAsync(
            Path.Combine(store.Rules, "moves.yaml"),
            LabWorld.Shift.Replace("10% of", "8% of", StringComparison.Ordinal) // small enough to need no approval
        );
        await store.InScopeAsync((db, services) => LabWorld.AddAsync(db, services.GetRequiredService<BudgetLedger>(), store.Clock.Now));
        return store;
    }

    /// <summary>The rule moves money.</summary>
    private static async Task<Decision> ActAsync(CampaignStore store) =>
        await store.InScopeAsync(
            async (db, services) =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync();
                var campaign = await db.Campaigns.SingleAsync(c => c.Code == "lab-campaign");
                var decisions = await services
                    .GetRequiredService<EvaluateCampaign>()
                    .HandleAsync(campaign, "check:today", store.Clock.Now, default);
                await db.SaveChangesAsync();
                await transaction.CommitAsync();
                return Assert.Single(decisions, d => d.Outcome == DecisionOutcome.Applied);
            }
        );

    private Task<Ended> RunAsync(CampaignStore store, params string[] words) =>
        ProductProcess.RunAsync(
            folder,
            new()
            {
                ["ConnectionStrings__CampaignFlow"] = store.Services.GetRequiredService<StorageOptions>().ConnectionString,
                ["RulesFolder"] = store.Rules,
            },
            words
        );
}
