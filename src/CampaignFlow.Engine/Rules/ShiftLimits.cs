using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>How much a shift may move: what was asked, cut to every limit.</summary>
/// <param name="CutBy">The limit that made it smaller; null when the whole amount fits.</param>
internal sealed record ShiftSize(long AmountMinor, string? CutBy, Objection? Objection);

internal static class ShiftLimits
{
    /// <summary>Less than this part of the loser's budget is not worth a change.</summary>
    private const double SmallestPart = 0.01;

    public static ShiftSize Size(Rule rule, Candidate candidate, double asked, Proposals proposals)
    {
        var facts = candidate.Facts;
        var (from, to, guard) = (facts.Roles["loser"], facts.Roles["winner"], rule.Guard);
        var keep = guard.KeepAtLeast is { } formula ? formula.Number(facts) : 0;
        if (keep is null)
        {
            var missing = guard.KeepAtLeast!.Facts.Where(f => double.IsNaN(facts.Values([f])[0])).Select(facts.WhyMissing).FirstOrDefault();
            return new(0, null, new("floor", new($"what to keep is unknown: {missing.En}", $"保留下限无法确定：{missing.Zh}")));
        }
        var floor = Math.Max(from.FloorMinor, (long)Math.Ceiling(keep.Value));
        var total = (long)Math.Floor(guard.MoveAtMost * proposals.Snapshot.DailyTotalMinor);
        (string Name, long Room)[] limits =
        [
            ("step", (long)Math.Floor(guard.ChangeAtMost * Math.Min(from.BudgetMinor, to.BudgetMinor))),
            ("floor", from.BudgetMinor - floor),
            ("ceiling", to.CeilingMinor - to.BudgetMinor),
            ("daily total", total - proposals.MovedToday),
        ];
        var wanted = (long)Math.Floor(asked);
        var (name, room) = limits.MinBy(l => l.Room);
        var amount = Math.Min(wanted, room);
        var least = Math.Max(1, Math.Min(wanted, (long)Math.Ceiling(SmallestPart * from.BudgetMinor)));
        if (wanted < 1)
            return new(0, null, new("nothing to move", new($"{from.Name} has nothing to move", $"{from.Name} 没有可转移的预算")));
        if (amount < least)
            return new(0, null, new(name, Why(name, room, floor, guard, from, to, proposals)));
        return new(amount, amount < wanted ? name : null, null);
    }

    public static Phrase Name(string limit) =>
        limit switch
        {
            "step" => new("the step limit", "单次步长上限"),
            "floor" => new("the floor", "预算下限"),
            "ceiling" => new("the ceiling", "预算上限"),
            _ => new("the daily total limit", "每日总调整上限"),
        };

    private static Phrase Why(string name, long room, long floor, GuardSet guard, ChannelState from, ChannelState to, Proposals proposals)
    {
        Money Say(long minor) => new(minor, proposals.Snapshot.Currency);
        return name switch
        {
            "floor" => new(
                $"{from.Name} keeps at least {Say(floor)} a day and has {Say(from.BudgetMinor)}",
                $"{from.Name} 每日至少保留 {Say(floor)}，现为 {Say(from.BudgetMinor)}"
            ),
            "ceiling" => new(
                $"{to.Name} may have at most {Say(to.CeilingMinor)} a day and has {Say(to.BudgetMinor)}",
                $"{to.Name} 每日上限 {Say(to.CeilingMinor)}，现为 {Say(to.BudgetMinor)}"
            ),
            "step" => new(
                $"one change may move {Wording.Number(guard.ChangeAtMost, true)} of either side's budget, here {Say(room)}",
                $"单次调整不超过任一方预算的 {Wording.Number(guard.ChangeAtMost, true)}，此处为 {Say(room)}"
            ),
            _ => new(
                $"all changes of a day may move {Wording.Number(guard.MoveAtMost, true)} of the daily total; {Say(proposals.MovedToday)} moved, {Say(Math.Max(0, room))} left",
                $"每日总调整不超过日总预算的 {Wording.Number(guard.MoveAtMost, true)}；今日已调整 {Say(proposals.MovedToday)}，剩余 {Say(Math.Max(0, room))}"
            ),
        };
    }
}
