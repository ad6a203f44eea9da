namespace CampaignFlow.Engine.Expressions;

/// <summary>Functions over metrics and conditions.</summary>
internal sealed partial class Parser
{
    private const int MostConsecutiveDays = 30;
    private const int MostPlaces = 100;

    /// <summary>Four of the same weekday.</summary>
    private const int FewestUsualDays = 28;

    /// <summary>Over a window: <c>change(revenue, 7d)</c>.</summary>
    private static readonly Dictionary<string, Measure> OverWindow = new(StringComparer.Ordinal)
    {
        ["change"] = Measure.Change,
        ["rank"] = Measure.Rank,
        ["share"] = Measure.Share,
        ["trend"] = Measure.Trend,
        ["median"] = Measure.Median,
        ["usual"] = Measure.Usual,
        ["deviation"] = Measure.Deviation,
        ["low"] = Measure.Low,
        ["high"] = Measure.High,
    };

    /// <summary>How <c>pace</c> expects the goal to be reached.</summary>
    internal static readonly string[] Methods = ["weekdays", "curve"];

    internal static readonly string[] Functions = [.. OverWindow.Keys, "pace", "forecast", "top", "bottom", "consecutive", "probability"];

    private Node Function(Token name)
    {
        Expect("(");
        return name.Text switch
        {
            "consecutive" => Consecutive(name),
            "probability" => Probability(name),
            "top" or "bottom" => Places(name),
            "pace" or "forecast" => OverFlight(name),
            _ => Measured(name),
        };
    }

    private (Who Who, Term Term) MetricOf(Token function)
    {
        var token = Take();
        var (who, term) = Name(token);
        if (!term.Windowed || !who.Windowed)
            throw Error(token.At, $"{function.Text} needs a metric, such as revenue", $"{function.Text} 需要指标，例如 revenue");
        if (function.Text is "share" or "pace" && !term.Additive)
            throw Error(
                token.At,
                $"{function.Text} needs a metric that adds up; '{term.Name}' does not",
                $"{function.Text} 需要可累加的指标；“{term.Name}”不可累加"
            );
        return (who, term);
    }

    private Node.Read Measured(Token name)
    {
        var (who, term) = MetricOf(name);
        Expect(",");
        var place = Now.At;
        var window = ReadWindow();
        var measure = OverWindow[name.Text];
        if (measure is Measure.Change or Measure.Trend or Measure.Median && window.Kind == WindowKind.Flight)
            throw Error(place, $"{name.Text} needs a number of days, such as 7d", $"{name.Text} 需要天数，例如 7d");
        if (measure is Measure.Usual or Measure.Deviation && (window.Kind != WindowKind.Last || window.Days < FewestUsualDays))
            throw Error(
                place,
                $"{name.Text} compares the same weekdays, so it needs at least {FewestUsualDays}d",
                $"{name.Text} 比较相同的星期几，至少需要 {FewestUsualDays}d"
            );
        var end = Expect(")");
        return Read(name.At.To(end.At), UnitOf(measure, term), new Fact.Named(who.Name, term, window, measure, who.Label.Zh));
    }

    private static Unit UnitOf(Measure measure, Term term) =>
        measure switch
        {
            Measure.Change or Measure.Share or Measure.Trend => Unit.Ratio,
            Measure.Rank or Measure.Deviation => Unit.Number,
            _ => term.Unit,
        };

    /// <summary><c>pace</c> and <c>forecast</c> look at the whole flight.</summary>
    private Node.Read OverFlight(Token name)
    {
        var (who, term) = MetricOf(name);
        var measure = name.Text == "forecast" ? Measure.Forecast : Measure.Pace;
        if (measure == Measure.Forecast && term is { Parts: null, Over: not OverDays.Sum })
            throw Error(name.At, $"a level such as '{term.Name}' has no forecast", $"“{term.Name}”这类水平值无法预测");
        if (measure == Measure.Pace && Now is { Kind: TokenKind.Sign, Text: "," })
        {
            Take();
            var method = Take();
            measure = method.Text switch
            {
                "weekdays" => Measure.PaceByWeekday,
                "curve" => Measure.PaceByCurve,
                _ => throw Error(
                    method.At,
                    $"'{method.At.Of(text)}' is not a way to pace{Nearest.Ask(method.Text, Methods).En}; write weekdays or curve",
                    $"“{method.At.Of(text)}”不是进度算法{Nearest.Ask(method.Text, Methods).Zh}；可写 weekdays 或 curve"
                ),
            };
        }
        var end = Expect(")");
        return Read(
            name.At.To(end.At),
            measure == Measure.Forecast ? term.Unit : Unit.Ratio,
            new Fact.Named(who.Name, term, Window.Flight, measure, who.Label.Zh)
        );
    }

    /// <summary>The best or worst n, by the metric's own direction: a comparison of its place.</summary>
    private Node.Comparison Places(Token name)
    {
        var count = Count(name, 1, MostPlaces);
        Expect(",");
        var (who, term) = MetricOf(name);
        Expect(",");
        var window = ReadWindow();
        var end = Expect(")");
        var at = name.At.To(end.At);
        var measure = name.Text == "top" ? Measure.FromBest : Measure.FromWorst;
        var place = Read(at, Unit.Number, new Fact.Named(who.Name, term, window, measure, who.Label.Zh));
        return new(at, "<=", place, new Node.Literal(count.At, Unit.Number, (double)count.Value));
    }

    private Token Count(Token function, int least, int most)
    {
        var count = Take();
        if (count.Kind == TokenKind.Number && count.Value == decimal.Truncate(count.Value) && count.Value >= least && count.Value <= most)
            return count;
        var what = function.Text == "consecutive" ? new Phrase("a number of days", "天数") : new Phrase("a number", "数字");
        throw Error(
            count.At,
            $"{function.Text} needs {what.En} from {least} to {most}, found '{count.At.Of(text)}'",
            $"{function.Text} 需要 {least} 至 {most} 的{what.Zh}，实际为“{count.At.Of(text)}”"
        );
    }

    private Node.Consecutive Consecutive(Token name)
    {
        var count = Count(name, 2, MostConsecutiveDays);
        Expect(",");
        if (ago > 0)
            throw Error(name.At, "consecutive cannot stand inside consecutive", "consecutive 不能嵌套");
        var start = position;
        var days = new List<Node>();
        for (ago = 0; ago < (int)count.Value; ago++)
        {
            position = start;
            days.Add(Needs(Expression(0), "consecutive"));
        }
        ago = 0;
        var end = Expect(")");
        return new(name.At.To(end.At), days);
    }

    private Node.Read Probability(Token name)
    {
        var condition = Expression(0);
        if (condition is not Node.Comparison)
            throw Error(
                condition.At,
                "probability needs one comparison, such as a(7d) > b(7d)",
                "probability 需要一个比较，例如 a(7d) > b(7d)"
            );
        var end = Expect(")");
        return Read(name.At.To(end.At), Unit.Ratio, new Fact.Chance(condition));
    }
}
