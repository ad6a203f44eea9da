using System.Globalization;

namespace CampaignFlow.Engine.Expressions;

/// <summary>Walks a condition and says for each comparison: does it hold, with which values, how far off.</summary>
internal sealed class Explanation(string text, double[] values, FactSource facts)
{
    public IEnumerable<Clause> Of(Node node) =>
        node switch
        {
            Node.And and => Of(and.Left).Concat(Of(and.Right)),
            Node.Or or => Of(or.Left).Concat(Of(or.Right)),
            Node.Comparison comparison => [Compare(comparison)],
            Node.Consecutive consecutive => [Days(consecutive)],
            Node.Not { Of: Node.Not inner } => Of(inner.Of),
            _ => [YesNo(node)],
        };

    private Clause Compare(Node.Comparison comparison)
    {
        var (left, right) = (Interpreter.Value(comparison.Left, values), Interpreter.Value(comparison.Right, values));
        var holds = Interpreter.Truth(Interpreter.Value(comparison, values));
        var source = comparison.At.Of(text);
        if (holds is null)
            return new(source, null, Known(left), Known(right), null, Unknown(source, comparison));

        var unit = comparison.Left.Unit == Unit.Number ? comparison.Right.Unit : comparison.Left.Unit;
        var percent = Wording.IsPercent(comparison.Left) || Wording.IsPercent(comparison.Right);
        Phrase Say(double value) => Wording.Value(value, unit, percent, facts.Currency);
        var sign = holds.Value ? comparison.Sign : Opposite(comparison.Sign);
        double? gap = holds.Value ? null : Math.Abs(left - right);
        var off = gap is null ? new Phrase("", "") : Gap(comparison.Sign, Say(gap.Value));
        var how = Methods(comparison);
        var sentence = new Phrase(
            $"{source}: {Say(left).En} {sign} {Say(right).En}{off.En}{how.En}",
            $"{Spoken(comparison.Left, Say(left).Zh)} {Mark(sign)} {Spoken(comparison.Right, Say(right).Zh)}{off.Zh}{how.Zh}"
        );
        var outlook = holds.Value ? null : Outlook.Of(comparison, values, facts);
        return new(source, holds, left, right, gap, With(sentence, outlook)) { Outlook = outlook };
    }

    private Clause YesNo(Node node)
    {
        var holds = Interpreter.Truth(Interpreter.Value(node, values));
        var source = node.At.Of(text);
        var words = Wording.Chinese(node);
        var sentence = holds switch
        {
            null => Unknown(source, node),
            true => new Phrase($"{source}: yes", $"{words}：是"),
            false => new Phrase($"{source}: no", $"{words}：否"),
        };
        return new(source, holds, null, null, null, sentence);
    }

    private Clause Days(Node.Consecutive consecutive)
    {
        var source = consecutive.At.Of(text);
        var truth = Interpreter.Truth(Interpreter.Value(consecutive, values));
        if (truth is null)
            return new(source, null, null, consecutive.Days.Count, null, Unknown(source, consecutive));
        var held = consecutive.Days.TakeWhile(day => Interpreter.Value(day, values) == 1).Count();
        var (count, all) = (Text(held), Text(consecutive.Days.Count));
        var missing = consecutive.Days.Count - held;
        var outlook = truth.Value || facts.Today is not { } today ? null : InARow(today.AddDays(missing), facts.LastDay);
        var sentence = new Phrase(
            $"{source}: held {count} of {all} days in a row",
            $"{Wording.Chinese(consecutive.Days[0])}：已连续 {count}/{all} 日"
        );
        return new(source, truth, held, consecutive.Days.Count, truth.Value ? null : missing, With(sentence, outlook))
        {
            Outlook = outlook,
        };
    }

    private static Phrase? InARow(DateOnly first, DateOnly? last) =>
        first > last
            ? null
            : new($"{Outlook.Text(first)} at the earliest, if it holds every day", $"若此后每日满足，最早于 {Outlook.Text(first)}");

    private static Phrase With(Phrase sentence, Phrase? outlook) =>
        outlook is { } then ? new($"{sentence.En}; {then.En}", $"{sentence.Zh}；{then.Zh}") : sentence;

    /// <summary>Names how a pace or forecast was worked out, once each.</summary>
    private Phrase Methods(Node.Comparison comparison)
    {
        var named = new[] { comparison.Left, comparison.Right }
            .SelectMany(Facts)
            .OfType<Fact.Named>()
            .Select(facts.Method)
            .OfType<Phrase>()
            .Distinct()
            .ToList();
        return named.Count == 0 ? new("", "") : new($" ({Phrase.Join(named, ", ", "，").En})", $"（{Phrase.Join(named, ", ", "，").Zh}）");
    }

    private static IEnumerable<Fact> Facts(Node node) =>
        node switch
        {
            Node.Read { Fact: Fact.Chance { Condition: Node.Comparison inside } } => Facts(inside.Left).Concat(Facts(inside.Right)),
            Node.Read read => [read.Fact],
            Node.Arithmetic arithmetic => Facts(arithmetic.Left).Concat(Facts(arithmetic.Right)),
            Node.Negative negative => Facts(negative.Of),
            _ => [],
        };

    private Phrase Unknown(string source, Node node)
    {
        var why = Phrase.Join(Unread(node).Distinct().Take(3), ", ", "，");
        if (why.En.Length == 0)
            why = new("a division by zero", "除数为零");
        return new($"{source}: unknown, {why.En}", $"{Wording.Chinese(node)}：无法判断，{why.Zh}");
    }

    private IEnumerable<Phrase> Unread(Node node) =>
        node switch
        {
            Node.Read read => double.IsNaN(values[read.Slot]) ? [facts.WhyMissing(read.Fact)] : [],
            Node.Arithmetic arithmetic => Unread(arithmetic.Left).Concat(Unread(arithmetic.Right)),
            Node.Comparison comparison => Unread(comparison.Left).Concat(Unread(comparison.Right)),
            Node.And and => Unread(and.Left).Concat(Unread(and.Right)),
            Node.Or or => Unread(or.Left).Concat(Unread(or.Right)),
            Node.Negative negative => Unread(negative.Of),
            Node.Not not => Unread(not.Of),
            Node.Consecutive consecutive => consecutive.Days.SelectMany(Unread),
            _ => [],
        };

    /// <summary>A literal is its own value; everything else names itself first.</summary>
    private static string Spoken(Node side, string value) =>
        side switch
        {
            Node.Literal => value,
            Node.Read { Fact: Fact.Amount } => value,
            Node.Read or Node.Consecutive => $"{Wording.Chinese(side)} {value}",
            _ => $"{Wording.Chinese(side)}（{value}）",
        };

    private static Phrase Gap(string sign, Phrase gap) =>
        sign switch
        {
            ">" or ">=" => new($", {gap.En} short", $"，差 {gap.Zh}"),
            "<" or "<=" => new($", {gap.En} over", $"，超出 {gap.Zh}"),
            "==" => new($", {gap.En} apart", $"，相差 {gap.Zh}"),
            _ => new("", ""),
        };

    private static string Opposite(string sign) =>
        sign switch
        {
            ">" => "<=",
            ">=" => "<",
            "<" => ">=",
            "<=" => ">",
            "==" => "!=",
            _ => "==",
        };

    private static string Mark(string sign) =>
        sign switch
        {
            "==" => "=",
            "!=" => "≠",
            ">=" => "≥",
            "<=" => "≤",
            _ => sign,
        };

    private static double? Known(double value) => double.IsNaN(value) ? null : value;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
