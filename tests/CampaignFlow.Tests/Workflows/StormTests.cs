using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows;

public sealed class StormTests
{
    private const int PastDue = 25_000;
    private const int InOneSecond = 10_000;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Beside_25000_overdue_timers_an_answer_a_start_and_another_definition_are_in_the_first_claim(DatabaseKind kind)
    {
        await using var bench = await CreateAsync(kind);
        await FloodedAsync(bench, PastDue);
        await bench.PublishAsync("calm", Sequence(Event("go"), Leave("calm")));
        await bench.StartAsync("calm", "calm-waits", "calm");
        await bench.StartAsync("flood", "asked", "asked");
        await bench.DrainAsync();
        bench.Clock.Advance(TimeSpan.FromHours(2));
        await bench.StartAsync("flood", "late-start");
        await bench.SignalAsync("event", "go", "calm");
        await bench.SignalAsync("task", "question", "asked");

        var first = await bench.Runner.ClaimAsync(CancellationToken.None);
        await bench.Runner.WorkAsync(first, new(), CancellationToken.None);
        var second = await bench.Runner.ClaimAsync(CancellationToken.None);

        Assert.Equal([.. Keys(47), "asked", "calm-waits", "late-start"], first.Select(r => r.Key));
        Assert.Equal(Keys(97).Skip(47), second.Select(r => r.Key));
        Assert.Single(await bench.MarksAsync(), m => m.EndsWith(":calm", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Timers_of_one_second_fire_once_each_in_the_order_of_their_keys(DatabaseKind kind)
    {
        const int Timers = 250;
        await using var bench = await CreateAsync(kind);
        await FloodedAsync(bench, Timers);
        bench.Clock.Advance(TimeSpan.FromHours(2));

        Assert.Equal(Timers + 1, await bench.DrainAsync()); // and the model itself

        Assert.Equal(Timers + 1, await bench.AskAsync(db => db.Runs.CountAsync(r => r.Status == RunStatus.Finished)));
        var marks = (await bench.MarksAsync()).Where(m => m.EndsWith(":rang", StringComparison.Ordinal)).ToList();
        Assert.Equal(
            Enumerable.Range(0, Timers).Select(n => $"00000000-0000-4000-8000-{n:x12}"),
            marks.Select(m => m[..36]).Where(m => m.StartsWith("00000000", StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Between_the_claims_of_a_storm_facts_reach_their_handlers(DatabaseKind kind)
    {
        var heard = new Heard();
        await using var bench = await CreateAsync(kind, services => services.AddSingleton<IFactHandler<Storming>>(heard).AddWorkflowHost());
        await FloodedAsync(bench, InOneSecond);
        bench.Clock.Advance(TimeSpan.FromHours(2));
        await bench.Store.InScopeAsync(
            async (db, _) =>
            {
                db.Publish("storming", new Storming(), bench.Clock.Now);
                await db.SaveChangesAsync();
            }
        );
        var claims = 0;
        bench.Faults.Hook = point => claims += point == Faults.Claimed ? 1 : 0;
        using var enough = new CancellationTokenSource();
        heard.Then = enough.Cancel;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            bench.Store.Services.GetRequiredService<WorkflowHost>().RoundAsync(enough.Token)
        );

        Assert.InRange(claims, 1, 4);
        Assert.InRange(await WaitingAsync(bench), InOneSecond - 200, InOneSecond);
        Assert.Equal(0, await bench.AskAsync(db => db.Runs.CountAsync(r => r.Owner != null)));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task What_a_dead_process_held_goes_on_in_the_midst_of_a_storm(DatabaseKind kind)
    {
        const int Held = 5;
        await using var bench = await CreateAsync(kind);
        await FloodedAsync(bench, 400);
        bench.Clock.Advance(TimeSpan.FromHours(2));
        // The latest of all, so that only a turn of their own brings them forward.
        await bench.AskAsync(db =>
            db.Runs.Where(r => Keys(400).TakeLast(Held).Contains(r.Key)).ExecuteUpdateAsync(r => r.SetProperty(x => x.Attempts, 1))
        );

        await bench.Runner.DrainAsync(CancellationToken.None, mostClaims: Held + 2);

        Assert.Equal(0, await bench.AskAsync(db => db.Runs.CountAsync(r => r.Attempts > 0)));
        Assert.InRange(await WaitingAsync(bench), 200, 400 - Held - 1);
    }

    private static Task<int> WaitingAsync(Bench bench) =>
        bench.AskAsync(db => db.Runs.CountAsync(r => r.Status == RunStatus.Suspended && r.Key.StartsWith("flood-")));

    private static IEnumerable<string> Keys(int count) => Enumerable.Range(0, count).Select(Flood.Key);

    /// <summary>A question, an hour, a mark; the copies have been answered and wait for their hour.</summary>
    private static async Task FloodedAsync(Bench bench, int timers)
    {
        await bench.PublishAsync("flood", Sequence(Ask("question"), Delay("01:00:00"), Leave("rang")));
        await bench.StartAsync("flood", "model", "model");
        await bench.SignalAsync("task", "question", "model");
        while (await bench.DrainAsync() > 0) { }
        await Flood.CopyRunAsync(bench.Store, "model", timers);
    }

    private sealed class Heard : IFactHandler<Storming>
    {
        public Action Then { get; set; } = () => { };

        public Task Handle(Storming fact, CancellationToken cancellationToken)
        {
            Then();
            return Task.CompletedTask;
        }
    }
}

/// <summary>Something that is announced in the middle of a storm.</summary>
public sealed record Storming : IFact;
