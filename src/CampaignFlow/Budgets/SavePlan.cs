using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets;

/// <summary>One channel's plan, minor units a day.</summary>
public sealed record PlannedChannel(string Code, long FloorMinor, long PlannedMinor, long CeilingMinor);

/// <summary>Changes the budget plan while it is only a plan: once the ledger is open, money moves by shifts.</summary>
public sealed class SavePlan(CampaignFlowDb db, TimeProvider clock)
{
    /// <returns>What is wrong; empty when saved. The caller commits.</returns>
    public async Task<IReadOnlyList<Phrase>> HandleAsync(
        Guid campaignId,
        IReadOnlyList<PlannedChannel> plan,
        string by,
        CancellationToken cancellationToken
    )
    {
        if (await IsClosedAsync(campaignId, cancellationToken) is { } no)
            return [no];
        var channels = await db.CampaignChannels.Where(c => c.CampaignId == campaignId).ToListAsync(cancellationToken);
        var wrong = new List<Phrase>();
        foreach (var line in plan)
        {
            if (channels.Find(c => c.Code == line.Code) is not { } channel)
                wrong.Add(new($"There is no channel {line.Code} in this campaign.", $"该活动没有渠道 {line.Code}。"));
            else if (line.FloorMinor < 0 || line.FloorMinor > line.PlannedMinor || line.PlannedMinor > line.CeilingMinor)
                wrong.Add(
                    new(
                        $"{channel.Name}: floor ≤ plan ≤ ceiling must hold, none below zero.",
                        $"{channel.Name}：须满足 0 ≤ 下限 ≤ 计划 ≤ 上限。"
                    )
                );
        }
        if (plan.Sum(p => p.PlannedMinor) == 0)
            wrong.Add(new("The plan adds up to nothing.", "计划合计为零。"));
        if (wrong.Count > 0)
            return wrong;
        foreach (var line in plan)
        {
            var channel = channels.Single(c => c.Code == line.Code);
            channel.FloorMinor = line.FloorMinor;
            channel.PlannedMinor = line.PlannedMinor;
            channel.CeilingMinor = line.CeilingMinor;
        }
        if (db.ChangeTracker.HasChanges())
        {
            var campaign = await db.Campaigns.SingleAsync(c => c.Id == campaignId, cancellationToken);
            var total = campaign.Money(channels.Sum(c => c.PlannedMinor));
            db.Note(campaignId, clock.GetUtcNow(), by, new($"Budget plan changed: {total} a day.", $"预算方案已修改：每日 {total}。"));
        }
        return [];
    }

    /// <returns>Null while the plan can be changed; otherwise why not.</returns>
    public async Task<Phrase?> IsClosedAsync(Guid campaignId, CancellationToken cancellationToken) =>
        await db.Ledger.AnyAsync(e => e.CampaignId == campaignId, cancellationToken)
            ? new Phrase("The ledger is open: from here on only shifts change budgets.", "账本已开账，此后只能通过调整改变预算。")
        : await db.Approvals.AnyAsync(
            a => a.CampaignId == campaignId && a.Kind == "budget" && a.State == ApprovalState.Open,
            cancellationToken
        )
            ? new Phrase(
                "The plan is with its approvers. To change it, they send it back first.",
                "方案正在审批中。如需修改，请审批人先退回。"
            )
        : null;
}
