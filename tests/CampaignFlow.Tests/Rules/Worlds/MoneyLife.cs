using CampaignFlow.Accounts;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Metrics;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Rules.Worlds;

/// <summary>
/// Some days of a <see cref="MoneyWorld"/>: numbers come in, rules speak, people answer, ask, hold and take back, now and then at once;
/// transactions and deliveries break off, and everything is asked twice. After each step the books are looked at.
/// </summary>
internal sealed class MoneyLife(MoneyWorld world, MoneyBooks books, Random random)
{
    private const int Days = 4;
    private const int Turns = 2;
    private const int MostAttempts = 8;

    private enum Crash
    {
        None,
        NothingSaved,
        BeforeCommit,
        AfterCommit,
    }

    private CampaignStore Store => world.Store;

    public async Task LiveAsync()
    {
        for (var day = 0; day < Days; day++)
        {
            await ReportAsync(day);
            await books.LookAsync();
            for (var turn = 0; turn < Turns; turn++)
            {
                Store.Clock.Advance(TimeSpan.FromHours(random.Next(1, 9)));
                var acts = Enumerable.Range(0, random.Next(3, 6)).Select(i => Act($"{day}.{turn}.{i / 2}")).ToList();
                if (random.Next(2) == 0)
                    await Task.WhenAll(acts.ConvertAll(a => Task.Run(a)));
                else
                    foreach (var act in acts)
                    {
                        await act();
                        await books.LookAsync();
                    }
                await DeliverAsync();
                await books.LookAsync();
            }
            Store.Clock.Now = new DateTimeOffset(2026, 10, 31, 2, 0, 0, TimeSpan.Zero).AddDays(day);
        }
        await EndAsync();
        await books.LookAsync();
    }

    /// <summary>Deliveries go on failing now and then, and what failed comes again.</summary>
    private async Task DeliverAsync()
    {
        var luck = new Random(random.Next());
        Store.Services.GetRequiredService<Faults>().Hook = point =>
        {
            lock (luck)
                if (point is Faults.BeforeDelivery or Faults.DuringDelivery or Faults.AfterDelivery && luck.Next(25) == 0)
                    throw new IOException($"pulled the plug {point}");
        };
        await SettleAsync();
        Store.Services.GetRequiredService<Faults>().Hook = null;
    }

    /// <summary>Facts only: nothing here waits for a mail, and no workflow runs.</summary>
    private async Task SettleAsync()
    {
        while (await Store.Services.GetRequiredService<OutboxDispatcher>().DispatchDueAsync(OutboxLane.Facts, default) > 0) { }
    }

    private Task<bool> HasMoreAsync() =>
        Store.InScopeAsync(
            (db, _) =>
                db.Outbox.AnyAsync(m => m.Lane == OutboxLane.Facts && m.DoneAt == null && m.AvailableAt <= Store.Clock.Now.AddHours(2))
        );

    /// <summary>Whatever is still under way comes to its end.</summary>
    private async Task EndAsync()
    {
        for (var n = 0; n < 20 && await HasMoreAsync(); n++)
        {
            Store.Clock.Advance(TimeSpan.FromHours(1));
            await SettleAsync();
        }
        Assert.False(await HasMoreAsync(), "something was never delivered");
    }

    /// <summary>All chance is taken here, so that acts may run side by side.</summary>
    private Func<Task> Act(string key)
    {
        var (which, luck) = (random.Next(), random.Next());
        var crash = (Crash)random.Next(6) is var drawn && drawn > Crash.AfterCommit ? Crash.None : drawn;
        return random.Next(13) switch
        {
            0 or 1 or 2 => () => DecideAsync(luck, twice: which % 5 == 0),
            3 => () => RollBackAsync(which, twice: luck % 2 == 0),
            4 => () => AskAsync(which, luck % 20_00 + 1, key),
            5 => () => HoldAsync(which, hold: luck % 5 == 0),
            6 => () => RetriedAsync<ExpireApprovals>(e => e.HandleAsync(default)),
            7 => () => TickAsync(which),
            8 or 9 or 10 => () => Task.WhenAll(EvaluateAsync(key, crash, luck), EvaluateAsync($"{key} too", Crash.None, luck + 1)),
            11 => () => Task.WhenAll(EvaluateAsync(key, crash, luck), EvaluateAsync(key, Crash.None, luck + 1)),
            _ => () => EvaluateAsync(key, crash, luck),
        };
    }

