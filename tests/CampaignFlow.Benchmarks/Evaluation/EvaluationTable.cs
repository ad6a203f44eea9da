using System.Diagnostics;
using System.Globalization;
using CampaignFlow.Campaigns;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Benchmarks.Evaluation;

/// <summary>
/// One evaluation of 1,000 active campaigns by 25 rules, the shipped ones first, from facts in PostgreSQL: read, matched, guarded,
/// explained in two languages, every explanation and record stored and committed.
/// </summary>
internal static class EvaluationTable
{
    private const int Campaigns = 1_000;
    private const int Rules = 25;
    private const int Rounds = 5;
    private const int CampaignsAtOnce = 50;

    public static async Task PrintAsync()
    {
        var folder = Directory.CreateTempSubdirectory("cfbench").FullName;
        WriteRules(folder);
        var settings = new Dictionary<string, string?> { ["RulesFolder"] = folder, ["WorkflowFolder"] = Repository.Path("workflows") };
        await using var store = await TestStore.CreateAsync(
            DatabaseKind.Postgres,
            services =>
                services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).AddSlices()
        );
        store.Clock.Now = new(Sample.Today.ToDateTime(new(9, 0)), TimeSpan.Zero);
        await store.InScopeAsync(async (db, _) => await Sample.FillAsync(db, Campaigns));
        var (walls, cpus) = (new List<double>(), new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            GC.Collect();
            var (cpu, watch) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
            await RoundAsync(store, round);
            if (round < 0)
                continue; // the first round only warmed up
            walls.Add(watch.Elapsed.TotalSeconds);
            cpus.Add((Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
        }
        var stored = await StoredAsync(store);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Campaigns:N0} campaigns x {Rules} rules, {Sample.Channels} channels, {Sample.Days} days of numbers: {stored:N0} explanations stored"
            )
        );
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"median of {Rounds}: {Median(walls):0.00} s (client CPU {Median(cpus):0.00} s), aim <= 5 s; spread {walls.Min():0.00}-{walls.Max():0.00} s"
            )
        );
        Directory.Delete(folder, recursive: true);
    }

    private static async Task RoundAsync(TestStore store, int round)
    {
        var ids = await store.InScopeAsync((db, _) => db.Campaigns.OrderBy(c => c.Code).Select(c => c.Id).ToListAsync());
        foreach (var some in ids.Chunk(CampaignsAtOnce))
            await store.InScopeAsync(
                async (db, services) =>
                {
                    var campaigns = await db.Campaigns.Where(c => some.Contains(c.Id)).ToListAsync();
                    await using var transaction = await db.Database.BeginTransactionAsync();
                    var evaluate = services.GetRequiredService<EvaluateCampaign>();
                    await evaluate.HandleAsync(
                        campaigns.ConvertAll(c => new CampaignFlow.Rules.Evaluation(c, $"{round}:{c.Code}")),
                        evaluate.InForce(),
                        store.Clock.Now,
                        default
                    );
                    await db.SaveChangesAsync();
                    await transaction.CommitAsync();
                }
            );
    }

    /// <summary>Read back: decisions and reasons for silence of the last round.</summary>
    private static Task<int> StoredAsync(TestStore store) =>
        store.InScopeAsync(
            async (db, _) =>
            {
                var last = $"{Rounds - 1}:";
                var campaigns = await db.Campaigns.AsNoTracking().ToDictionaryAsync(c => c.Id);
                var records = await db.EvaluationRecords.AsNoTracking().Where(r => r.Evaluation.StartsWith(last)).ToListAsync();
                return await db.Decisions.CountAsync(d => d.Evaluation.StartsWith(last))
                    + records.Sum(r => r.Silent(campaigns[r.CampaignId]).Count);
            }
        );

    /// <summary>The shipped rules, and threshold and pair rules of their own numbers up to the count.</summary>
    private static void WriteRules(string folder)
    {
        var shipped = Directory.GetFiles(Repository.Path("rules"), "*.yaml").Where(f => !Engine.Rules.RuleSet.IsCases(Path.GetFileName(f)));
        foreach (var file in shipped.Order(StringComparer.Ordinal).Take(Rules))
            // Money that moves is the ledger's work, measured elsewhere.
            File.WriteAllText(
                Path.Combine(folder, Path.GetFileName(file)),
                File.ReadAllText(file).Replace("mode: ask above", "mode: observe # ", StringComparison.Ordinal)
            );
        for (var i = Directory.GetFiles(folder).Length; i < Rules; i++)
            File.WriteAllText(
                Path.Combine(folder, $"more-{i}.yaml"),
                $"rule: More {i}\nfor each: channel in a campaign\nwhen: roas(7d) < 0.{i} and conversions(7d) >= 30\nthen: {{ issue: dear }}\nmode: observe\n"
            );
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
