using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignFlow.Storage;

/// <summary>Something that happened, in the past tense; written in the transaction that made it true, delivered at least once.</summary>
public interface IFact;

/// <summary>
/// A fact whose handlers reach outside the database (a mail server, a platform). They run in a lane of their own, without a transaction
/// around them: a slow server must hold up neither the database nor other facts.
/// </summary>
public interface IEffect : IFact;

public enum OutboxLane
{
    Facts,
    Effects,
}

/// <summary>Reacts to a fact. Called again after a crash only if its own transaction did not commit, so a repeat is silent.</summary>
public interface IFactHandler<in T>
    where T : IFact
{
    /// <summary>Changes go through the given scope's <see cref="CampaignFlowDb"/>; the dispatcher commits them with the acknowledgement.</summary>
    Task Handle(T fact, CancellationToken cancellationToken);
}

/// <summary>A fact on its way to its handlers.</summary>
public sealed class OutboxMessage
{
    public long Id { get; init; }

    /// <summary>Unique: the same fact announced twice is one message.</summary>
    public required string Key { get; init; }

    public required string Type { get; init; }
    public required string Payload { get; init; }
    public OutboxLane Lane { get; init; }
    public DateTimeOffset At { get; init; }

    /// <summary>Not before; moves on with every failed attempt.</summary>
    public DateTimeOffset AvailableAt { get; set; }

    public int Attempts { get; set; }
    public string? Error { get; set; }
    public DateTimeOffset? DoneAt { get; set; }

    /// <summary>Given up after the last attempt; a person looks at it.</summary>
    public DateTimeOffset? DeadAt { get; set; }
}

/// <summary>Which handler has taken which fact.</summary>
public sealed class OutboxReceipt
{
    public required long Message { get; init; }
    public required string Handler { get; init; }
}

internal sealed class OutboxTables : IEntityTypeConfiguration<OutboxMessage>, IEntityTypeConfiguration<OutboxReceipt>
{
    public void Configure(EntityTypeBuilder<OutboxMessage> message)
    {
        message.ToTable("outbox");
        message.HasIndex(m => m.Key).IsUnique();
        message.HasIndex(m => m.AvailableAt).HasFilter("done_at is null and dead_at is null");
    }

    public void Configure(EntityTypeBuilder<OutboxReceipt> receipt) =>
        receipt.ToTable("outbox_receipt").HasKey(r => new { r.Message, r.Handler });
}

public static class OutboxSets
{
    extension(CampaignFlowDb db)
    {
        public DbSet<OutboxMessage> Outbox => db.Set<OutboxMessage>();
        public DbSet<OutboxReceipt> OutboxReceipts => db.Set<OutboxReceipt>();

        /// <summary>Announces a fact with the next <c>SaveChanges</c>.</summary>
        /// <param name="key">What makes it one fact, e.g. <c>shift-applied:42</c>; a second announcement with the same key fails the commit.</param>
        /// <param name="notBefore">Delivery waits until then; null: at once.</param>
        public void Publish<T>(string key, T fact, DateTimeOffset at, DateTimeOffset? notBefore = null)
            where T : IFact =>
            db.Outbox.Add(
                new()
                {
                    Key = key,
                    Type = typeof(T).FullName!,
                    Payload = JsonSerializer.Serialize(fact),
                    At = at,
                    AvailableAt = notBefore ?? at,
                    Lane = fact is IEffect ? OutboxLane.Effects : OutboxLane.Facts,
                }
            );
    }
}

/// <summary>Rings when there may be something to do: the workflow runner and the outbox listen, a slow poll covers what rings elsewhere.</summary>
public sealed class WakeUp
{
    private TaskCompletionSource bell = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Ring() => Interlocked.Exchange(ref bell, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();

    /// <summary>Returns at the next ring, or after <paramref name="atMost"/>.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var ring = bell.Task;
        await Task.WhenAny(ring, Task.Delay(atMost, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
    }
}