    private async Task ReportAsync(int day)
    {
        var campaigns = await CampaignsAsync();
        foreach (var campaign in campaigns)
        {
            var channels = await Store.InScopeAsync(
                (db, _) => db.CampaignChannels.AsNoTracking().Where(c => c.CampaignId == campaign.Id).ToListAsync()
            );
            var dates =
                day == 0 ? Enumerable.Range(0, 10)
                : random.Next(3) == 0 ? [6 + day, 9 + day]
                : [9 + day];
            var nonsense = random.Next(12) == 0; // more clicks than impressions: the circuit breaker opens
            var rows = (
                from date in dates
                from channel in channels.OrderBy(c => c.Code, StringComparer.Ordinal)
                where random.Next(20) != 0
                select Row(channel, MoneyWorld.First.AddDays(date), nonsense)
            ).ToList();
            await Store.WithAsync<ImportMetrics, ImportReport>(i =>
                i.ImportAsync(campaign.Id, rows, $"day {day} {campaign.Code}", "test", Store.Clock.Now)
            );
        }
        await DeliverAsync();
    }

    private MetricRow Row(CampaignChannel channel, DateOnly date, bool nonsense)
    {
        var spend = (long)(channel.PlannedMinor * random.NextDouble());
        var clicks = random.Next(20, 900);
        return new(
            channel.Code,
            new(
                date,
                random.Next(60) == 0 ? null : spend,
                random.Next(60) == 0 ? null : (long)(spend * random.NextDouble() * 6),
                clicks * (nonsense ? 0 : 20),
                clicks,
                random.Next(60) == 0 ? null : random.Next(clicks),
                null
            )
        );
    }

    private Task<List<Campaign>> CampaignsAsync() =>
        Store.InScopeAsync((db, _) => db.Campaigns.AsNoTracking().OrderBy(c => c.Code).ToListAsync());

    /// <summary>One evaluation of both campaigns, on a node that may die on the way; another takes it up under the same key.</summary>
    /// <param name="luck">The order in which this node finds the files.</param>
    private async Task EvaluateAsync(string key, Crash crash, int luck)
    {
        var attempt = 0;
        await RetriedAsync(
            async (db, services) =>
            {
                var dies = attempt++ == 0 ? crash : Crash.None;
                await using var transaction = await db.Database.BeginTransactionAsync();
                var evaluate = services.GetRequiredService<EvaluateCampaign>();
                var rules = evaluate.InForce().ToArray();
                new Random(luck).Shuffle(rules);
                var campaigns = await db.Campaigns.OrderBy(c => c.Code).ToListAsync();
                await evaluate.HandleAsync(
                    campaigns.ConvertAll(c => new Evaluation(c, $"{key}:{c.Code}")),
                    rules,
                    Store.Clock.Now,
                    default
                );
                if (dies == Crash.NothingSaved)
                    throw new IOException("pulled the plug");
                await db.SaveChangesAsync();
                if (dies == Crash.BeforeCommit)
                    throw new IOException("pulled the plug");
                await transaction.CommitAsync();
                if (dies == Crash.AfterCommit)
                    throw new IOException("pulled the plug");
            }
        );
    }

