using CampaignFlow.Accounts;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Lifecycle;

/// <summary>A manager lets a campaign through a red gate, with a reason that will stand in the review.</summary>
public sealed class OverrideGate(CampaignFlowDb db, TimeProvider clock)
{
    public async Task<Phrase?> HandleAsync(long gateId, string reason, Person person, CancellationToken cancellationToken)
    {
        if (!person.Roles.Contains(Roles.Manager) && !person.Roles.Contains(Roles.Executive))
            return new("Only an operations manager or an executive may override a gate.", "只有运营经理或负责人可以强制通过关口。");
        if (reason.Trim().Length < 10)
            return new("Give a reason of at least ten characters: it will stand in the review.", "请填写至少十个字的理由，它会写进复盘。");
        var gate = await db.GateChecks.SingleOrDefaultAsync(g => g.Id == gateId, cancellationToken);
        if (gate is null || gate.PassedAt is not null)
            return new("This gate is not waiting any more.", "该关口已不在等待。");
        var now = clock.GetUtcNow();
        gate.OverriddenBy = person.DisplayName;
        gate.OverrideReason = reason.Trim();
        await db.SignalAsync(
            GateActivity.BookmarkKind,
            gate.Stage,
            gate.CampaignId.ToString(),
            null,
            $"gate:{gate.Id}:override",
            now,
            cancellationToken
        );
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }
}
