using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules.Lab;

/// <summary>Windows that end before the numbers in them are complete.</summary>
internal static class DataLag
{
    private static readonly string[] AtOnce = ["spend", "impressions", "clicks", "page_load", "stock_cover"];

    public static IEnumerable<Problem> Of(Rule rule, RulePlaces places, IReadOnlyList<HistoryChannel> channels)
    {
        // The slowest channel binds, by what was set or by what its numbers show, whichever is longer.
        if (channels.MaxBy(Days) is not { } slowest || Days(slowest) is var lagDays && lagDays <= 0)
            yield break;
        var source =
            slowest.ObservedLagDays > slowest.LagDays
                ? new Phrase($"seen in the numbers of {slowest.Name}", $"由 {slowest.Name} 的数据得出")
                : new Phrase($"set for {slowest.Name}", $"{slowest.Name} 的设定值");
        foreach (var branch in rule.Branches)
        foreach (
            var fact in WhenTest
                .Formulas(branch.When)
                .SelectMany(f => f.Facts)
                .SelectMany(Fact.WithInner)
                .OfType<Fact.Named>()
                .DistinctBy(f => (f.Term.Name, f.Window))
        )
        {
            if (fact.Window is not { Kind: not (WindowKind.Flight or WindowKind.Today) } window || !Late(fact.Term))
                continue;
            var shift = window.Ago + (window.Kind == WindowKind.Last ? rule.Guard.IgnoreLastDays : 0);
            var immature = Math.Min(window.Days, lagDays + 1 - (window.To + shift));
            if (immature <= 0)
                continue;
            var all = immature == window.Days;
            yield return places.Finding(
                places.When(branch),
                "window-shorter-than-lag",
                all ? Severity.Error : Severity.Warning,
                all
                    ? new(
                        $"window shorter than the data lag: every day of {fact.Term.Name}({window.Label.En}) is younger than the {lagDays} days that its numbers need ({source.En})",
                        $"窗口短于数据延迟：{window.Label.Zh}{fact.Term.Label.Zh}的每一天都不足 {lagDays} 天的成熟期（{source.Zh}）"
                    )
                    : new(
                        $"{immature} of the {window.Days} days of {fact.Term.Name}({window.Label.En}) are younger than the {lagDays} days that its numbers need ({source.En})",
                        $"{window.Label.Zh}{fact.Term.Label.Zh}中有 {immature}/{window.Days} 天不足 {lagDays} 天的成熟期（{source.Zh}）"
                    ),
                new(
                    $"Write 'ignore last: {lagDays}d' under 'guard', or a longer window.",
                    $"在“guard”下写“ignore last: {lagDays}d”，或使用更长的窗口。"
                )
            );
        }
    }

    private static int Days(HistoryChannel channel) => Math.Max(channel.LagDays, channel.ObservedLagDays ?? 0);

    /// <summary>What is counted when it happens is complete at once; orders and money that follow a click come later.</summary>
    private static bool Late(Term term) =>
        term.Parts is { } parts ? !AtOnce.Contains(parts.Above) || !AtOnce.Contains(parts.Below) : !AtOnce.Contains(term.Name);
}