    /// <param name="luck">Two bits an approval: no answer, no, or yes.</param>
    private async Task DecideAsync(int luck, bool twice)
    {
        var open = await Store.InScopeAsync(
            (db, _) =>
                db
                    .Approvals.AsNoTracking()
                    .Where(a => a.State == ApprovalState.Open)
                    .OrderBy(a => a.CreatedAt)
                    .ThenBy(a => a.Key)
                    .ToListAsync()
        );
        foreach (var (approval, i) in open.Select((a, i) => (a, i)))
        {
            if ((luck >> (2 * i % 30)) % 4 is var said && said == 0)
                continue;
            foreach (var role in approval.Roles)
            {
                var person = await Store.PersonAsync(role);
                var answer = new ApprovalDecision(approval.Id, said == 1 ? ApprovalState.Rejected : ApprovalState.Approved, null);
                Task Once() => RetriedAsync<DecideApproval>(d => d.HandleAsync(answer, person, default));
                await (twice ? Task.WhenAll(Once(), Once()) : Once());
            }
        }
    }

    private async Task RollBackAsync(int which, bool twice)
    {
        var shifts = await Store.InScopeAsync(
            (db, _) =>
                db
                    .BudgetShifts.Where(s => s.State == ShiftState.Applied)
                    .OrderBy(s => s.ProposedAt)
                    .ThenBy(s => s.Key)
                    .Select(s => s.Id)
                    .ToListAsync()
        );
        if (shifts.Count == 0)
            return;
        Task Once() => RetriedAsync<RollBackShift>(r => r.HandleAsync(shifts[which % shifts.Count], "Chen Jing", default));
        await (twice ? Task.WhenAll(Once(), Once()) : Once());
    }

    /// <summary>A person asks for a shift: between any two accounts, now and then of the approved total itself.</summary>
    private async Task AskAsync(int which, long amount, string key)
    {
        var campaigns = await CampaignsAsync();
        var campaign = campaigns[which % campaigns.Count];
        var codes = await Store.InScopeAsync(
            (db, _) => db.CampaignChannels.Where(c => c.CampaignId == campaign.Id).OrderBy(c => c.Code).Select(c => c.Code).ToListAsync()
        );
        var (from, to) = (which / 2 % 4) switch
        {
            0 => (LedgerEntry.Plan, LedgerEntry.Reserve),
            1 => (LedgerEntry.Reserve, codes[which / 8 % codes.Count]),
            _ => (codes[which / 8 % codes.Count], codes[which / 64 % codes.Count]),
        };
        var person = await Store.PersonAsync(Roles.Operator);
        await RetriedAsync<RequestShift>(r => r.HandleAsync(campaign.Id, from, to, amount, "because", key, person, default));
    }

    private async Task HoldAsync(int which, bool hold)
    {
        var campaigns = await CampaignsAsync();
        var person = await Store.PersonAsync(Roles.Manager);
        await RetriedAsync<HoldBudgets>(h => h.HandleAsync(campaigns[which % campaigns.Count].Code, hold, person, default));
    }

    /// <summary>Somebody did what stood on an operation sheet.</summary>
    private async Task TickAsync(int which)
    {
        var open = await Store.InScopeAsync(
            (db, _) =>
                db.WorkTasks.Where(t => t.DoneAt == null && t.WithdrawnAt == null).OrderBy(t => t.Key).Select(t => t.Id).ToListAsync()
        );
        var person = await Store.PersonAsync(Roles.Manager);
        if (open.Count > 0)
            await RetriedAsync<CompleteTask>(c => c.HandleAsync(open[which % open.Count], person, default));
    }

    private Task RetriedAsync<TUseCase>(Func<TUseCase, Task> work)
        where TUseCase : notnull => RetriedAsync((_, services) => work(services.GetRequiredService<TUseCase>()));

    /// <summary>As callers of the product do: what broke off is done again in a scope of its own.</summary>
    private async Task RetriedAsync(Func<CampaignFlowDb, IServiceProvider, Task> work)
    {
        for (var attempt = 1; ; attempt++)
            try
            {
                await Store.InScopeAsync(
                    async (db, services) =>
                    {
                        await work(db, services);
                        return true;
                    }
                );
                return;
            }
            catch (Exception e) when (attempt < MostAttempts && e is IOException or DbUpdateException or System.Data.Common.DbException) { }
    }
}
