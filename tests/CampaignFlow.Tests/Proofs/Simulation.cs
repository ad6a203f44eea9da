using System.Collections.Concurrent;
using CampaignFlow.Engine.Tests.Workflows;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Workflows;
using CampaignFlow.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace CampaignFlow.Tests.Proofs;

/// <summary>
/// Histories of several nodes on one database, drawn by a seed: the real claims, bursts, broadcasts and deliveries, in an order that
/// chance decides, on a clock of its own. Nodes hold claims past their lease, die at any fault point and come back as new ones;
/// signals are early, late and doubled; people retry and cancel. After every step the database is looked at.
/// </summary>
internal sealed class Simulation : IAsyncDisposable
{
    private const int Runs = 2;
    private const int Steps = 30;
    private const int Nodes = 3;
    private const int MostRounds = 60;

    private readonly string effects = Directory.CreateTempSubdirectory("cfworld").FullName;
    private readonly Bench bench;
    private readonly Claims recovery;
    private Random chance = new(0);
    private List<SimulatedNode> nodes = [];
    private SimulationEye eye = null!;
    private int signals;

    private Simulation(Bench bench)
    {
        this.bench = bench;
        var options = bench.Store.Services.GetRequiredService<WorkflowOptions>();
        recovery = new(bench.Store.Services.GetRequiredService<StorageOptions>(), options.Lease, bench.Clock);
    }

    /// <summary>How often something happened over all histories: that they are not all of one sort.</summary>
    public Dictionary<string, int> Seen { get; } = new(StringComparer.Ordinal);

    public static async Task<Simulation> CreateAsync()
    {
        Simulation? made = null;
        var ground = await Bench.CreateAsync(
            DatabaseKind.Sqlite,
            services =>
            {
                services.AddScoped<IFactHandler<Shouted>>(_ => new Shout(made!.effects));
                Story.Register(services);
            }
        );
        return made = new(ground);
    }

    public async Task LiveAsync(int seed)
    {
        chance = new(seed);
        signals = 0;
        bench.Clock.Now = new(2026, 11, 2, 1, 0, 0, TimeSpan.Zero);
        eye = await SimulationEye.OnEmptyAsync(bench);
        nodes = [.. Enumerable.Range(0, Nodes).Select(_ => new SimulatedNode(bench.Store.Services))];
        await bench.PublishAsync("drawn", RandomWorkflow.Draw(seed, talks: true));
        for (var i = 0; i < Runs; i++)
            await bench.StartAsync("drawn", $"run-{i}", $"run-{i}");
        await eye.LookAsync();
        for (var i = 0; i < Steps; i++)
        {
            await StepAsync();
            await eye.LookAsync();
        }
        await HealAsync();
    }

    private async Task StepAsync()
    {
        var node = nodes[chance.Next(Nodes)];
        switch (chance.Next(12))
        {
            case < 3:
                Count(node.Held is null ? "claimed" : "slept");
                node.Held ??= await node.Runner.ClaimAsync(CancellationToken.None);
                break;
            case < 6 when node.Held is not null:
                await MortalAsync(node, () => node.WorkAsync());
                break;
            case < 8:
                await MortalAsync(node, () => node.Outbox.DispatchDueAsync(CancellationToken.None));
                break;
            case 8:
                bench.Clock.Advance(TimeSpan.FromSeconds(chance.Next(1, 12)));
                break;
            case 9:
                if (await bench.AskAsync(db => recovery.ReclaimAsync(db, all: false, CancellationToken.None)) > 0)
                    Count("reclaimed");
                break;
            case 10:
                await SignalAsync();
                break;
            default:
                await PersonAsync();
                break;
        }
    }

    /// <summary>The node may die on the way, at a point that chance names.</summary>
    private async Task MortalAsync(SimulatedNode node, Func<Task> work)
    {
        if (chance.Next(2) == 0)
            node.DieAt(Faults.Points[chance.Next(Faults.Points.Count)], chance.Next(1, 3));
        try
        {
            await work();
            node.DieAt(null, 0);
        }
        catch (Died)
        {
            Count("died");
            nodes[nodes.IndexOf(node)] = new(bench.Store.Services);
        }
    }

