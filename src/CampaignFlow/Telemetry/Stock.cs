using System.Diagnostics.Metrics;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;

namespace CampaignFlow.Telemetry;

/// <summary>
/// What lies in the database, as gauges. They show the last stock-taking; whoever wants them fresh takes stock first, so nothing is
/// counted while nobody looks.
/// </summary>
public sealed class Stock : IDisposable
{
    public const string Name = Instruments.Name + ".Stock";

    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private readonly IServiceScopeFactory scopes;
    private readonly TimeProvider clock;
    private readonly SemaphoreSlim oneAtATime = new(1, 1);
    private volatile Taken? last;

    public Stock(IMeterFactory meters, IServiceScopeFactory scopes, TimeProvider clock)
    {
        (this.scopes, this.clock) = (scopes, clock);
        var meter = meters.Create(Name);
        meter.CreateObservableGauge("campaignflow.runs", Runs, null, "Runs in the database by status");
        Gauge(meter, "campaignflow.timers.lag", "s", "Age of the oldest timer that is due", s => s.Age(s.Runs.OldestDue));
        Gauge(meter, "campaignflow.inbox.backlog", null, "Signals that a run waits for and has not taken", s => s.Runs.Waited);
        Gauge(meter, "campaignflow.inbox.early", null, "Signals that no run waits for yet", s => s.Runs.Early);
        Gauge(meter, "campaignflow.inbox.age", "s", "Age of the oldest signal that a run waits for", s => s.Age(s.Runs.OldestWaited));
        Lanes(meter, "campaignflow.outbox.backlog", null, "Messages that are not delivered", (_, lane) => lane.Open);
        Lanes(meter, "campaignflow.outbox.dead", null, "Messages that were given up", (_, lane) => lane.Dead);
        Lanes(meter, "campaignflow.outbox.age", "s", "Age of the oldest message that is due", (s, lane) => s.Age(lane.OldestDue));
    }

    /// <summary>Counts anew unless that was done within five seconds.</summary>
    public async Task TakeAsync(CancellationToken cancellationToken)
    {
        await oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var now = clock.GetUtcNow();
            if (last is { } taken && now - taken.At < Fresh)
                return;
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<CampaignFlowDb>();
            last = new(now, await Backlog.TakeAsync(db, now, cancellationToken), await OutboxBacklog.TakeAsync(db, now, cancellationToken));
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    public void Dispose() => oneAtATime.Dispose();

    private IEnumerable<Measurement<double>> Runs() =>
        last is not { } taken
            ? []
            : Enum.GetValues<RunStatus>()
                .Select(s => new Measurement<double>(taken.Runs.Runs.GetValueOrDefault(s), Instruments.By("status", s.ToString())));

    private void Gauge(Meter meter, string name, string? unit, string help, Func<Taken, double> value) =>
        meter.CreateObservableGauge<double>(name, () => last is { } taken ? [new Measurement<double>(value(taken))] : [], unit, help);

    private void Lanes(Meter meter, string name, string? unit, string help, Func<Taken, OutboxBacklog, double> value) =>
        meter.CreateObservableGauge<double>(
            name,
            () =>
                last is { } taken
                    ? taken.Outbox.Select(l => new Measurement<double>(value(taken, l), Instruments.By("lane", l.Lane.ToString())))
                    : [],
            unit,
            help
        );

    private sealed record Taken(DateTimeOffset At, Backlog Runs, IReadOnlyList<OutboxBacklog> Outbox)
    {
        /// <summary>Seconds; 0 while nothing is overdue.</summary>
        public double Age(DateTimeOffset? since) => since is { } s ? Math.Max(0, (At - s).TotalSeconds) : 0;
    }
}

/// <summary>Takes stock for a collector that is sent to; whoever reads <c>/telemetry</c> has it taken then.</summary>
internal sealed partial class StockTaking(Stock stock, ILogger<StockTaking> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await stock.TakeAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Log.Failed(logger, e);
            }
            await Task.Delay(Every, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The backlog could not be counted; it is tried again")]
        public static partial void Failed(ILogger logger, Exception e);
    }
}
