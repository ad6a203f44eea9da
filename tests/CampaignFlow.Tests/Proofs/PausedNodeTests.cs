using System.Diagnostics;
using System.Globalization;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Proofs;

/// <summary>A process that is stopped past its lease and wakes up as if nothing had been.</summary>
public sealed class PausedNodeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(Faults.Claimed)] // it holds runs and nothing else
    [InlineData(Faults.BeforeCommit)] // an activity's rows are locked
    [InlineData(Faults.DuringCommit)] // the run's own row is locked
    [InlineData(Faults.DuringDelivery)] // a message is locked
    public async Task Whoever_sleeps_past_its_lease_loses_its_runs_and_is_refused(string point)
    {
        await using var stories = await StoryBench.ForNodesAsync(DatabaseKind.Postgres, delay: "00:00:00.0200000");
        await stories.StartAsync(Enumerable.Range(0, 5).Select(i => $"run-{i}"));
        using var sleeper = Node.Start(stories.Storage, stories.Effects, point, times: 3, signal: "STOP");
        await UntilAsync(() => Task.FromResult(IsStopped(sleeper.Process)));

        using var other = Node.Start(stories.Storage, stories.Effects);
        var asleep = await stories.WhenSettledAsync(Patience);
        Assert.True(asleep.IsSound, $"{asleep}\n{other.Said}");
        other.Kill();

        Signal(sleeper.Process, "CONT");
        await stories.StartAsync(["late"]); // it is alive and works again
        await UntilAsync(async () => await stories.Bench.AskAsync(db => db.Runs.AnyAsync(r => r.Key == "late" && r.FinishedAt != null)));
        var awake = await stories.WhenSettledAsync(Patience);
        Assert.True(awake.IsSound, $"{awake}\n{sleeper.Said}");
        Assert.False(sleeper.Process.HasExited, sleeper.Said);
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        for (var waited = Stopwatch.StartNew(); !await holds(); await Task.Delay(50))
            Assert.True(waited.Elapsed < Patience, "It did not come to that.");
    }

    // The third field of stat, after the name in brackets, is T while a process is stopped.
    private static bool IsStopped(Process process) => File.ReadAllText($"/proc/{process.Id}/stat").Split(") ")[^1].StartsWith('T');

    private static void Signal(Process process, string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
