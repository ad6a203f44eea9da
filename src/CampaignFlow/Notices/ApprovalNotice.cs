using CampaignFlow.Accounts;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Notifications;
using CampaignFlow.Notifications.Kinds;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Notices;

/// <summary>Asks the people who have to decide, by mail, with the numbers and signed links.</summary>
public sealed class ApprovalNotice(CampaignFlowDb db, PostMail post, ActionLinks links, BudgetLedger ledger, TimeProvider clock)
    : IFactHandler<ApprovalOpened>
{
    public async Task Handle(ApprovalOpened fact, CancellationToken cancellationToken)
    {
        var approval = await db.Approvals.AsNoTracking().SingleAsync(a => a.Id == fact.ApprovalId, cancellationToken);
        if (approval.State != ApprovalState.Open)
            return;
        var campaign = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == approval.CampaignId, cancellationToken);
        var diff = await DiffAsync(campaign, approval, cancellationToken);
        var silence = await SilenceAsync(approval, cancellationToken);
        var now = clock.GetUtcNow();
        foreach (var role in approval.Roles)
        {
            foreach (var reader in await Recipients.OfRoleAsync(db, role, cancellationToken))
            {
                var mail = new ApprovalRequestMail
                {
                    Campaign = new(campaign.Code, campaign.Name),
                    Path = $"/approvals/{approval.Id}",
                    Question = approval.Title,
                    Why = approval.Why,
                    Role = Roles.Names[role],
                    Diff = diff,
                    DueAt = approval.DueAt,
                    Silence = silence,
                    Offers = reader.PersonId is { } person ? Offers(approval.Id, role, person, now) : [],
                    LinksUntil = now + ActionLinks.Lifetime,
                };
                await post.PostAsync(db, mail, reader, $"{approval.Id:N}:{role}", campaign.Id, now, cancellationToken);
            }
        }
    }

    /// <summary>What happens if nobody answers.</summary>
    private async Task<Phrase> SilenceAsync(Approval approval, CancellationToken cancellationToken)
    {
        if (approval.ShiftId is not null)
            return new("the proposal expires and no money moves.", "提案过期，预算不变。");
        if (approval.OfRun)
            return new("the process goes back a step; nothing is approved.", "流程退回上一步，不会默认通过。");
        var decision = await db
            .Decisions.AsNoTracking()
            .FirstOrDefaultAsync(d => approval.Key == SettleDecision.ApprovalKey + d.Key, cancellationToken);
        return decision?.Otherwise switch
        {
            "resume" => new("the paused channel resumes; a no does the same.", "暂停的渠道恢复投放；拒绝亦然。"),
            { } otherwise when otherwise.StartsWith("advance", StringComparison.Ordinal) => new(
                "the flight ends and evaluation begins; a no does the same.",
                "投放结束并进入评估；拒绝亦然。"
            ),
            _ => new("nothing changes.", "一切保持不变。"),
        };
    }

    private List<Offer> Offers(Guid approval, string role, Guid person, DateTimeOffset now) =>
        [
            new(new("Approve", "通过"), links.Url(new(approval, role, "approve", person), now), Primary: true),
            new(new("Send back", "退回"), links.Url(new(approval, role, "return", person), now)),
        ];

    private async Task<IReadOnlyList<DiffLine>> DiffAsync(Campaign campaign, Approval approval, CancellationToken cancellationToken)
    {
        if (approval.ShiftId is not { } id)
            return [];
        var shift = await db.BudgetShifts.AsNoTracking().SingleAsync(s => s.Id == id, cancellationToken);
        var balances = await ledger.AccountsAsync(campaign.Id, cancellationToken);
        var (from, to) = await db.SidesAsync(shift, cancellationToken);
        return
        [
            Line(campaign, from, Shown(balances, shift.From), -shift.AmountMinor * Sign(shift.From)),
            Line(campaign, to, Shown(balances, shift.To), shift.AmountMinor * Sign(shift.To)),
        ];
    }

    /// <summary>The counter-account carries the approved total with its sign turned.</summary>
    private static long Shown(IReadOnlyDictionary<string, long> balances, string account) =>
        balances.GetValueOrDefault(account) * Sign(account);

    private static int Sign(string account) => account == LedgerEntry.Plan ? -1 : 1;

    internal static DiffLine Line(Campaign campaign, Phrase name, long before, long change) =>
        new(name, new Figure.Amount(campaign.Money(before)), new Figure.Amount(campaign.Money(before + change)));
}
