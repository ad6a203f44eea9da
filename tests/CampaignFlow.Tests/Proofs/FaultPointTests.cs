using CampaignFlow.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Proofs;

public sealed class FaultPointTests
{
    public static TheoryData<DatabaseKind, string> Points()
    {
        var rows = new TheoryData<DatabaseKind, string>();
        foreach (var kind in Enum.GetValues<DatabaseKind>())
        {
            foreach (var point in Faults.Points)
                rows.Add(kind, point);
        }
        return rows;
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task Whatever_throws_every_effect_happens_once(DatabaseKind kind, string point)
    {
        await using var stories = await StoryBench.CreateAsync(kind, delay: "00:10:00");
        var bench = stories.Bench;
        var outbox = bench.Store.Services.GetRequiredService<OutboxDispatcher>();
        await stories.StartAsync(["one", "two"]);
        var throws = 0;
        var passed = 0;
        bench.Faults.Hook = p =>
        {
            if (p != point || passed++ % 3 != 0)
                return;
            throws++;
            throw new IOException("The connection is lost.");
        };

        Evidence? evidence = null;
        for (var i = 0; i < 25 && evidence is not { IsSound: true }; i++)
        {
            await TriedAsync(() => bench.DrainAsync());
            await TriedAsync(() => outbox.DispatchDueAsync(CancellationToken.None));
            bench.Clock.Advance(TimeSpan.FromMinutes(2));
            await bench.Runner.ReclaimAsync(CancellationToken.None);
            evidence = await stories.EvidenceAsync();
        }

        Assert.InRange(throws, 1, 40);
        Assert.True(evidence!.IsSound, evidence.ToString());
    }

    // Some points lie outside any burst or delivery: the round itself fails, as the host would see it.
    private static async Task TriedAsync(Func<Task> round)
    {
        try
        {
            await round();
        }
        catch (IOException) { }
    }
}
