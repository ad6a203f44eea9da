using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Benchmarks.Throughput;

/// <summary>
/// Carries runs of <see cref="Definition"/>: ten simple steps, a wait for a signal, one more step, the end. Every contender has a
/// database of its own with the product's tables and indexes, and writes the same rows.
/// </summary>
internal abstract class Contender(string name, TestStore store) : IAsyncDisposable
{
    /// <summary>Clients that start and signal, and workers that carry runs on. SQLite has one writer.</summary>
    protected int AtOnce { get; } = store.Services.GetRequiredService<StorageOptions>().Kind == DatabaseKind.Postgres ? 4 : 1;

    public static string Definition { get; } =
        """{"name":"Ten","root":{"id":"root","type":"Elsa.Sequence","activities":["""
        + string.Concat(Enumerable.Range(0, 10).Select(i => Activity($"s{i}", "Elsa.WriteLine", "text", $"Step {i} is done.") + ","))
        + Activity("wait", "Elsa.Event", "eventName", "go")
        + ","
        + Activity("last", "Elsa.WriteLine", "text", "It came.")
        + "]}}";

    public string Name => name;
    protected TestStore Store => store;

    /// <summary>Each start its own commit, as a request would make it. <paramref name="run"/> is unique and names the correlation.</summary>
    public abstract Task StartAsync(string run);

    /// <summary>Each signal its own commit.</summary>
    public abstract Task SignalAsync(string run);

    /// <summary>Carries on what was started or signalled.</summary>
    public abstract Task CarryOnAsync(int runs);

    public abstract Task PublishEffectsAsync(int count);

    public abstract Task DeliverEffectsAsync(int count);

    public async Task ForEachAsync(IEnumerable<string> runs, Func<string, Task> act) =>
        await Parallel.ForEachAsync(runs, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (run, _) => await act(run));

    public Task<T> AskAsync<T>(Func<CampaignFlowDb, Task<T>> question) => store.InScopeAsync((db, _) => question(db));

    public virtual ValueTask DisposeAsync() => store.DisposeAsync();

    /// <summary>A migrated database in which the definition is published.</summary>
    public static async Task<TestStore> StoreAsync(DatabaseKind kind)
    {
        var store = await TestStore.CreateAsync(
            kind,
            services =>
                services
                    .AddSingleton(TimeProvider.System)
                    .AddSingleton(new WorkflowOptions("/nowhere"))
                    .AddSingleton<IFactHandler<Nothing>, DoNothing>()
                    .AddWorkflows()
        );
        await store.Services.GetRequiredService<WorkflowFiles>().PublishAsync("ten", "Ten", Definition, CancellationToken.None);
        return store;
    }

    private static string Activity(string id, string type, string input, string value) =>
        $$"""{"id":"{{id}}","type":"{{type}}","{{input}}":{"typeName":"String","expression":{"type":"Literal","value":"{{value}}"} } }""";

    private sealed class DoNothing : IFactHandler<Nothing>
    {
        public Task Handle(Nothing fact, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>An effect that reaches nobody.</summary>
public sealed record Nothing(string What) : IEffect;
