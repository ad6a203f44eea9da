using System.Globalization;
using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>Why a fact is unknown, and how one that is more than a sum was worked out.</summary>
internal sealed partial class SnapshotFacts
{
    public override Phrase? Method(Fact.Named fact) =>
        fact.Measure switch
        {
            Measure.Pace => new("expected evenly over the flight", "预期按投放期均匀推进"),
            Measure.PaceByWeekday => Subject(fact) is { } one ? certainty.Forecast(one, guard).Weekdays : null,
            Measure.PaceByCurve => Snapshot.Curve is { } curve
                ? new($"expected as {curve.Source.En}", $"预期按{curve.Source.Zh}推进")
                : null,
            Measure.Forecast => Subject(fact) is { } one ? certainty.Forecast(one, guard).Method : null,
            Measure.Low or Measure.High => new("90% interval", "90% 区间"),
            _ => null,
        };

    public override Phrase Missing(Fact.Named fact)
    {
        var (en, zh) = (Wording.English(fact), Wording.Chinese(fact));
        if (fact.Who == "goal")
            return new($"{en} is not set", $"未设定{zh}");
        if (fact.Window is not { } window)
            return fact.Term.Name == "since_change"
                ? new($"{en} is unknown: nothing was changed yet", $"{zh}未知：尚无调整")
                : new($"{en} is not set", $"{zh}未设定");
        if (fact.Measure is Measure.Pace or Measure.PaceByWeekday or Measure.PaceByCurve && Unpaced(fact, en, zh) is { } unpaced)
            return unpaced;
        var range = numbers.Range(window, guard);
        if (Nonsense(fact, range, en, zh) is { } nonsense)
            return nonsense;
        if (TooEarly(fact, window, range, en, zh) is { } early)
            return early;
        if (fact.Measure == Measure.Forecast)
            range = range with { Last = LastMature() };
        foreach (var channel in Asked(fact))
            if (numbers.Gap(channel, range) is { } day)
                return new(
                    $"{en} is missing: {channel.Name} has no data for {Text(day)}",
                    $"{zh}缺失：{channel.Name} 缺少 {Text(day)} 的数据"
                );
        if (fact.Term.Parts is { } parts && Value(fact with { Term = new(parts.Below, Unit.Count, default) }, range) == 0)
            return new($"{en} cannot be worked out without {parts.Below}", $"{zh}无法计算：没有{RuleVocabulary.Label(parts.Below)}");
        if (fact.Measure is Measure.Usual or Measure.Deviation)
            return new($"{en} needs four days of the same weekday that are not all alike", $"{zh}需要至少四个同星期几且不完全相同的数据");
        return range.Plain && Enumerable.Range(0, range.Count).All(i => Snapshot.IsPromotion(range.First.AddDays(i)))
            ? OnlyPromotions(range, en, zh)
            : Unreported(fact, range, en, zh);
    }

    /// <summary>One channel without numbers leaves a sum over all unknown: it is named.</summary>
    private Phrase Unreported(Fact.Named fact, Days range, string en, string zh)
    {
        bool Lacks(ChannelState channel, string metric) =>
            SnapshotNumbers.Entries(channel, range).Any(d => Metric.Reported(d, metric) is null);
        var asked = Asked(fact).ToList();
        var silent = (fact.Term.Parts is { } parts ? new[] { parts.Above, parts.Below } : [fact.Term.Name])
            .SelectMany(metric => asked.Where(c => Lacks(c, metric)).Select(c => (Metric: metric, c.Name)))
            .FirstOrDefault();
        return asked.Count < 2 || silent.Name is null
            ? new($"{en} is not reported", $"{zh}未上报")
            : new(
                $"{en} is unknown: {silent.Name} reports no {silent.Metric}",
                $"{zh}未知：{silent.Name} 未上报{RuleVocabulary.Label(silent.Metric)}"
            );
    }

