using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>How much may move: what was asked, cut to every limit.</summary>
/// <param name="CutBy">The limit that made it smaller; null when the whole amount fits.</param>
internal sealed record MoveSize(long AmountMinor, string? CutBy, Objection? Objection);

internal static class MoveLimits
{
    /// <summary>Less than this part of the giver's budget is not worth a change.</summary>
    private const double SmallestPart = 0.01;

    /// <summary>Beyond this an amount is a mistake, not money.</summary>
    private const double Largest = 1e15;

    public static MoveSize Size(Rule rule, Candidate candidate, Move move, Proposals proposals)
    {
        var (from, to, guard) = (move.From, move.To, rule.Guard);
        var one = from ?? to!;
        if (proposals.Snapshot.ReserveMinor is null && (from is null || to is null))
            return new(0, null, new("reserve", new("the campaign keeps no reserve", "活动未设预备金")));
        if (guard.KeepAtLeast is { } formula && from is not null && formula.Number(candidate.Facts) is null)
        {
            var missing = formula.Facts.Where(f => double.IsNaN(candidate.Facts.Values([f])[0])).Select(candidate.Facts.WhyMissing);
            var why = missing.FirstOrDefault();
            return new(0, null, new("floor", new($"what to keep is unknown: {why.En}", $"保留下限无法确定：{why.Zh}")));
        }
        var wanted = (long)Math.Floor(Math.Min(move.AmountMinor, Largest));
        var (name, room) = Limits(guard, candidate, move, proposals).MinBy(l => l.Room);
        var amount = Math.Min(wanted, room);
        var least = Math.Max(1, Math.Min(wanted, (long)Math.Ceiling(SmallestPart * one.BudgetMinor)));
        if (wanted < 1)
            return new(0, null, new("nothing to move", new($"{one.Name} has nothing to move", $"{one.Name} 没有可转移的预算")));
        return amount < least
            ? new(0, null, new(name, Why(name, room, Floor(guard, candidate, from), guard, move, proposals)))
            : new(amount, amount < wanted ? name : null, null);
    }

    private static IEnumerable<(string Name, long Room)> Limits(GuardSet guard, Candidate candidate, Move move, Proposals proposals)
    {
        var (from, to) = (move.From, move.To);
        var smaller = Math.Min(from?.BudgetMinor ?? long.MaxValue, to?.BudgetMinor ?? long.MaxValue);
        yield return ("step", (long)Math.Floor(guard.ChangeAtMost * smaller));
        if (from is not null)
            yield return ("floor", from.BudgetMinor - Floor(guard, candidate, from));
        if (to is not null)
            yield return ("ceiling", to.CeilingMinor - to.BudgetMinor);
        if (from is null)
            yield return ("reserve", proposals.ReserveLeft);
        yield return ("daily total", (long)Math.Floor(guard.MoveAtMost * proposals.Snapshot.DailyTotalMinor) - proposals.MovedToday);
    }

    private static long Floor(GuardSet guard, Candidate candidate, ChannelState? from) =>
        from is null ? 0 : Math.Max(from.FloorMinor, (long)Math.Ceiling(guard.KeepAtLeast?.Number(candidate.Facts) ?? 0));

    public static Phrase Name(string limit) =>
        limit switch
        {
            "step" => new("the step limit", "单次步长上限"),
            "floor" => new("the floor", "预算下限"),
            "ceiling" => new("the ceiling", "预算上限"),
            "reserve" => new("what is left in the reserve", "预备金余额"),
            _ => new("the daily total limit", "每日总调整上限"),
        };

    private static Phrase Why(string name, long room, long floor, GuardSet guard, Move move, Proposals proposals)
    {
        Money Say(long minor) => new(minor, proposals.Snapshot.Currency);
        var (from, to) = (move.From, move.To);
        return name switch
        {
            "floor" => new(
                $"{from!.Name} keeps at least {Say(floor)} a day and has {Say(from.BudgetMinor)}",
                $"{from.Name} 每日至少保留 {Say(floor)}，现为 {Say(from.BudgetMinor)}"
            ),
            "ceiling" => new(
                $"{to!.Name} may have at most {Say(to.CeilingMinor)} a day and has {Say(to.BudgetMinor)}",
                $"{to.Name} 每日上限 {Say(to.CeilingMinor)}，现为 {Say(to.BudgetMinor)}"
            ),
            "reserve" => new($"the reserve has {Say(room)} a day left", $"预备金每日剩余 {Say(room)}"),
            "step" => new(
                $"one change may move {Wording.Number(guard.ChangeAtMost, true)} of either side's budget, here {Say(room)}",
                $"单次调整不超过任一方预算的 {Wording.Number(guard.ChangeAtMost, true)}，此处为 {Say(room)}"
            ),
            _ => new(
                $"all changes of a day may move {Wording.Number(guard.MoveAtMost, true)} of the daily total; {Say(proposals.MovedToday)} moved, {Say(Math.Max(0, room))} left; again tomorrow",
                $"每日总调整不超过日总预算的 {Wording.Number(guard.MoveAtMost, true)}；今日已调整 {Say(proposals.MovedToday)}，剩余 {Say(Math.Max(0, room))}；明日可再试"
            ),
        };
    }
}
