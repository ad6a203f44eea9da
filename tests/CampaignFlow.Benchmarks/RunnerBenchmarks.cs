using System.Data.Common;
using BenchmarkDotNet.Attributes;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace CampaignFlow.Benchmarks;

/// <summary>
/// Runs started and carried to their first wait, per run, against the least any durable engine can do: one hand-written commit of
/// the same state, bookmark and journal.
/// </summary>
[MemoryDiagnoser]
public class RunnerBenchmarks
{
    private const int Runs = 200;

    private const string Definition = """
        {"name":"Waits","root":{"id":"root","type":"Elsa.Sequence","activities":[
          {"id":"line","type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"Literal","value":"begun"}}},
          {"id":"wait","type":"Elsa.Event","eventName":{"typeName":"String","expression":{"type":"Literal","value":"go"}}}]}}
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("cfbench").FullName;
    private TestStore store = null!;
    private DbConnection raw = null!;
    private int started;

    [Params(DatabaseKind.Sqlite, DatabaseKind.Postgres)]
    public DatabaseKind Database { get; set; }

    [GlobalSetup]
    public void Prepare() => PrepareAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void CleanUp()
    {
        raw.Dispose();
        store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(folder, recursive: true);
    }

    [Benchmark(OperationsPerInvoke = Runs)]
    public async Task<int> StartAndSuspend()
    {
        await store.InScopeAsync(
            async (db, services) =>
            {
                var runs = services.GetRequiredService<WorkflowRuns>();
                for (var i = 0; i < Runs; i++)
                    await runs.StartAsync("waits", $"run-{started++}", null, null, default);
                await db.SaveChangesAsync();
            }
        );
        return await store.Services.GetRequiredService<WorkflowRunner>().DrainAsync(default);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Runs)]
    public async Task OneCommitByHand()
    {
        var state = new string('x', 600);
        for (var i = 0; i < Runs; i++)
        {
            await using var transaction = await raw.BeginTransactionAsync();
            await using var command = raw.CreateCommand();
            command.Transaction = transaction;
            command.CommandText =
                $"insert into floor_run values ('{Guid.NewGuid()}', '{state}');"
                + $"insert into floor_bookmark values ('{Guid.NewGuid()}', 'event', 'go');"
                + "insert into floor_journal values ('started'), ('line'), ('wait');";
            await command.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        }
    }

    private async Task PrepareAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "waits.json"), Definition);
        store = await TestStore.CreateAsync(Database, services => services.AddSingleton(new WorkflowOptions(folder)).AddWorkflows());
        await store.Services.GetRequiredService<WorkflowFiles>().LoadAsync(default);
        var connection = store.Services.GetRequiredService<StorageOptions>().ConnectionString;
        raw = Database == DatabaseKind.Postgres ? new NpgsqlConnection(connection) : new SqliteConnection(connection);
        await raw.OpenAsync();
        await using var command = raw.CreateCommand();
        // The same durability as the product's.
        command.CommandText =
            (Database == DatabaseKind.Sqlite ? "pragma journal_mode=wal; pragma synchronous=full;" : "")
            + "create table floor_run (id text primary key, state text); create table floor_journal (what text);"
            + "create table floor_bookmark (id text primary key, kind text, key text);";
        await command.ExecuteNonQueryAsync();
    }
}
