using System.Diagnostics;
using System.Globalization;
using CampaignFlow.Accounts;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Notifications;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Tests.Support;
using CampaignFlow.Tests.Workflows;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Proofs;

/// <summary>
/// Two servers on one PostgreSQL, as people start them, carry campaigns through approvals, timers, tasks, mails and calls to another
/// system, while one of them is killed every few seconds.
/// </summary>
internal sealed class ServerLoop : IAsyncDisposable
{
    public const string Verb = "servers";
    private const string Definition = "proof-campaign";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly CampaignStore store;
    private readonly Receiver receiver;
    private readonly Random chance;
    private readonly List<Server> servers = [];

    private ServerLoop(CampaignStore store, Receiver receiver, int seed) =>
        (this.store, this.receiver, chance) = (store, receiver, new(seed));

    /// <param name="Takeovers">For each kill: seconds until none of the dead server's runs had it as owner any more.</param>
    /// <param name="Called">Calls the other system got; a repeat bears the key of the first one and is told by it.</param>
    internal sealed record Result(
        int Kills,
        int Campaigns,
        int Finished,
        int Approvals,
        int Tasks,
        int Mails,
        int MailFiles,
        int CallKeys,
        int Called,
        int JournalGaps,
        int FenceRegressions,
        IReadOnlyList<double> Takeovers,
        IReadOnlyList<string> Surprises
    )
    {
        public bool IsSound =>
            Finished == Campaigns
            && Approvals == Campaigns
            && Tasks == Campaigns
            && Mails == MailFiles
            && CallKeys == Campaigns
            && (JournalGaps, FenceRegressions, Surprises.Count) == (0, 0, 0)
            && Takeovers.All(t => t <= 10);

        public override string ToString() =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Kills} kills, {Campaigns} campaigns: {Finished} finished, {Approvals} approvals, {Tasks} tasks, {Mails} mails in {MailFiles} files, {CallKeys} calls by key ({Called - CallKeys} repeats), {JournalGaps} journal gaps, {FenceRegressions} fence regressions; taken over in {Takeovers.DefaultIfEmpty().Max():0.0} s at most"
            ) + string.Concat(Surprises.Select(s => "\n" + s));
    }

    /// <param name="args">How many campaigns, and a seed.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        var campaigns = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000;
        var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Environment.TickCount;
        var watch = Stopwatch.StartNew();
        var result = await RunAsync(campaigns, leastKills: campaigns / 100, seed);
        Console.WriteLine($"{result} ({watch.Elapsed.TotalSeconds:0} s, seed {seed})");
        return result.IsSound ? 0 : 1;
    }

    public static async Task<Result> RunAsync(int campaigns, int leastKills, int seed)
    {
        await using var loop = new ServerLoop(await CampaignStore.CreateAsync(DatabaseKind.Postgres), await Receiver.StartAsync(), seed);
        return await loop.RunAsync(campaigns, leastKills);
    }

    private async Task<Result> RunAsync(int campaigns, int leastKills)
    {
        await LiveByDayAsync();
        await StartCampaignsAsync(campaigns);
        var fences = new FenceWatch();
        var takeovers = new List<double>();
        var surprises = new List<string>();
        servers.Add(await ServeAsync());
        servers.Add(await ServeAsync());
        var kills = 0;
        using var stop = new CancellationTokenSource();
        var people = PeopleAsync(stop.Token);
        for (var waited = Stopwatch.StartNew(); ; )
        {
            var finished = await AskAsync(db => db.Runs.CountAsync(r => r.DefinitionId == Definition && r.FinishedAt != null));
            var regressions = await AskAsync(fences.LookAsync);
            if ((finished == campaigns && kills >= leastKills) || waited.Elapsed > Patience * (1 + campaigns / 200))
                break;
            await Task.Delay(chance.Next(500, 3_000));
            var victim = servers[chance.Next(servers.Count)];
            if (victim.Process.HasExited)
                surprises.Add("A server ended by itself: " + victim.Said);
            servers.Remove(victim);
            takeovers.Add(await KillAsync(victim));
            kills++;
            servers.Add(await ServeAsync());
        }
        await SettleAsync(campaigns);
        await stop.CancelAsync();
        await people;
        return await AskAsync(async db => new Result(
            kills,
            campaigns,
            await db.Runs.CountAsync(r => r.DefinitionId == Definition && r.Status == RunStatus.Finished),
            await db.Approvals.CountAsync(a => a.State == ApprovalState.Approved),
            await db.WorkTasks.CountAsync(t => t.DoneAt != null),
            await db.Mails.CountAsync(),
            // A server makes the folder with its first mail.
            Directory.CreateDirectory(Path.Combine(store.Rules, "mails")).GetFiles("*.eml").Length,
            receiver.Calls.Count,
            receiver.Calls.Values.Sum(),
            await Evidence.JournalGapsAsync(db),
            await fences.LookAsync(db),
            takeovers,
            surprises
        ));
    }

    /// <summary>Servers keep people's nights quiet by the real clock: it is noon wherever they live, whenever this runs.</summary>
    private async Task LiveByDayAsync()
    {
        foreach (var role in new[] { Roles.Manager, Roles.Operator })
            await store.PersonAsync(role);
        var east = 12 - DateTime.UtcNow.Hour;
        var zone = string.Create(CultureInfo.InvariantCulture, $"Etc/GMT{-east:+0;-0;+0}"); // POSIX counts to the west
        await AskAsync(db => db.People.ExecuteUpdateAsync(set => set.SetProperty(p => p.TimeZone, zone)));
    }

    private async Task StartCampaignsAsync(int campaigns)
    {
        await store
            .Services.GetRequiredService<WorkflowFiles>()
            .PublishAsync(
                Definition,
                "Proof",
                Bench.Sequence(
                    """
                    "type":"CampaignFlow.Approval","kind":"launch","title":"Go?","roles":["manager"]
                    """,
                    Bench.Delay("00:00:02"),
                    """
                    "type":"CampaignFlow.HumanTask","title":"Look","role":"operator"
                    """,
                    Bench.Text("Elsa.SendHttpRequest", "url", receiver.Url),
                    Bench.Delay("00:00:01"),
                    Bench.Text("Elsa.WriteLine", "text", "over")
                ),
                default
            );
        store.Clock.Now = DateTimeOffset.UtcNow;
        for (var i = 0; i < campaigns; i++)
        {
            var code = string.Create(CultureInfo.InvariantCulture, $"proof-{i:0000}");
            await store.InScopeAsync(
                async (db, services) =>
                {
                    var id = await CampaignStore.AddCampaignAsync(db, code, "Asia/Shanghai");
                    await services.GetRequiredService<WorkflowRuns>().StartAsync(Definition, code, id.ToString(), null, default);
                    await db.SaveChangesAsync();
                    return true;
                }
            );
        }
    }

    /// <summary>People answer whatever is open, many at once.</summary>
    private async Task PeopleAsync(CancellationToken stop)
    {
        var manager = await store.PersonAsync(Roles.Manager);
        var worker = await store.PersonAsync(Roles.Operator);
        while (!stop.IsCancellationRequested)
        {
            store.Clock.Now = DateTimeOffset.UtcNow;
            var asked = await AskAsync(db =>
                db.Approvals.Where(a => a.State == ApprovalState.Open).Select(a => a.Id).Take(50).ToListAsync()
            );
            var open = await AskAsync(db => db.WorkTasks.Where(t => t.DoneAt == null).Select(t => t.Id).Take(50).ToListAsync());
            await Task.WhenAll([
                .. asked.Select(a =>
                    store.WithAsync<DecideApproval, object?>(async d =>
                        await d.HandleAsync(new(a, ApprovalState.Approved, null), manager, default)
                    )
                ),
                .. open.Select(t => store.WithAsync<CompleteTask, object?>(async c => await c.HandleAsync(t, worker, default))),
            ]);
            await Task.Delay(100, CancellationToken.None);
        }
    }

    /// <returns>Seconds until another owned, or nobody had to own, what the dead server had in hand.</returns>
    private async Task<double> KillAsync(Server victim)
    {
        victim.Process.Kill();
        var watch = Stopwatch.StartNew();
        var owner = $"{Environment.MachineName}:{victim.Process.Id}:";
        while (await AskAsync(db => db.Runs.AnyAsync(r => r.Owner != null && r.Owner.StartsWith(owner))) && watch.Elapsed < Patience)
            await Task.Delay(50);
        victim.Dispose();
        return watch.Elapsed.TotalSeconds;
    }

    /// <summary>Waits until nothing is on its way any more.</summary>
    private async Task SettleAsync(int campaigns)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience; await Task.Delay(200))
        {
            var left = await AskAsync(async db =>
                campaigns
                - await db.Runs.CountAsync(r => r.DefinitionId == Definition && r.FinishedAt != null)
                + await db.Outbox.CountAsync(m => m.DoneAt == null && m.DeadAt == null)
            );
            if (left == 0)
                return;
        }
    }

    private Task<T> AskAsync<T>(Func<CampaignFlowDb, Task<T>> question) => store.InScopeAsync((db, _) => question(db));

    private Task<Server> ServeAsync() =>
        Server.StartAsync(
            store.Rules,
            store.Services.GetRequiredService<StorageOptions>().ConnectionString,
            new Uri(receiver.Url).Authority
        );

    public async ValueTask DisposeAsync()
    {
        servers.ForEach(s => s.Dispose());
        await store.DisposeAsync();
        await receiver.DisposeAsync();
    }
}
