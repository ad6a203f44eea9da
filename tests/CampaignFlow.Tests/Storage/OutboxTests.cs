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
