using System.Buffers.Binary;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows;

/// <summary>On SQLite several bursts reach the disk together.</summary>
public sealed class GroupCommitTests
{
    private const int Runs = 40;

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // with an activity of the product in each
    public async Task Forty_bursts_are_one_commit_beside_that_of_their_claim(bool activity)
    {
        await using var bench = await PatientAsync();
        await bench.PublishAsync("waits", Sequence(activity ? [Leave("a"), Event("never")] : [Event("never")]));
        await StartAsync(bench, "waits");
        await using var log = new WriteAheadLog(bench);
        await log.EmptyAsync();

        Assert.Equal(Runs, await bench.DrainAsync());

        Assert.Equal(2, log.Commits());
        Assert.Equal(Runs, await bench.AskAsync(db => db.Runs.CountAsync(r => r.Status == RunStatus.Suspended && r.Version == 1)));
        Assert.Equal(activity ? Runs : 0, (await bench.MarksAsync()).Count);
        await bench.AssertJournalHasNoGapsAsync();
    }

    [Fact]
    public async Task A_burst_that_fails_takes_back_itself_and_no_other()
    {
        await using var bench = await PatientAsync();
        await bench.PublishAsync("waits", Sequence(Leave("a"), Leave("b"), Event("never")));
        await StartAsync(bench, "waits");
        var passed = 0;
        bench.Faults.Hook = point =>
        {
            if (point == Faults.DuringCommit && ++passed % 10 == 0)
                throw new IOException("The disk has a bad spot.");
        };

        Assert.Equal(Runs - 4, await bench.DrainAsync());

        Assert.Equal(4, await bench.AskAsync(db => db.Runs.CountAsync(r => r.Attempts == 1 && r.Version == 0 && r.Owner == null)));
        Assert.Equal((Runs - 4) * 2, (await bench.MarksAsync()).Count);
        bench.Faults.Hook = null;
        bench.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(4, await bench.DrainAsync());
        Assert.Equal(Runs * 2, (await bench.MarksAsync()).Count);
        await bench.AssertJournalHasNoGapsAsync();
    }

    [Fact]
    public async Task When_the_database_gives_up_the_transaction_all_of_its_bursts_are_tried_again()
    {
        await using var bench = await PatientAsync(services => services.AddScoped<IActivity, PullThePlug>());
        await bench.PublishAsync("waits", Sequence(Leave("a"), Event("never")));
        await bench.PublishAsync("pulls", Sequence("\"type\":\"Test.PullThePlug\"", Event("never")));
        await StartAsync(bench, "waits");
        await bench.StartAsync("pulls", "run-019-and-a-half");

        Assert.Equal(Runs - 20, await bench.DrainAsync()); // those that came after it, in a transaction of their own

        bench.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(21, await bench.DrainAsync());
        Assert.Equal(Runs + 1, await bench.AskAsync(db => db.Runs.CountAsync(r => r.Status == RunStatus.Suspended && r.Version == 1)));
        Assert.Equal(Runs, (await bench.MarksAsync()).Count);
        await bench.AssertJournalHasNoGapsAsync();
    }

    private static Task<Bench> PatientAsync(Action<IServiceCollection>? more = null) =>
        CreateAsync(
            DatabaseKind.Sqlite,
            services =>
            {
                services.AddSingleton(new WorkflowOptions("/nowhere") { CommitWithin = TimeSpan.FromHours(1) });
                more?.Invoke(services);
            }
        );

    private static async Task StartAsync(Bench bench, string definition)
    {
        for (var i = 0; i < Runs; i++)
            await bench.StartAsync(definition, $"run-{i:000}");
    }

    /// <summary>
    /// Commits since it was emptied: frames (24 bytes and a page, behind a head of 32) that name the size of the database,
    /// https://www.sqlite.org/fileformat2.html#walformat. Its own connection is never the last, which would take the log away.
    /// </summary>
    private sealed class WriteAheadLog(Bench bench) : IAsyncDisposable
    {
        private readonly SqliteConnection open = new(bench.Store.Services.GetRequiredService<StorageOptions>().ConnectionString);

        public async Task EmptyAsync()
        {
            await open.OpenAsync();
            await using var empty = open.CreateCommand();
            empty.CommandText = "pragma wal_checkpoint(truncate)";
            await empty.ExecuteNonQueryAsync();
        }

        public int Commits()
        {
            using var file = new FileStream(open.DataSource + "-wal", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            var page = Number(bytes, 8);
            var commits = 0;
            for (var frame = 32; frame + 24 + page <= bytes.Length; frame += 24 + page)
                commits += Number(bytes, frame + 4) > 0 ? 1 : 0;
            return commits;
        }

        public ValueTask DisposeAsync() => open.DisposeAsync();

        private static int Number(byte[] bytes, int at) => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
    }

    /// <summary>Once, the whole transaction is gone, as when the disk is full.</summary>
    private sealed class PullThePlug(CampaignFlowDb db, TimeProvider clock) : IActivity
    {
        public ActivityType Type { get; } = new("Test.PullThePlug", "Test", new("Pull", "拔"), new("", ""), [], [], ["Done"]);

        public async Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken)
        {
            if (clock.GetUtcNow().Hour > 1)
                return new ActivityResult.Done();
            await db.Database.ExecuteSqlRawAsync("rollback", cancellationToken);
            throw new IOException("The disk is full.");
        }
    }
}
