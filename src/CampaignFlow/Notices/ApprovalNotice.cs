using CampaignFlow.Accounts;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Notifications;
using CampaignFlow.Notifications.Kinds;
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
                    Silence = approval.ShiftId is null
                        ? new("the process goes back a step; nothing is approved.", "流程退回上一步，不会默认通过。")
                        : new("the proposal expires and no money moves.", "提案过期，预算不变。"),
                    Offers = reader.PersonId is { } person ? Offers(approval.Id, role, person, now) : [],
                    LinksUntil = now + ActionLinks.Lifetime,
                };
                await post.PostAsync(db, mail, reader, $"{approval.Id:N}:{role}", campaign.Id, now, cancellationToken);
            }
        }
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
        var balances = await ledger.BalancesAsync(campaign.Id, cancellationToken);
        return [Line(campaign, shift.From, balances, -shift.AmountMinor), Line(campaign, shift.To, balances, shift.AmountMinor)];
    }

    internal static DiffLine Line(Campaign campaign, string channel, IReadOnlyDictionary<string, long> balances, long change) =>
        new(
            Phrase.Same(channel),
            new Figure.Amount(campaign.Money(balances.GetValueOrDefault(channel))),
            new Figure.Amount(campaign.Money(balances.GetValueOrDefault(channel) + change))
        );
}