    private async Task SignalAsync()
    {
        var again = signals > 0 && chance.Next(4) == 0;
        Count(again ? "signalled again" : "signalled");
        var number = again ? chance.Next(signals) : signals++;
        var run = $"run-{number % Runs}";
        if (number % 3 == 0)
            await bench.SignalAsync("task", run, run, $"signal-{number}");
        else
            await bench.SignalAsync(Bookmark.Event, RandomWorkflow.Events[number % 2], number % 5 == 0 ? run : null, $"signal-{number}");
    }

    private async Task PersonAsync()
    {
        var run = eye.Runs[chance.Next(eye.Runs.Count)];
        var refusal = await bench.Store.InScopeAsync(
            (_, services) =>
                chance.Next(4) == 0
                    ? services.GetRequiredService<CancelRun>().HandleAsync(run, "Enough.", CancellationToken.None)
                    : services.GetRequiredService<RetryRun>().HandleAsync(run, CancellationToken.None)
        );
        Count(refusal is null ? "a person acted" : "a person was refused");
    }

    /// <summary>Nothing fails any more and everybody answers: every run has to come to its end.</summary>
    private async Task HealAsync()
    {
        var last = new SimulatedNode(bench.Store.Services);
        for (var round = 0; ; round++)
        {
            bench.Clock.Advance(TimeSpan.FromMinutes(2));
            await bench.AskAsync(db => recovery.ReclaimAsync(db, all: false, CancellationToken.None));
            while (await last.Runner.DrainAsync(CancellationToken.None) + await last.Outbox.DispatchDueAsync(CancellationToken.None) > 0)
            { }
            await eye.LookAsync();
            if (eye.AreAllOver)
                break;
            Assert.True(round < MostRounds, "A run is lost:\n" + eye);
            foreach (var run in Enumerable.Range(0, Runs).Select(i => $"run-{i}"))
                await bench.SignalAsync("task", run, run);
            foreach (var name in RandomWorkflow.Events)
                await bench.SignalAsync(Bookmark.Event, name);
            foreach (var run in eye.Runs)
                await bench.Store.InScopeAsync((_, s) => s.GetRequiredService<RetryRun>().HandleAsync(run, CancellationToken.None));
        }
        await eye.LookAtTheEndAsync();
        Count("ended");
    }

    private void Count(string what) => Seen[what] = Seen.GetValueOrDefault(what) + 1;

    public async ValueTask DisposeAsync()
    {
        await bench.DisposeAsync();
        Directory.Delete(effects, recursive: true);
    }
}

/// <summary>The process is gone; whatever it would have done afterwards does not happen.</summary>
#pragma warning disable RCS1194 // Nobody catches it by its message.
internal sealed class Died : Exception;
#pragma warning restore RCS1194

/// <summary>A runner and a dispatcher with an owner's name of their own, cut off from the database when they die.</summary>
internal sealed class SimulatedNode
{
    private readonly MortalScopes scopes;
    private readonly Faults faults = new();

    public SimulatedNode(IServiceProvider services)
    {
        scopes = new(services.GetRequiredService<IServiceScopeFactory>());
        var clock = services.GetRequiredService<TimeProvider>();
        Runner = new(
            scopes,
            services.GetRequiredService<DefinitionCache>(),
            services.GetRequiredService<StorageOptions>(),
            services.GetRequiredService<WorkflowOptions>(),
            clock,
            faults,
            NullLogger<WorkflowRunner>.Instance
        );
        Outbox = new(scopes, services.GetRequiredService<StorageOptions>(), clock, faults, NullLogger<OutboxDispatcher>.Instance);
    }

    public WorkflowRunner Runner { get; }
    public OutboxDispatcher Outbox { get; }

    /// <summary>Claimed and not worked on yet; it may sleep over it.</summary>
    public List<ClaimedRun>? Held { get; set; }

    public async Task WorkAsync()
    {
        var held = Held!;
        Held = null;
        await Runner.WorkAsync(held, new ConcurrentDictionary<Guid, bool>(), CancellationToken.None);
    }

    public void DieAt(string? point, int times)
    {
        var passed = 0;
        faults.Hook = here =>
        {
            if (here != point || ++passed != times)
                return;
            scopes.Cut = true;
            throw new Died();
        };
    }

    private sealed class MortalScopes(IServiceScopeFactory inner) : IServiceScopeFactory
    {
        public bool Cut { get; set; }

        public IServiceScope CreateScope() => Cut ? throw new Died() : inner.CreateScope();
    }
}
