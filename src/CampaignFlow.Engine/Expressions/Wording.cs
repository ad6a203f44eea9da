using System.Globalization;

namespace CampaignFlow.Engine.Expressions;

/// <summary>How formulas and their values read: English keeps the author's text, Chinese is spelt out.</summary>
internal static class Wording
{
    public static string Chinese(Node node) => Chinese(node, 0);

    private static string Chinese(Node node, int floor)
    {
        var (text, strength) = node switch
        {
            Node.Literal { Unit: Unit.Condition } literal => (literal.Value == 0 ? "否" : "是", 9),
            Node.Literal { Unit: Unit.Duration } literal => (Hours(literal.Value).Zh, 9),
            Node.Literal literal => (Number(literal.Value, literal.Percent), 9),
            Node.Read read => (Chinese(read.Fact), 9),
            Node.Negative negative => ("−" + Chinese(negative.Of, 7), 7),
            Node.Not not => ($"并非（{Chinese(not.Of)}）", 9),
            Node.Consecutive days => ($"连续{Number(days.Days.Count, false)}日满足（{Chinese(days.Days[0])}）", 9),
            Node.Comparison c => ($"{Chinese(c.Left, 4)} {Sign(c.Sign)} {Chinese(c.Right, 4)}", 4),
            Node.And and => ($"{Chinese(and.Left, 1)}，且{Chinese(and.Right, 2)}", 2),
            Node.Or or => ($"{Chinese(or.Left)}，或{Chinese(or.Right, 1)}", 1),
            Node.Arithmetic { Sign: '*', Left: Node.Literal { Percent: true } part } a => ($"{Chinese(a.Right, 6)}的{Chinese(part)}", 6),
            Node.Arithmetic a => ($"{Chinese(a.Left, Reach(a) - 1)} {Sign(a.Sign)} {Chinese(a.Right, Reach(a))}", Reach(a)),
            _ => ("", 9),
        };
        return strength <= floor ? $"（{text}）" : text;
    }

    private static int Reach(Node.Arithmetic arithmetic) => arithmetic.Sign is '+' or '-' ? 5 : 6;

    private static string Sign(char sign) =>
        sign switch
        {
            '*' => "×",
            '/' => "÷",
            '-' => "−",
            _ => "+",
        };

    private static string Sign(string sign) =>
        sign switch
        {
            ">=" => "≥",
            "<=" => "≤",
            "==" => "=",
            "!=" => "≠",
            _ => sign,
        };

    private static string Chinese(Fact fact) =>
        fact switch
        {
            Fact.Amount amount => amount.Money.ToString(),
            Fact.TextIs text => $"{text.Term.Label.Zh}为“{text.Text}”",
            Fact.Chance chance => $"“{Chinese(chance.Condition)}”的概率",
            Fact.Named named => Chinese(named),
            _ => "",
        };

    public static string Chinese(Fact.Named fact)
    {
        var who = fact.WhoLabel;
        var name = fact.Term.Label.Zh;
        return fact.Measure switch
        {
            Measure.Change => $"{who}{fact.Window?.Label.Zh}{name}环比",
            Measure.Rank => $"{who}{fact.Window?.Label.Zh}{name}排名",
            Measure.Share => $"{who}{fact.Window?.Label.Zh}{name}占比",
            Measure.Trend => $"{who}{fact.Window?.Label.Zh}{name}日趋势",
            Measure.FromBest => $"{who}{fact.Window?.Label.Zh}{name}名次（由优到劣）",
            Measure.FromWorst => $"{who}{fact.Window?.Label.Zh}{name}名次（由劣到优）",
            Measure.Median => $"{who}{fact.Window?.Label.Zh}{name}日中位数",
            Measure.Usual => $"{who}{fact.Window?.Label.Zh}同星期几{name}常值",
            Measure.Deviation => $"{who}{name}偏离常值倍数",
            Measure.Low => $"{who}{fact.Window?.Label.Zh}{name}下限",
            Measure.High => $"{who}{fact.Window?.Label.Zh}{name}上限",
            Measure.Pace or Measure.PaceByWeekday or Measure.PaceByCurve => $"{who}{name}进度",
            Measure.Forecast => $"{who}{name}期末预测",
            _ => $"{who}{fact.Window?.Label.Zh}{name}",
        };
    }

    /// <summary>The fact as an author would write it.</summary>
    public static string English(Fact.Named fact)
    {
        var name = fact.Who.Length == 0 ? fact.Term.Name : $"{fact.Who}.{fact.Term.Name}";
        var window = fact.Window?.Label.En;
        return fact.Measure switch
        {
            Measure.Value => window is null ? name : $"{name}({window})",
            Measure.Pace => $"pace({name})",
            Measure.PaceByWeekday => $"pace({name}, weekdays)",
            Measure.PaceByCurve => $"pace({name}, curve)",
            Measure.Forecast => $"forecast({name})",
            Measure.FromBest => $"the place of {name}({window}) from the best",
            Measure.FromWorst => $"the place of {name}({window}) from the worst",
            _ => $"{fact.Measure.ToString().ToLowerInvariant()}({name}, {window})",
        };
    }

    public static string Number(double value, bool percent) =>
        percent
            ? (value * 100).ToString("0.##", CultureInfo.InvariantCulture) + "%"
            : value.ToString(Math.Abs(value) < 0.1 ? "0.####" : "#,0.##", CultureInfo.InvariantCulture);

    public static Phrase Hours(double hours) =>
        Math.Abs(hours) is > 0 and < 1 ? new($"{Number(hours * 3_600, false)}s", $"{Number(hours * 3_600, false)}秒")
        : hours >= 24 && hours % 24 == 0 ? new($"{Number(hours / 24, false)}d", $"{Number(hours / 24, false)}天")
        : new($"{Number(hours, false)}h", $"{Number(hours, false)}小时");

    public static Phrase Value(double value, Unit unit, bool percent, string currency) =>
        unit switch
        {
            Unit.Money => Phrase.Same(new Money((long)Math.Round(value), currency).ToString()),
            Unit.Duration => Hours(value),
            Unit.Condition => value == 0 ? new("no", "否") : new("yes", "是"),
            _ => Phrase.Same(Number(value, percent)),
        };

    /// <summary>True when the node reads as a percentage rather than as a bare quotient.</summary>
    public static bool IsPercent(Node node) =>
        node switch
        {
            Node.Literal literal => literal.Percent && literal.Unit == Unit.Ratio,
            Node.Read { Fact: Fact.Named named } => named.Term.Percent
                && named.Measure is Measure.Value or Measure.Median or Measure.Usual or Measure.Low or Measure.High or Measure.Forecast
                || named.Measure
                    is Measure.Change
                        or Measure.Share
                        or Measure.Trend
                        or Measure.Pace
                        or Measure.PaceByWeekday
                        or Measure.PaceByCurve,
            Node.Read { Fact: Fact.Chance } => true,
            Node.Negative negative => IsPercent(negative.Of),
            Node.Arithmetic { Unit: Unit.Ratio } arithmetic => IsPercent(arithmetic.Left) && IsPercent(arithmetic.Right),
            _ => false,
        };
}
