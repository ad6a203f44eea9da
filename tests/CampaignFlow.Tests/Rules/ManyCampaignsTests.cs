using System.Diagnostics;
using CampaignFlow.Campaigns;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Rules;

/// <summary>An evaluation of many campaigns reads for all of them together and decides as each alone would.</summary>
public sealed class ManyCampaignsTests
{
    private const string Watch = """
        rule: { en: Shift, zh: 转移 }
        for each: pair of channels (loser, winner) in a campaign
        when: winner.roas(3d) > 1.5 * loser.roas(3d)
        then: { shift: 5% of loser.budget to winner }
        mode: observe
        """;

    private const string Quiet = """
        rule: { en: Quiet, zh: 安静 }
        for each: channel in a campaign
        when: roas(7d) > 100 and leads(30d) > 1
        then: { notify: analyst }
        """;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Together_they_are_decided_as_each_alone(DatabaseKind kind)
    {
        await using var store = await RuleWorld.CreateAsync(kind, 3, Watch, Quiet);
        var together = Told(await RuleWorld.EvaluateAsync(store, "together"));
        Assert.Equal(together, Told(await RuleWorld.EvaluateAsync(store, "alone", together: false)));
        // What was written past the change tracker reads back as it was meant.
        var kept = (await RuleWorld.DecisionsAsync(store)).Where(d => d.Evaluation.StartsWith("together", StringComparison.Ordinal));
        Assert.Equal(together, Told(kept));
        var silent = (await RuleWorld.SilentAsync(store)).ToLookup(d => d.Evaluation.Split(':')[0]);
        Assert.NotEmpty(silent["together"]);
        Assert.Equal(Told(silent["together"]), Told(silent["alone"]));
        Assert.Empty(await RuleWorld.EvaluateAsync(store, "together"));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Six_campaigns_take_as_many_questions_as_two(DatabaseKind kind)
    {
        // Before the first command: for a second after one that nobody heard, Entity Framework does not look for listeners.
        using var counter = new QuestionCounter();
        await using var store = await RuleWorld.CreateAsync(kind, 6, Watch, Quiet);
        var two = await CountAsync(store, counter, 2);
        Assert.InRange(two, 1, 100);
        Assert.Equal(two, await CountAsync(store, counter, 6));
    }

    private static Task<int> CountAsync(CampaignStore store, QuestionCounter counter, int campaigns) =>
        store.InScopeAsync(
            async (db, services) =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync();
                var some = await db.Campaigns.OrderBy(c => c.Code).Take(campaigns).ToListAsync();
                var evaluate = services.GetRequiredService<EvaluateCampaign>();
                counter.Begin(db);
                await evaluate.HandleAsync(
                    some.ConvertAll(c => new Evaluation(c, $"{campaigns}:{c.Code}")),
                    evaluate.InForce(),
                    store.Clock.Now,
                    default
                );
                return counter.Count;
            }
        );

    private static List<string> Told(IEnumerable<Decision> decisions) =>
        [
            .. decisions
                .Select(d =>
                    $"{d.CampaignId} {d.Rule} {d.From} {d.To} {d.Action} {d.AmountMinor} {d.Outcome} {d.BlockedBy} {d.Day} {d.At:O} {d.WhyEn} {d.WhyZh} {d.Clauses}"
                )
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Commands that Entity Framework sends for one context.</summary>
    private sealed class QuestionCounter : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private readonly List<IDisposable> subscriptions = [];
        private DbContext? context;

        public QuestionCounter() => subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

        public int Count { get; private set; }

        public void Begin(DbContext of) => (context, Count) = (of, 0);

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == DbLoggerCategory.Name)
                subscriptions.Add(value.Subscribe(this));
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (
                value.Key == RelationalEventId.CommandExecuting.Name
                && value.Value is CommandEventData sent
                && ReferenceEquals(sent.Context, context)
            )
                Count++;
        }

        public void OnCompleted() { }

        public void OnError(Exception error) { }

        public void Dispose() => subscriptions.ForEach(s => s.Dispose());
    }
}
