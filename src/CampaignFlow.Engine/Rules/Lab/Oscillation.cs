using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules.Lab;

/// <summary>Money that goes forth and back: seen on the history, or to be expected from thresholds without a distance between them.</summary>
internal static class Oscillation
{
    /// <summary>So often it is no longer chance.</summary>
    private const int Often = 3;

    /// <summary>Numbers of a few days move by about this much without anything having happened.</summary>
    private const double DeadBand = 0.1;

    private static readonly Phrase Cure = new(
        "Leave a distance between the thresholds, look at a longer window, or add a cooldown such as 'cooldown: 7d per channel'.",
        "拉开上下阈值的距离、使用更长的窗口，或加冷却期，例如“cooldown: 7d per channel”。"
    );

    public static IEnumerable<Problem> Of(Rule rule, RulePlaces places, BacktestReport? joint)
    {
        var seen = joint?.Reversals.Where(r => r.Rule == rule.Id || r.EarlierRule == rule.Id).ToList() ?? [];
        var moves = joint?.Moves.Count(f => f.Rule == rule.Id) ?? 0;
        if (seen.Count > 0)
        {
            var last = seen[^1];
            var others = seen.SelectMany(r => new[] { r.Rule, r.EarlierRule })
                .Where(r => r != rule.Id)
                .Distinct(StringComparer.Ordinal)
                .ToList();
            var with =
                others.Count > 0 ? new Phrase($" (with {string.Join(", ", others)})", $"（与 {string.Join("、", others)}）") : new("", "");
            yield return places.Finding(
                places.Then(rule.Branches[0]),
                "oscillation",
                seen.Count >= Often && seen.Count * 4 >= moves ? Severity.Error : Severity.Warning,
                new(
                    $"oscillation: on this history money goes back the way it came {seen.Count} times{with.En}, last {last.From} → {last.To} on {Outlook.Text(last.Day)} after {Outlook.Text(last.Earlier)}",
                    $"来回振荡：在这段历史上预算 {seen.Count} 次原路返回{with.Zh}，最近一次 {Outlook.Text(last.Day)} {last.From} → {last.To}，上一次在 {Outlook.Text(last.Earlier)}"
                ),
                Cure
            );
            yield break;
        }
        if (rule.Guard.CooldownDays > 0 || rule.Guard.AtMost is not null)
            yield break;
        if (Close(rule) is { } close)
            yield return places.Finding(
                places.When(rule.Branches[0]),
                "oscillation",
                Severity.Warning,
                new(
                    $"oscillation: it takes and gives at nearly the same {close}, without a cooldown",
                    $"来回振荡：增减阈值几乎相同（{close}），且没有冷却期"
                ),
                Cure
            );
        else if (rule.Branches.Any(b => b.Then.Any(a => a is AskedAction.Shift)))
            yield return places.Finding(
                places.Then(rule.Branches[0]),
                "oscillation",
                Severity.Warning,
                new(
                    "oscillation: nothing keeps it from taking back tomorrow what it gave today",
                    "来回振荡：没有限制可以阻止它明天撤回今天的转移"
                ),
                Cure
            );
    }

    private static string? Close(Rule rule)
    {
        var effects = Effects.Of(rule).ToList();
        foreach (var up in effects.Where(e => e.Up == true))
        foreach (var down in effects.Where(e => e.Up == false && e.Role == up.Role))
        foreach (var (fact, gap) in new Ranges(up.Branch.When, up.Role).Apart(new(down.Branch.When, down.Role)))
            if (gap is >= 0 and < DeadBand)
                return fact;
        return null;
    }
}