    private Phrase OnlyPromotions(Days range, string en, string zh)
    {
        var names = Snapshot.Promotions.Where(p => p.Last >= range.First && p.First <= range.Last).Select(p => p.Name).ToList();
        return new(
            $"{en} has only promotion days, which are left out: {string.Join(", ", names)}",
            $"{zh}的窗口全为促销日，已排除：{string.Join('、', names)}"
        );
    }

    protected override Phrase MissingText(Fact.TextIs fact) =>
        marks.Told(fact.Text)
            ? new($"whether it is marked '{fact.Text}' is unknown", $"无法判断是否标记为“{fact.Text}”")
            : new($"no rule here marks '{fact.Text}'", $"此处没有规则标记“{fact.Text}”");

    private IEnumerable<ChannelState> Asked(Fact.Named fact) =>
        roles.TryGetValue(fact.Who, out var one) ? [one] : Snapshot.Channels.Where(c => c.Active);

    private Phrase? Unpaced(Fact.Named fact, string en, string zh)
    {
        if (double.IsNaN(Goal(fact.Term.Name)) && (fact.Term.Name != "spend" || Snapshot.FlightBudgetMinor is null))
            return new($"{en} has no goal to compare with", $"{zh}没有可比较的目标");
        return fact.Measure switch
        {
            Measure.PaceByCurve when Snapshot.Curve is not { IsUsable: true } => new(
                $"{en} has no course to follow: none was chosen with the goals, or days of the chosen campaign are missing",
                $"{zh}没有可参照的进度：目标中未选择参照活动，或所选活动缺少数据"
            ),
            Measure.PaceByWeekday when double.IsNaN(ExpectedShare(fact, LastMature())) => new(
                $"{en} needs 14 days to know the weekdays",
                $"{zh}需要 14 天数据才能得出星期规律"
            ),
            _ => null,
        };
    }

    /// <summary>A number that cannot be is as good as none, and is named.</summary>
    private Phrase? Nonsense(Fact.Named fact, Days range, string en, string zh)
    {
        foreach (var channel in Asked(fact))
        foreach (var metric in fact.Term.Parts is { } parts ? new[] { parts.Above, parts.Below } : [fact.Term.Name])
            if (SnapshotNumbers.Nonsense(channel, metric, range) is { } odd)
            {
                var value = odd.Value.ToString("0.##", CultureInfo.InvariantCulture);
                return new(
                    $"{en} is unknown: {channel.Name} reports {metric} of {value} on {Text(odd.Day)}, which cannot be",
                    $"{zh}未知：{channel.Name} 在 {Text(odd.Day)} 上报的{RuleVocabulary.Label(metric)}为 {value}，不合理"
                );
            }
        return null;
    }

    /// <summary>What needs whole windows is unknown until the flight is long enough; that day is certain, if data keep coming.</summary>
    private Phrase? TooEarly(Fact.Named fact, Window window, Days range, string en, string zh)
    {
        var first = fact.Measure switch
        {
            Measure.Change => numbers.Range(window.Before(), guard).First,
            Measure.Trend or Measure.Median => range.First,
            Measure.Usual or Measure.Deviation => range.Last.AddDays(-4 * Window.Week),
            Measure.Forecast => LastMature().AddDays(1 - Window.Week),
            _ => window.Whole ? range.First : Snapshot.FlightStart,
        };
        var wait = Snapshot.FlightStart.DayNumber - first.DayNumber;
        if (wait <= 0)
            return null;
        var known = Snapshot.Today.AddDays(wait);
        return known > Snapshot.FlightEnd
            ? new($"{en} needs more days than the flight has", $"{zh}所需天数超过投放期")
            : new($"{en} needs more days; known from {Text(known)} if data keep coming", $"{zh}天数不足；数据齐全时 {Text(known)} 起可得");
    }

    private static string Text(DateOnly day) => Outlook.Text(day);
}
