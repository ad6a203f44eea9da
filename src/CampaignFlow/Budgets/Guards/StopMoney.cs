using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets.Guards;

/// <summary>
/// The kill switch. Thrown, no money moves in its scope, what was proposed or approved before included; only what moved already can be
/// returned. It takes effect with its commit, because the ledger asks at the moment money moves.
/// </summary>
public sealed class StopMoney(CampaignFlowDb db, TimeProvider clock)
{
    private const int LongestReason = 500;

    /// <returns>Null when it is thrown (or was before); otherwise why not.</returns>
    public async Task<Phrase?> ThrowAsync(string scope, string? why, Person person, CancellationToken cancellationToken)
    {
        if (!May(person, Permissions.HoldBudgets))
            return new("Your role may not stop money.", "您的角色不能停止预算调整。");
        if (string.IsNullOrWhiteSpace(why) || why.Length > LongestReason)
            return new("Say why, in at most 500 characters: everybody will read it.", "请说明理由（最多 500 字），所有人都会看到。");
        var campaign = await CampaignAsync(scope, cancellationToken);
        if (scope != Scope.Everything && campaign is null && Scope.RuleIn(scope) is null)
            return new("There is no such campaign or rule.", "没有这个活动或规则。");
        if (await db.MoneyStops.AnyAsync(s => s.Scope == scope && s.ReleasedAt == null, cancellationToken))
            return null;
        var stop = new MoneyStop
        {
            Scope = scope,
            Why = why.Trim(),
            By = person.DisplayName,
            At = clock.GetUtcNow(),
        };
        db.MoneyStops.Add(stop);
        var said = Sentence(stop);
        db.Note(campaign?.Id, stop.At, person.DisplayName, new($"Kill switch: {said.En}", $"紧急停止：{said.Zh}"));
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }

    /// <summary>Lets money move again; for those who approve shifts, and for who threw the switch.</summary>
    public async Task<Phrase?> ReleaseAsync(string scope, Person person, CancellationToken cancellationToken)
    {
        if (await db.MoneyStops.SingleOrDefaultAsync(s => s.Scope == scope && s.ReleasedAt == null, cancellationToken) is not { } stop)
            return null;
        if (stop.By != person.DisplayName && !May(person, Permissions.ApproveShifts))
            return new(
                $"{stop.By} threw this switch; only they or somebody who approves shifts may release it.",
                $"该开关由{stop.By}启用，只有本人或有权审批调整的人可以解除。"
            );
        var now = clock.GetUtcNow();
        (stop.ReleasedAt, stop.ReleasedBy) = (now, person.DisplayName);
        var said = Sentence(stop);
        db.Note(Scope.CampaignIn(scope), now, person.DisplayName, new($"Kill switch released: {said.En}", $"解除紧急停止：{said.Zh}"));
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }

    /// <summary>Who stopped what and why, as every refusal says it.</summary>
    public static Phrase Sentence(MoneyStop stop) =>
        Scope.RuleIn(stop.Scope) is { } rule ? new($"{stop.By} stopped rule {rule}: {stop.Why}", $"{stop.By} 已停止规则 {rule}：{stop.Why}")
        : stop.Scope == Scope.Everything
            ? new($"{stop.By} stopped all money moves: {stop.Why}", $"{stop.By} 已停止全部预算调整：{stop.Why}")
        : new($"{stop.By} stopped the money moves of this campaign: {stop.Why}", $"{stop.By} 已停止该活动的预算调整：{stop.Why}");

    private async Task<Campaign?> CampaignAsync(string scope, CancellationToken cancellationToken) =>
        Scope.CampaignIn(scope) is { } id
            ? await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken)
            : null;

    private static bool May(Person person, string permission) => Permissions.RolesThatMay(permission).Any(person.Roles.Contains);
}
