using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Applying;

/// <summary>Somebody changes a budget on the sandbox platform behind the product's back, as people do in real ones.</summary>
public sealed class ChangeSandbox(CampaignFlowDb db, ConfirmBudgets confirm, TimeProvider clock)
{
    public async Task<Phrase?> HandleAsync(
        Guid campaignId,
        string channel,
        long amountMinor,
        Person person,
        CancellationToken cancellationToken
    )
    {
        if (!Permissions.RolesThatMay(Permissions.EditCampaigns).Any(person.Roles.Contains))
            return new("Your role may not change the sandbox.", "您的角色不能修改沙盒。");
        if (
            await db.SandboxBudgets.SingleOrDefaultAsync(b => b.CampaignId == campaignId && b.Channel == channel, cancellationToken)
            is not { } budget
        )
            return new("The sandbox does not know this channel yet.", "沙盒中还没有该渠道。");
        if (amountMinor < 0)
            return new("A budget is not below zero.", "预算不能为负。");
        var now = clock.GetUtcNow();
        (budget.AmountMinor, budget.ChangedAt, budget.ChangedBy) = (amountMinor, now, person.DisplayName);
        var campaign = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == campaignId, cancellationToken);
        var amount = campaign.Money(amountMinor);
        db.Note(
            campaignId,
            now,
            person.DisplayName,
            new($"{channel} set to {amount} a day on the sandbox platform.", $"沙盒平台：{channel} 日预算改为 {amount}。")
        );
        await db.SaveChangesAsync(cancellationToken);
        await confirm.LookAsync(campaignId, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }
}
