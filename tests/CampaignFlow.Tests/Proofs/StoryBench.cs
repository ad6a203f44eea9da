using System.Diagnostics;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using CampaignFlow.Tests.Workflows;
using CampaignFlow.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Proofs;

/// <summary>A database for stories, the world outside, and the eye on both. Nodes may work on it as processes of their own.</summary>
internal sealed class StoryBench : IAsyncDisposable
{
    private readonly FenceWatch fences = new();

    private StoryBench(Bench bench) => Bench = bench;

    public Bench Bench { get; }

    /// <summary>Folder of the outside world.</summary>
    public string Effects { get; } = Directory.CreateTempSubdirectory("cfworld").FullName;

    public StorageOptions Storage => Bench.Store.Services.GetRequiredService<StorageOptions>();

    /// <summary>On the real clock, for processes: on SQLite this one only looks on.</summary>
    public static async Task<StoryBench> ForNodesAsync(DatabaseKind kind, string delay, PostgresServer? server = null)
    {
        var made = await CreateAsync(kind, delay, services => services.AddSingleton(TimeProvider.System), server);
        made.Bench.Store.LeaveTheFolder();
        return made;
    }

    public static async Task<StoryBench> CreateAsync(
        DatabaseKind kind,
        string delay,
        Action<IServiceCollection>? more = null,
        PostgresServer? server = null
    )
    {
        StoryBench? made = null;
        var bench = await Bench.CreateAsync(
            kind,
            services =>
            {
                // The folder is known only later; nothing is shouted before.
                services.AddScoped<IFactHandler<Shouted>>(_ => new Shout(made!.Effects));
                Story.Register(services);
                more?.Invoke(services);
            },
            server
        );
        made = new(bench);
        await bench.PublishAsync(Story.Name, Story.Definition(delay));
        return made;
    }

    public Task StartAsync(IEnumerable<string> keys) =>
        Bench.Store.InScopeAsync(
            (db, services) =>
                Story.StartAsync(
                    db,
                    services.GetRequiredService<WorkflowRuns>(),
                    keys,
                    services.GetRequiredService<TimeProvider>().GetUtcNow()
                )
        );

    /// <summary>Remembers fences and versions as they are now.</summary>
    public Task WatchAsync() => Bench.AskAsync(fences.LookAsync);

    public Task<Evidence> EvidenceAsync() => Bench.AskAsync(db => Evidence.OfStoriesAsync(db, Effects, fences));

    /// <summary>Looks until it is sound, or time is up.</summary>
    public async Task<Evidence> WhenSettledAsync(TimeSpan patience)
    {
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(100))
        {
            var evidence = await EvidenceAsync();
            if (evidence.IsSound || waited.Elapsed > patience)
                return evidence;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Bench.DisposeAsync();
        Directory.Delete(Effects, recursive: true);
    }
}
