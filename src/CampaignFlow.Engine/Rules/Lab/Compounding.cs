using System.Globalization;

namespace CampaignFlow.Engine.Rules.Lab;

/// <summary>
/// A rise that grows with the budget it is added to, and that nothing in the rule stops. How far it would go is measured on the history
/// with reserve, ceilings and the daily total limit taken away: these are the campaign's, not the rule's, and the next campaign may have none.
/// </summary>
internal static class Compounding
{
    /// <summary>A daily total that doubles within the history does not come to rest.</summary>
    private const double TooMuch = 2;

    private static readonly Phrase Cure = new(
        "Move between channels with 'shift', or say where it ends: a condition such as 'budget < 500 EUR', or 'scale: to' a fixed amount.",
        "改用“shift”在渠道之间转移，或写明上限：加上“budget < 500 EUR”这样的条件，或用“scale: to”调到固定金额。"
    );

    public static IEnumerable<Problem> Of(Rule rule, RulePlaces places, History? history, BacktestReport? free)
    {
        var rises = rule.Branches.Where(b => b.Then.Any(Effects.Compounds) && !Ranges.CapBudget(b.When)).ToList();
        if (rises.Count == 0)
            yield break;
        var at = places.Then(rises[0]);
        if (history is null || free is null || free.Growth < TooMuch)
        {
            yield return places.Finding(
                at,
                "may-compound",
                Severity.Warning,
                free is null
                    ? new(
                        "each rise is a part of the budget it is added to, and no condition says where it ends",
                        "每次增加按当前预算的比例计算，且没有条件限定上限"
                    )
                    : new(
                        $"each rise is a part of the budget it is added to; on this history the daily total reaches × {Factor(free.Growth)}",
                        $"每次增加按当前预算的比例计算；在这段历史上日总预算达到 {Factor(free.Growth)} 倍"
                    ),
                Cure
            );
            yield break;
        }
        Money Say(long minor) => new(minor, history.Currency);
        var (before, after) = (Say(free.Days[0].TotalBeforeMinor), Say(free.Days.Max(d => d.TotalMinor)));
        var changes = free.Moves.Count();
        yield return places.Finding(
            at,
            "unbounded-compounding",
            Severity.Error,
            new(
                $"unbounded compounding: × {Factor(free.Growth)} in {history.Days} days ({changes} changes take the daily total from {before} to {after}); nothing in the rule stops it",
                $"无界复利：{history.Days} 天内放大 {Factor(free.Growth)} 倍（{changes} 次调整使日总预算从 {before} 升至 {after}），规则本身没有任何限制"
            ),
            Cure
        );
    }

    private static string Factor(double factor) => factor.ToString(factor >= 10 ? "N0" : "0.0", CultureInfo.InvariantCulture);
}
