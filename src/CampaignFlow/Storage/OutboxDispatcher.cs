using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Storage;

/// <summary>Delivers facts to their handlers, each handler in a transaction of its own together with its receipt.</summary>
public sealed partial class OutboxDispatcher(
    IServiceScopeFactory scopes,
    TimeProvider clock,
    Faults faults,
    ILogger<OutboxDispatcher> logger
) : IDisposable
{
    public const int MaxAttempts = 12;
    private static readonly ConcurrentDictionary<string, Type> FactTypes = new(StringComparer.Ordinal);
    private readonly Dictionary<OutboxLane, SemaphoreSlim> oneAtATime = new()
    {
        [OutboxLane.Facts] = new(1, 1),
        [OutboxLane.Effects] = new(1, 1),
    };

    /// <summary>Raised after facts reached their handlers: what people look at may have changed.</summary>
    public event EventHandler? Delivered;

    /// <summary>Delivers what is due now in both lanes.</summary>
    /// <returns>How many messages were taken up; 0 means nothing is due.</returns>
    public async Task<int> DispatchDueAsync(CancellationToken cancellationToken) =>
        await DispatchDueAsync(OutboxLane.Facts, cancellationToken) + await DispatchDueAsync(OutboxLane.Effects, cancellationToken);

    /// <summary>Delivers what is due now in one lane, oldest first.</summary>
    public async Task<int> DispatchDueAsync(OutboxLane lane, CancellationToken cancellationToken)
    {
        await oneAtATime[lane].WaitAsync(cancellationToken);
        try
        {
            List<long> due;
            await using (var scope = scopes.CreateAsyncScope())
            {
                var now = clock.GetUtcNow();
                due = await scope
                    .ServiceProvider.GetRequiredService<CampaignFlowDb>()
                    .Outbox.Where(m => m.Lane == lane && m.DoneAt == null && m.DeadAt == null && m.AvailableAt <= now)
                    .OrderBy(m => m.Id)
                    .Select(m => m.Id)
                    .Take(100)
                    .ToListAsync(cancellationToken);
            }
            foreach (var id in due)
                await DeliverAsync(id, lane, cancellationToken);
            if (due.Count > 0)
                Delivered?.Invoke(this, EventArgs.Empty);
            return due.Count;
        }
        finally
        {
            oneAtATime[lane].Release();
        }
    }

    private async Task DeliverAsync(long id, OutboxLane lane, CancellationToken cancellationToken)
    {
        using var work = Instruments.Begin("delivery", lane.ToString()).Tag("outbox.id", id);
        try
        {
            foreach (var handler in await HandlersAsync(id, cancellationToken))
                await HandleAsync(id, handler, cancellationToken);
            await using var scope = scopes.CreateAsyncScope();
            var done = clock.GetUtcNow();
            await scope
                .ServiceProvider.GetRequiredService<CampaignFlowDb>()
                .Outbox.Where(m => m.Id == id)
                .ExecuteUpdateAsync(set => set.SetProperty(m => m.DoneAt, done), cancellationToken);
            if (lane == OutboxLane.Effects)
                Instruments.Effects.Add(1, Instruments.By("outcome", "delivered"));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            work.Fail(e);
            Log.Failed(logger, e, id);
            await PostponeAsync(id, e, cancellationToken);
        }
    }

    private async Task<List<Type>> HandlersAsync(long id, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var message = await scope
            .ServiceProvider.GetRequiredService<CampaignFlowDb>()
            .Outbox.AsNoTracking()
            .SingleAsync(m => m.Id == id, cancellationToken);
        var handlers = typeof(IEnumerable<>).MakeGenericType(typeof(IFactHandler<>).MakeGenericType(FactType(message.Type)));
        return [.. ((IEnumerable<object>)scope.ServiceProvider.GetRequiredService(handlers)).Select(h => h.GetType())];
    }

    /// <summary>Runs one handler; its changes and its receipt are one commit, so after a crash it runs again or not at all.</summary>
    private async Task HandleAsync(long id, Type handlerType, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CampaignFlowDb>();
        var message = await db.Outbox.AsNoTracking().SingleAsync(m => m.Id == id, cancellationToken);
        await using var transaction = message.Lane == OutboxLane.Facts ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        if (transaction is not null)
            await QueueUpAsync(db, id, cancellationToken);
        var name = handlerType.FullName!;
        if (await db.OutboxReceipts.AnyAsync(r => r.Message == id && r.Handler == name, cancellationToken))
            return;
        var factType = FactType(message.Type);
        var contract = typeof(IFactHandler<>).MakeGenericType(factType);
        var handler = (
            (IEnumerable<object>)scope.ServiceProvider.GetRequiredService(typeof(IEnumerable<>).MakeGenericType(contract))
        ).Single(h => h.GetType() == handlerType);
        var fact = JsonSerializer.Deserialize(message.Payload, factType)!;
        faults.Hit(Faults.BeforeDelivery);
        await (Task)contract.GetMethod(nameof(IFactHandler<>.Handle))!.Invoke(handler, [fact, cancellationToken])!;
        db.OutboxReceipts.Add(new() { Message = id, Handler = name });
        if (transaction is null)
            faults.Hit(Faults.DuringDelivery);
        await db.SaveChangesAsync(cancellationToken);
        if (transaction is not null)
        {
            faults.Hit(Faults.DuringDelivery);
            await transaction.CommitAsync(cancellationToken);
        }
        faults.Hit(Faults.AfterDelivery);
        Instruments.Commits.Add(1, Instruments.By("kind", "delivery"));
    }

    /// <summary>Takes the message's row lock: of two nodes the second waits here, and then finds the receipt.</summary>
    private static Task QueueUpAsync(CampaignFlowDb db, long id, CancellationToken cancellationToken) =>
        db.Outbox.Where(m => m.Id == id).ExecuteUpdateAsync(set => set.SetProperty(m => m.Attempts, m => m.Attempts), cancellationToken);

    private async Task PostponeAsync(long id, Exception e, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CampaignFlowDb>();
        var message = await db.Outbox.SingleOrDefaultAsync(m => m.Id == id && m.DoneAt == null, cancellationToken);
        if (message is null)
            return; // another node has finished it
        message.Attempts++;
        message.Error = (e.InnerException ?? e).Message;
        if (message.Attempts >= MaxAttempts)
            message.DeadAt = clock.GetUtcNow();
        else
            message.AvailableAt = clock.GetUtcNow() + Backoff(message.Attempts);
        await db.SaveChangesAsync(cancellationToken);
        if (message.DeadAt is null)
            Instruments.Retries.Add(1, Instruments.By("kind", "delivery"));
        if (message.Lane == OutboxLane.Effects)
            Instruments.Effects.Add(1, Instruments.By("outcome", message.DeadAt is null ? "failed" : "given-up"));
    }

    public void Dispose()
    {
        foreach (var lane in oneAtATime.Values)
            lane.Dispose();
    }

    /// <summary>2 s, 4 s, 8 s … at most an hour.</summary>
    public static TimeSpan Backoff(int attempts) => TimeSpan.FromSeconds(Math.Min(3600, Math.Pow(2, attempts)));

    private static Type FactType(string name) =>
        FactTypes.GetOrAdd(
            name,
            n =>
                AppDomain.CurrentDomain.GetAssemblies().Select(a => a.GetType(n)).FirstOrDefault(t => t is not null)
                ?? throw new InvalidOperationException($"No fact type {n}: was it renamed?")
        );

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Outbox message {Id} failed; it will be tried again")]
        public static partial void Failed(ILogger logger, Exception e, long id);
    }
}
