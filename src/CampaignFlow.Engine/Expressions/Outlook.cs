using System.Globalization;

namespace CampaignFlow.Engine.Expressions;

/// <summary>
/// When a condition that does not hold yet would: only from facts that the calendar moves, or that add up at a known daily pace.
/// Everything else is left unsaid.
/// </summary>
internal static class Outlook
{
    public static Phrase? Of(Node node, double[] values, FactSource facts)
    {
        if (facts.Today is not { } today || facts.LastDay is not { } last || last <= today)
            return null;
        var reads = Reads(node).DistinctBy(r => r.Slot).ToList();
        var courses = reads.ConvertAll(r => r.Fact is Fact.Named named ? facts.Ahead(named) : Course.Constant(values[r.Slot]));
        if (courses.Exists(c => c is null) || !courses.Exists(c => c!.Moves))
            return null;
        var pace = Phrase.Join(courses.Select(c => c!.Pace).OfType<Phrase>().Distinct(), " and ", "、");
        var then = (double[])values.Clone();
        for (var day = 1; day <= last.DayNumber - today.DayNumber; day++)
        {
            for (var i = 0; i < reads.Count; i++)
                then[reads[i].Slot] = courses[i]!.After(day);
            var value = Interpreter.Value(node, then);
            if (double.IsNaN(value))
                return null;
            if (value != 0)
                return On(today.AddDays(day), day, pace);
        }
        return pace.En.Length == 0 || !Nearer(node, values, then)
            ? null
            : new($"at {pace.En} not before the flight ends on {Text(last)}", $"按目前{pace.Zh}的速度，到 {Text(last)} 投放结束也不会满足");
    }

    /// <summary>What moves away is not merely late.</summary>
    private static bool Nearer(Node node, double[] now, double[] then) =>
        node is Node.Comparison c
        && Math.Abs(Interpreter.Value(c.Left, then) - Interpreter.Value(c.Right, then))
            < Math.Abs(Interpreter.Value(c.Left, now) - Interpreter.Value(c.Right, now));

    private static Phrase On(DateOnly date, int days, Phrase pace) =>
        pace.En.Length == 0
            ? new($"holds from {Text(date)} on", $"自 {Text(date)} 起满足")
            : new(
                $"at {pace.En} in about {Number(days)} {(days == 1 ? "day" : "days")}, on {Text(date)}",
                $"按目前{pace.Zh}的速度，约 {Number(days)} 天后（{Text(date)}）满足"
            );

    private static IEnumerable<Node.Read> Reads(Node node) =>
        node switch
        {
            Node.Read read => [read],
            Node.Arithmetic arithmetic => Reads(arithmetic.Left).Concat(Reads(arithmetic.Right)),
            Node.Comparison comparison => Reads(comparison.Left).Concat(Reads(comparison.Right)),
            Node.Negative negative => Reads(negative.Of),
            _ => [],
        };

    public static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
