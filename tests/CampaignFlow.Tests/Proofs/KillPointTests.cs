using CampaignFlow.Storage;

namespace CampaignFlow.Tests.Proofs;

/// <summary>At every named point a real process is killed, one after the other on the same database; whoever comes next goes on.</summary>
public sealed class KillPointTests
{
    private const int RunsEach = 3;
    private const int Killed = 128 + 9;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Killed_at_every_point_nothing_is_lost_and_nothing_done_twice(DatabaseKind kind)
    {
        await using var stories = await StoryBench.ForNodesAsync(kind, delay: "00:00:00.0200000");

        foreach (var (n, point) in Faults.Points.Index())
        {
            await stories.StartAsync(Enumerable.Range(0, RunsEach).Select(i => $"{point}-{i}"));
            using var node = Node.Start(stories.Storage, stories.Effects, point, times: 1 + (n % RunsEach));
            Assert.True(node.EndsWithin(Patience), $"Nobody came to {point}.\n{node.Said}");
            Assert.Equal(Killed, node.Process.ExitCode);
            await stories.WatchAsync();
        }

        using var last = Node.Start(stories.Storage, stories.Effects);
        var evidence = await stories.WhenSettledAsync(Patience);
        Assert.True(evidence.IsSound, $"{evidence}\n{last.Said}");
        Assert.Equal(RunsEach * Faults.Points.Count, evidence.Runs);
    }
}
