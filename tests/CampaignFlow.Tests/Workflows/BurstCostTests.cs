using System.Data.Common;
using System.Diagnostics;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows;

public sealed class BurstCostTests
{
    private const int Runs = 40;

    [Theory]
    [InlineData("start", 1, 7)] // one batch each; the claims, the inbox and the definition are read once for all of them
    [InlineData("timer", 1, 6)]
    [InlineData("signal", 1, 8)] // and the event is addressed to all of them in one transaction
    public async Task A_burst_costs_one_commit_and_one_round_trip_before_it(string what, int commandsEach, int besides)
    {
        var commits = new Commits();
        await using var bench = await CreateAsync(
            DatabaseKind.Postgres,
            services => services.ConfigureDbContext<PostgresDb>(options => options.AddInterceptors(commits))
        );
        await bench.PublishAsync("waits", Sequence(what == "signal" ? Event("go") : Delay("01:00:00"), Event("never")));
        for (var i = 0; i < Runs; i++)
            await bench.StartAsync("waits", $"run-{i:000}");
        if (what != "start")
            await bench.DrainAsync();
        if (what == "signal")
            await bench.SignalAsync("event", "go");
        bench.Clock.Advance(TimeSpan.FromHours(1));
        commits.Count = 0;

        using var trips = new RoundTrips();
        var bursts = await bench.DrainAsync();

        Assert.Equal(Runs, bursts);
        Assert.InRange(commits.Count, Runs, Runs + (what == "signal" ? 1 : 0));
        Assert.InRange(trips.Count, Runs * commandsEach, (Runs * commandsEach) + besides);
    }

    private sealed class Commits : DbTransactionInterceptor
    {
        public int Count { get; set; }

        public override Task TransactionCommittedAsync(
            DbTransaction transaction,
            TransactionEndEventData eventData,
            CancellationToken cancellationToken = default
        )
        {
            Count++;
            return Task.CompletedTask;
        }
    }

    /// <summary>Commands and batches that Npgsql sent from this test, whoever built them.</summary>
    private sealed class RoundTrips : IDisposable
    {
        private readonly Activity scope = new Activity("measured").Start();
        private readonly ActivityListener listener;
        private int count;

        public RoundTrips()
        {
            listener = new()
            {
                ShouldListenTo = source => source.Name == "Npgsql",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = activity =>
                {
                    if (activity.TraceId == scope.TraceId)
                        Interlocked.Increment(ref count);
                },
            };
            ActivitySource.AddActivityListener(listener);
        }

        public int Count => count;

        public void Dispose()
        {
            listener.Dispose();
            scope.Stop();
        }
    }
}
