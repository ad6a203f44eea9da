using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Storage;

/// <summary>
/// Delivers facts to their handlers: a fact's handler in a transaction of its own together with its receipt, an effect's handler with
/// none around it. The last handler's changes and "done" are one commit.
/// </summary>
public sealed partial class OutboxDispatcher(
    IServiceScopeFactory scopes,
    StorageOptions storage,
    TimeProvider clock,
    Faults faults,
    ILogger<OutboxDispatcher> logger
) : IDisposable
{
    public const int MaxAttempts = 12;
    private readonly OutboxQueue queue = new(storage, clock);
    private readonly ConcurrentDictionary<(OutboxLane Lane, string? Type), SemaphoreSlim> oneAtATime = new();
    private readonly ConcurrentDictionary<long, bool> underWay = new();

    /// <summary>How many effects of one kind are under way at once. A replay on a virtual clock takes the same order every time.</summary>
    private readonly int atOnce = ReferenceEquals(clock, TimeProvider.System) ? 8 : 1;

    /// <summary>Raised after facts reached their handlers: what people look at may have changed.</summary>
    public event EventHandler? Delivered;

    /// <summary>Delivers what is due now in both lanes.</summary>
    /// <returns>How many messages were taken up; 0 means nothing is due.</returns>
    public async Task<int> DispatchDueAsync(CancellationToken cancellationToken) =>
        await DispatchDueAsync(OutboxLane.Facts, cancellationToken) + await DispatchDueAsync(OutboxLane.Effects, cancellationToken);

    /// <summary>Kinds of effects that are due now.</summary>
    public Task<List<string>> DueKindsAsync(CancellationToken cancellationToken) =>
        WithDbAsync(db => queue.KindsAsync(db, cancellationToken));

    /// <summary>Delivers what is due now in one lane, oldest first; effects several at once.</summary>
    /// <param name="type">Only this kind; null: all.</param>
    public async Task<int> DispatchDueAsync(OutboxLane lane, CancellationToken cancellationToken, string? type = null)
    {
        var turn = oneAtATime.GetOrAdd((lane, type), _ => new(1, 1));
        await turn.WaitAsync(cancellationToken);
        var due = new List<DueMessage>();
        try
        {
            due = await WithDbAsync(db => queue.TakeAsync(db, lane, type, cancellationToken));
            due.RemoveAll(m => !underWay.TryAdd(m.Id, true));
            if (due.Count == 0)
                return 0;
            await DeliverAllAsync(due, lane, cancellationToken);
            Delivered?.Invoke(this, EventArgs.Empty);
            return due.Count;
        }
        finally
        {
            due.ForEach(m => underWay.TryRemove(m.Id, out _));
            turn.Release();
        }
    }

    private async Task DeliverAllAsync(List<DueMessage> due, OutboxLane lane, CancellationToken cancellationToken)
    {
        var left = new ConcurrentDictionary<long, DueMessage>(due.ToDictionary(m => m.Id));
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var heart = queue.Claims(lane) ? KeepClaimsAsync(left, done.Token) : Task.CompletedTask;
        try
        {
            await Parallel.ForEachAsync(
                due,
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = lane == OutboxLane.Effects ? atOnce : 1,
                    CancellationToken = cancellationToken,
                },
                async (message, cancelled) => await DeliverAsync(message, lane, left, cancelled)
            );
        }
        finally
        {
            await done.CancelAsync();
            await heart;
            if (queue.Claims(lane) && !left.IsEmpty)
                await WithDbAsync(db => queue.ReleaseAsync(db, left.Keys));
        }
    }

    private async Task KeepClaimsAsync(ConcurrentDictionary<long, DueMessage> left, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(StorageModule.LongestSilence / 3, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
                return;
            try
            {
                await WithDbAsync(db => queue.KeepAsync(db, left.Keys, cancellationToken));
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // The claim ends and another node takes up what is left.
                Log.NotKept(logger, e);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task DeliverAsync(
        DueMessage message,
        OutboxLane lane,
        ConcurrentDictionary<long, DueMessage> left,
        CancellationToken cancellationToken
    )
    {
        using var work = Instruments.Begin("delivery", lane.ToString()).Tag("outbox.id", message.Id);
        try
        {
            var route = OutboxRoute.Of(message.Type);
            for (var (n, of) = (0, 1); n < of; n++)
                of = await HandleAsync(message, lane, route, n, cancellationToken);
            left.TryRemove(message.Id, out _);
            if (lane == OutboxLane.Effects)
                Instruments.Effects.Add(1, Instruments.By("outcome", "delivered"));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            left.TryRemove(message.Id, out _);
            work.Fail(e);
            Log.Failed(logger, e, message.Id);
            await PostponeAsync(message.Id, e, cancellationToken);
        }
    }

    /// <summary>Runs one handler in a scope of its own; after a crash it runs again or not at all, an effect's perhaps again.</summary>
    /// <returns>How many handlers there are.</returns>
    private async Task<int> HandleAsync(DueMessage message, OutboxLane lane, OutboxRoute route, int n, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var handlers = route.Handlers(scope.ServiceProvider);
        var db = scope.ServiceProvider.GetRequiredService<CampaignFlowDb>();
        var last = n + 1 >= handlers.Count;
        await using var transaction = lane == OutboxLane.Facts ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        if (transaction is not null && !await QueueUpAsync(db, message.Id, cancellationToken))
            return 0;
        if (n < handlers.Count && !await HasReceiptAsync(db, message.Id, handlers, n, cancellationToken))
        {
            faults.Hit(Faults.BeforeDelivery);
            await route.HandleAsync(handlers[n], message.Payload, cancellationToken);
            if (!last)
                db.OutboxReceipts.Add(new() { Message = message.Id, Handler = NameOf(handlers[n]) });
            if (transaction is null)
                faults.Hit(Faults.DuringDelivery);
        }
        await SettleAsync(db, last ? message.Id : null, cancellationToken);
        if (transaction is not null)
        {
            faults.Hit(Faults.DuringDelivery);
            await transaction.CommitAsync(cancellationToken);
        }
        faults.Hit(Faults.AfterDelivery);
        Instruments.Commits.Add(1, Instruments.By("kind", "delivery"));
        return handlers.Count;
    }

    /// <summary>The handler's changes and, when it was the last, "done", in one commit.</summary>
    private async Task SettleAsync(CampaignFlowDb db, long? done, CancellationToken cancellationToken)
    {
        var changed = db.ChangeTracker.HasChanges();
        await using var own =
            changed && done is not null && db.Database.CurrentTransaction is null
                ? await db.Database.BeginTransactionAsync(cancellationToken)
                : null;
        if (changed)
            await db.SaveChangesAsync(cancellationToken);
        if (done is { } id)
            await SqlBatch.ExecuteAsync(
                db,
                "update outbox set done_at = @now where id = @id",
                cancellationToken,
                ("@now", clock.GetUtcNow()),
                ("@id", id)
            );
        if (own is not null)
            await own.CommitAsync(cancellationToken);
    }

    /// <summary>Takes the message's row lock: of two nodes the second waits here.</summary>
    /// <returns>False when the other one has finished it.</returns>
    private static async Task<bool> QueueUpAsync(CampaignFlowDb db, long id, CancellationToken cancellationToken) =>
        await SqlBatch.ExecuteAsync(
            db,
            "update outbox set attempts = attempts where id = @id and done_at is null",
            cancellationToken,
            ("@id", id)
        ) == 1;

    /// <summary>The last handler needs no receipt: the message itself is done.</summary>
    private static async Task<bool> HasReceiptAsync(
        CampaignFlowDb db,
        long id,
        IReadOnlyList<object> handlers,
        int n,
        CancellationToken cancellationToken
    )
    {
        if (n + 1 >= handlers.Count)
            return false;
        var name = NameOf(handlers[n]);
        return await db.OutboxReceipts.AnyAsync(r => r.Message == id && r.Handler == name, cancellationToken);
    }

    private static string NameOf(object handler) => handler.GetType().FullName!;

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

    private async Task<T> WithDbAsync<T>(Func<CampaignFlowDb, Task<T>> work)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<CampaignFlowDb>());
    }

    private Task WithDbAsync(Func<CampaignFlowDb, Task> work) =>
        WithDbAsync(async db =>
        {
            await work(db);
            return true;
        });

    public void Dispose()
    {
        foreach (var turn in oneAtATime.Values)
            turn.Dispose();
    }

    /// <summary>2 s, 4 s, 8 s … at most an hour.</summary>
    public static TimeSpan Backoff(int attempts) => TimeSpan.FromSeconds(Math.Min(3600, Math.Pow(2, attempts)));

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Outbox message {Id} failed; it will be tried again")]
        public static partial void Failed(ILogger logger, Exception e, long id);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Effects under way could not be kept from the other nodes")]
        public static partial void NotKept(ILogger logger, Exception e);
    }
}
