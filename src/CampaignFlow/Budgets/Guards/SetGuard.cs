using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets.Guards;

/// <summary>A person sets, changes or takes away a guard; every change stands in the audit with what it was before.</summary>
public sealed class SetGuard(CampaignFlowDb db, TimeProvider clock)
{
    private const int LongestReason = 500;

    /// <param name="scope">As <see cref="Scope"/> writes it.</param>
    /// <param name="value">As typed; empty takes the guard away.</param>
    /// <returns>Null when it stands as asked; otherwise why not.</returns>
    public async Task<Phrase?> HandleAsync(
        string scope,
        string guardKey,
        string? value,
        string? why,
        Person person,
        CancellationToken cancellationToken
    )
    {
        if (!Permissions.RolesThatMay(Permissions.SetGuards).Any(person.Roles.Contains))
            return new("Your role may not change guards.", "您的角色不能修改护栏。");
        if (Guard.Of(guardKey) is not { } guard)
            return new($"There is no guard '{guardKey}'.", $"没有护栏“{guardKey}”。");
        if (string.IsNullOrWhiteSpace(why) || why.Length > LongestReason)
            return new("Say why, in at most 500 characters: the audit keeps it.", "请说明理由（最多 500 字），审计会保留。");
        var campaignId = Scope.CampaignIn(scope);
        if (scope != Scope.Everything && campaignId is null && Scope.RuleIn(scope) is null)
            return new("A guard is set for everything, a campaign or a rule.", "护栏只能针对全局、某个活动或某条规则设定。");
        if (campaignId is { } id && !await db.Campaigns.AnyAsync(c => c.Id == id, cancellationToken))
            return new("There is no such campaign.", "没有这个活动。");
        var known = await db.GuardSettings.SingleOrDefaultAsync(s => s.Scope == scope && s.Guard == guardKey, cancellationToken);
        var before = known?.Value;
        string? after = null;
        if (!string.IsNullOrWhiteSpace(value))
        {
            if (guard.Read(value, out var wrong) is not { } read)
                return wrong;
            after = guard.Say(read);
        }
        if (before == after)
            return null;
        var now = clock.GetUtcNow();
        if (after is null)
            db.GuardSettings.Remove(known!);
        else if (known is null)
            db.GuardSettings.Add(
                new()
                {
                    Scope = scope,
                    Guard = guardKey,
                    Value = after,
                    By = person.DisplayName,
                    Why = why.Trim(),
                    At = now,
                }
            );
        else
            (known.Value, known.By, known.Why, known.At) = (after, person.DisplayName, why.Trim(), now);
        var about =
            Scope.RuleIn(scope) is { } rule ? new Phrase($" of rule {rule}", $"（规则 {rule}）")
            : campaignId is null ? new(" of everything", "（全局）")
            : new("", "");
        db.Note(
            campaignId,
            now,
            person.DisplayName,
            new(
                $"Guard {guard.Name.En}{about.En}: {before ?? "none"} → {after ?? "none"}. {why.Trim()}",
                $"护栏“{guard.Name.Zh}”{about.Zh}：{before ?? "无"} → {after ?? "无"}。{why.Trim()}"
            )
        );
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }
}
