using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Benchmarks.Throughput;

/// <summary>The product as it is.</summary>
internal sealed class Ours(TestStore store) : Contender("ours", store)
{
    public override Task StartAsync(string run) =>
        Store.InScopeAsync(
            async (db, services) =>
            {
                await services.GetRequiredService<WorkflowRuns>().StartAsync("ten", run, run, null, CancellationToken.None);
                await db.SaveChangesAsync();
            }
        );

    public override Task SignalAsync(string run) =>
        Store.InScopeAsync(
            async (db, _) =>
            {
                await db.SignalAsync("event", "go", run, null, run, DateTimeOffset.UtcNow, CancellationToken.None);
                await db.SaveChangesAsync();
            }
        );

    public override async Task CarryOnAsync(int runs)
    {
        var bursts = await Store.Services.GetRequiredService<WorkflowRunner>().DrainAsync(CancellationToken.None);
        if (bursts != runs)
            throw new InvalidOperationException($"{bursts} bursts for {runs} runs.");
    }

    public override Task PublishEffectsAsync(int count) =>
        Store.InScopeAsync(
            async (db, _) =>
            {
                for (var i = 0; i < count; i++)
                    db.Publish($"effect:{Guid.NewGuid()}", new Nothing("a mail that nobody gets"), DateTimeOffset.UtcNow);
                await db.SaveChangesAsync();
            }
        );

    public override async Task DeliverEffectsAsync(int count)
    {
        var outbox = Store.Services.GetRequiredService<OutboxDispatcher>();
        var delivered = 0;
        while (await outbox.DispatchDueAsync(OutboxLane.Effects, CancellationToken.None) is > 0 and var some)
            delivered += some;
        if (delivered != count)
            throw new InvalidOperationException($"{delivered} of {count} effects were delivered.");
    }
}
