using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets.Guards;

/// <summary>A person says that rules may go on in spite of what the data shows; it holds for what was found and for nothing new.</summary>
public sealed class CloseBreaker(CampaignFlowDb db, TimeProvider clock)
{
    public async Task<Phrase?> HandleAsync(Guid campaign, string? why, Person person, CancellationToken cancellationToken)
    {
        if (!Permissions.RolesThatMay(Permissions.ApproveShifts).Any(person.Roles.Contains))
            return new("Your role may not close the circuit breaker.", "您的角色不能解除熔断。");
        if (string.IsNullOrWhiteSpace(why) || why.Length > 500)
            return new("Say why, in at most 500 characters: the audit keeps it.", "请说明理由（最多 500 字），审计会保留。");
        if (
            await db.DataBreakers.SingleOrDefaultAsync(b => b.CampaignId == campaign && b.ClosedAt == null, cancellationToken)
            is not { } open
        )
            return null;
        var now = clock.GetUtcNow();
        (open.ClosedAt, open.ClosedBy) = (now, person.DisplayName);
        open.Version++;
        db.Note(
            campaign,
            now,
            person.DisplayName,
            new($"Circuit breaker closed: {why.Trim()} (found: {open.WhyEn})", $"解除熔断：{why.Trim()}（发现：{open.WhyZh}）")
        );
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }
}
