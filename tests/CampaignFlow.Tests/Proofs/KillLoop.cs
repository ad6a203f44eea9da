using System.Diagnostics;
using System.Globalization;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Proofs;

/// <summary>
/// Nodes carry stories on and are killed one after the other at random moments; on PostgreSQL the server dies now and then as well.
/// There is always work, and afterwards everything has to be there once.
/// </summary>
internal sealed class KillLoop
{
    public const string Verb = "kills";
    private const int AlwaysAtWork = 150;
    private const int KillsAServer = 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly StoryBench stories;
    private readonly PostgresServer? server;
    private readonly Random chance;
    private readonly List<Node> nodes = [];
    private int started;

    private KillLoop(StoryBench stories, PostgresServer? server, int seed) =>
        (this.stories, this.server, chance) = (stories, server, new(seed));

    /// <param name="Crashes">How many of the kills hit the database server.</param>
    /// <param name="Surprises">Nodes that ended without being killed, with their last words.</param>
    internal sealed record Result(DatabaseKind Kind, int Kills, int Crashes, int Seed, Evidence Evidence, IReadOnlyList<string> Surprises)
    {
        public bool IsSound => Evidence.IsSound && Surprises.Count == 0;

        public override string ToString() =>
            $"{Kind}: {Kills} kills ({Crashes} of the server), {Evidence.Runs} runs, {Evidence.Lost} lost, {Evidence.Missing} effects missing, "
            + $"{Evidence.Repeated} duplicate effects, {Evidence.JournalGaps} journal gaps, {Evidence.FenceRegressions} fence regressions, "
            + $"{Evidence.LeftOver} left over; seed {Seed}"
            + string.Concat(Surprises.Select(s => "\n" + s));
    }

    /// <param name="killed">Told the number of kills so far.</param>
    public static async Task<Result> RunAsync(DatabaseKind kind, int kills, int count, int seed, Action<int>? killed = null)
    {
        var own = kind == DatabaseKind.Postgres ? PostgresServer.OfItsOwn() : null;
        await using var bench = await StoryBench.ForNodesAsync(kind, delay: "00:00:00.2000000", own);
        var loop = new KillLoop(bench, own, seed);
        try
        {
            return await loop.RunAsync(kills, count, seed, kind, killed);
        }
        finally
        {
            loop.nodes.ForEach(n => n.Dispose());
        }
    }

    /// <param name="args">How many kills, nine of ten on PostgreSQL; a seed; and one kind of database alone.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        var kills = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 500;
        var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Environment.TickCount;
        DatabaseKind? only = args.Length > 2 ? Enum.Parse<DatabaseKind>(args[2], ignoreCase: true) : null;
        var watch = Stopwatch.StartNew();
        var sound = true;
        foreach (
            var (kind, share, count) in new[] { (DatabaseKind.Postgres, kills - (kills / 10), 3), (DatabaseKind.Sqlite, kills / 10, 1) }
                .Where(s => only is null || s.Item1 == only)
                .Select(s => only is null ? s : s with { Item2 = kills })
        )
        {
            var result = await RunAsync(kind, share, count, seed, SayEvery50);
            Console.WriteLine($"{result} ({watch.Elapsed.TotalSeconds:0} s)");
            sound &= result.IsSound;
        }
        return sound ? 0 : 1;

        void SayEvery50(int killed)
        {
            if (killed % 50 == 0)
                Console.Error.WriteLine($"{killed} kills ({watch.Elapsed.TotalSeconds:0} s) …");
        }
    }

    private async Task<Result> RunAsync(int kills, int count, int seed, DatabaseKind kind, Action<int>? killed)
    {
        var surprises = new List<string>();
        var crashes = 0;
        for (var i = 0; i < count; i++)
            nodes.Add(Node.Start(stories.Storage, stories.Effects));
        for (var kill = 0; kill < kills; kill++)
        {
            await FeedAsync();
            var victim = nodes[chance.Next(nodes.Count)];
            await victim.WorksAsync();
            // A single node needs time to get somewhere at all.
            await Task.Delay(chance.Next(count == 1 ? 2_000 : 400));
            killed?.Invoke(kill + 1);
            if (server is not null && kill % KillsAServer == KillsAServer / 2)
            {
                crashes++;
                server.CrashAndRestart(postmasterOnly: crashes % 2 == 0);
                continue;
            }
            if (victim.Process.HasExited)
                surprises.Add(victim.Said);
            victim.Dispose();
            nodes.Remove(victim);
            nodes.Add(Node.Start(stories.Storage, stories.Effects));
        }
        var evidence = await stories.WhenSettledAsync(Patience);
        if (!evidence.IsSound)
            surprises.AddRange(await stories.Bench.AskAsync(Evidence.OfLostAsync));
        surprises.AddRange(nodes.Where(n => n.Process.HasExited || !evidence.IsSound).Select(n => n.Said));
        return new(kind, kills, crashes, seed, evidence, surprises);
    }

    private async Task FeedAsync()
    {
        await stories.WatchAsync();
        var busy = await stories.Bench.AskAsync(db => db.Runs.CountAsync(r => r.FinishedAt == null));
        var more = Math.Max(0, AlwaysAtWork - busy);
        await stories.StartAsync(Enumerable.Range(started, more).Select(i => $"run-{i:00000}"));
        started += more;
    }
}
