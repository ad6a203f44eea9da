using System.Collections.Concurrent;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Storage;

public sealed class OutboxTests
{
    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_fact_reaches_its_handler_once_even_when_the_first_attempt_fails(DatabaseKind kind)
    {
        var handler = new Counting { FailuresLeft = 1 };
        await using var store = await TestStore.CreateAsync(kind, s => s.AddSingleton<IFactHandler<Rang>>(handler));
        var outbox = store.Services.GetRequiredService<OutboxDispatcher>();
        await store.InScopeAsync(
            async (db, _) =>
            {
                db.Publish("rang:1", new Rang("door"), store.Clock.Now);
                await db.SaveChangesAsync();
            }
        );

        await outbox.DispatchDueAsync(CancellationToken.None);
        Assert.Empty(handler.Heard);
        Assert.Equal(0, await outbox.DispatchDueAsync(CancellationToken.None)); // not due again before the back-off
        store.Clock.Advance(OutboxDispatcher.Backoff(1));
        await outbox.DispatchDueAsync(CancellationToken.None);
        store.Clock.Advance(TimeSpan.FromDays(1));
        await outbox.DispatchDueAsync(CancellationToken.None);

        Assert.Equal(["door"], handler.Heard);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task The_same_fact_cannot_be_announced_twice(DatabaseKind kind)
    {
        await using var store = await TestStore.CreateAsync(kind);
        await store.InScopeAsync(
            async (db, _) =>
            {
                db.Publish("rang:1", new Rang("door"), store.Clock.Now);
                await db.SaveChangesAsync();
                db.Publish("rang:1", new Rang("door"), store.Clock.Now);
                await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync());
            }
        );
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Effects_go_out_in_order_and_a_second_look_finds_none(DatabaseKind kind)
    {
        var sent = new ConcurrentQueue<int>();
        await using var store = await TestStore.CreateAsync(kind, s => s.AddSingleton<IFactHandler<Sends>>(new Sending(sent)));
        await PublishAsync(store, 250);
        var outbox = store.Services.GetRequiredService<OutboxDispatcher>();

        while (await outbox.DispatchDueAsync(OutboxLane.Effects, CancellationToken.None) > 0) { }
        store.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(0, await outbox.DispatchDueAsync(CancellationToken.None));
        Assert.Equal(Enumerable.Range(0, 250), sent);
    }

    [Fact]
    public async Task Two_nodes_share_the_effects_and_send_none_twice()
    {
        var sent = new ConcurrentQueue<int>();
        await using var store = await TestStore.CreateAsync(
            DatabaseKind.Postgres,
            s => s.AddSingleton<IFactHandler<Sends>>(new Sending(sent))
        );
        await PublishAsync(store, 400);
        var nodes = Enumerable.Range(0, 2).Select(_ => ActivatorUtilities.CreateInstance<OutboxDispatcher>(store.Services)).ToList();

        await Task.WhenAll(nodes.Select(WorkAsync));

        Assert.Equal(Enumerable.Range(0, 400), sent.Order());

        static async Task WorkAsync(OutboxDispatcher node)
        {
            while (await node.DispatchDueAsync(OutboxLane.Effects, CancellationToken.None) > 0) { }
            node.Dispose();
        }
    }

    [Fact]
    public async Task A_node_that_stops_lets_go_of_the_effects_it_had_claimed()
    {
        var sent = new ConcurrentQueue<int>();
        using var stop = new CancellationTokenSource();
        var sending = new Sending(sent) { Before = n => (n == 3 ? stop : null)?.Cancel() };
        await using var store = await TestStore.CreateAsync(DatabaseKind.Postgres, s => s.AddSingleton<IFactHandler<Sends>>(sending));
        await PublishAsync(store, 10);
        var outbox = store.Services.GetRequiredService<OutboxDispatcher>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => outbox.DispatchDueAsync(OutboxLane.Effects, stop.Token));
        Assert.Equal([0, 1, 2], sent);
        await outbox.DispatchDueAsync(OutboxLane.Effects, CancellationToken.None);

        Assert.Equal(Enumerable.Range(0, 10), sent);
    }

    private static Task PublishAsync(TestStore store, int count) =>
        store.InScopeAsync(
            async (db, _) =>
            {
                for (var i = 0; i < count; i++)
                    db.Publish($"sends:{i}", new Sends(i), store.Clock.Now);
                await db.SaveChangesAsync();
            }
        );

    private sealed class Sending(ConcurrentQueue<int> sent) : IFactHandler<Sends>
    {
        public Action<int>? Before { get; init; }

        public Task Handle(Sends fact, CancellationToken cancellationToken)
        {
            Before?.Invoke(fact.Number);
            cancellationToken.ThrowIfCancellationRequested();
            sent.Enqueue(fact.Number);
            return Task.CompletedTask;
        }
    }

    private sealed class Counting : IFactHandler<Rang>
    {
        public int FailuresLeft { get; set; }
        public List<string> Heard { get; } = [];

        public Task Handle(Rang fact, CancellationToken cancellationToken)
        {
            if (FailuresLeft-- > 0)
                throw new InvalidOperationException("not now");
            Heard.Add(fact.What);
            return Task.CompletedTask;
        }
    }
}

public sealed record Rang(string What) : IFact;

public sealed record Sends(int Number) : IEffect;
