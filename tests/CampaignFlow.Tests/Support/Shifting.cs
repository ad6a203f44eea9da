using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Metrics;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Support;

/// <summary>Money that moves, and numbers that come in, on a <see cref="CampaignStore"/>.</summary>
internal static class Shifting
{
    extension(CampaignStore store)
    {
        /// <summary>A shift as a rule proposes it, approved when it needs that, with everything that follows from it delivered.</summary>
        public async Task<(BudgetShift Shift, Phrase? Refusal)> ShiftAsync(
            string from,
            string to,
            long minor,
            string? key = null,
            bool alone = true,
            bool byRule = false
        )
        {
            var made = await store.InScopeAsync(
                async (db, services) =>
                {
                    await using var transaction = await db.Database.BeginTransactionAsync();
                    var campaign = await db.Campaigns.SingleAsync(c => c.Id == store.CampaignId);
                    var proposal = new ShiftProposal(
                        key ?? Guid.NewGuid().ToString("N"),
                        from,
                        to,
                        minor,
                        alone,
                        "shift-to-winner",
                        Phrase.Same("because"),
                        byRule ? Guid.NewGuid() : null
                    );
                    var made = await services.GetRequiredService<ProposeShift>().HandleAsync(campaign, proposal, store.Clock.Now, default);
                    await db.SaveChangesAsync();
                    await transaction.CommitAsync();
                    return made;
                }
            );
            await store.SettleAsync();
            return alone && made.Shift.State == ShiftState.Waiting ? await store.ApprovedAsync(made.Shift) : made;
        }

        /// <summary>What is too large for a rule alone, people approve.</summary>
        private async Task<(BudgetShift Shift, Phrase? Refusal)> ApprovedAsync(BudgetShift shift)
        {
            var asked = await store.InScopeAsync((db, _) => db.Approvals.AsNoTracking().SingleAsync(a => a.ShiftId == shift.Id));
            foreach (var role in asked.Roles)
            {
                var person = await store.PersonAsync(role);
                await store.WithAsync<DecideApproval, Phrase?>(d =>
                    d.HandleAsync(new(asked.Id, ApprovalState.Approved, null), person, default)
                );
            }
            await store.SettleAsync();
            return (await store.InScopeAsync((db, _) => db.BudgetShifts.AsNoTracking().SingleAsync(s => s.Id == shift.Id)), null);
        }

        public async Task<IReadOnlyDictionary<string, long>> BalancesAsync() =>
            await store.WithAsync<BudgetLedger, IReadOnlyDictionary<string, long>>(l => l.AccountsAsync(store.CampaignId, default));

        /// <summary>Spend and revenue a day of a channel, as an import brings them; what follows is delivered.</summary>
        public async Task ReportAsync(string channel, params (DateOnly Day, long Spend, long Revenue)[] days)
        {
            await store.WithAsync<ImportMetrics, ImportReport>(i =>
                i.ImportAsync(
                    store.CampaignId,
                    [.. days.Select(d => new MetricRow(channel, new(d.Day, d.Spend, d.Revenue, 5000, 500, 50, null)))],
                    $"{channel} {Guid.NewGuid():N}",
                    "test",
                    store.Clock.Now
                )
            );
            await store.SettleAsync();
        }
    }
}
