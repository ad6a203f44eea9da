namespace CampaignFlow.Engine.Rules.Lab;

/// <summary>What there is to know before a rule is published.</summary>
/// <param name="With">All rules with this one.</param>
/// <param name="Before">All rules with the version that is in force now, or without the rule when it is new.</param>
/// <param name="Free">This rule alone with nothing but its own words to limit it; null when it raises nothing.</param>
public sealed record LabReport(Rule Rule, BacktestReport With, BacktestReport Before, BacktestReport? Free, IReadOnlyList<Problem> Findings)
{
    public bool MayPublish => !Findings.Any(f => f.Severity == Severity.Error);

    /// <summary>Changes that the rule itself would have made.</summary>
    public int Changes => With.Firings.Count(f => f.Rule == Rule.Id && f.Changes);
}

/// <summary>Backtest and static analysis of one rule among the others. A function of its arguments.</summary>
public static class RuleLab
{
    /// <summary>Fewer days of numbers show nothing.</summary>
    public const int FewestDays = 14;

    /// <param name="others">The rules in force; one of the same name is the version that this one would replace.</param>
    public static LabReport Examine(Rule rule, IReadOnlyList<Rule> others, History history, CancellationToken cancellationToken = default)
    {
        var rest = others.Where(o => o.Id != rule.Id).ToList();
        var with = Backtest.Run([rule, .. rest], history, cancellationToken: cancellationToken);
        var before = Backtest.Run(others, history, cancellationToken: cancellationToken);
        var free = rule.Branches.Any(b => b.Then.Any(Effects.Compounds))
            ? Backtest.Run([rule], history, free: true, cancellationToken)
            : null;
        return new(rule, with, before, free, Findings(rule, rest, history, with, free));
    }

    /// <summary>Static analysis alone; what needs a history stays a warning.</summary>
    public static IReadOnlyList<Problem> Analyse(Rule rule, IReadOnlyList<Rule> others) => Findings(rule, others, null, null, null);

    public static bool MovesMoney(Rule rule) => Effects.MovesMoney(rule);

    private static List<Problem> Findings(
        Rule rule,
        IReadOnlyList<Rule> others,
        History? history,
        BacktestReport? with,
        BacktestReport? free
    )
    {
        var places = new RulePlaces(rule);
        var findings = new List<Problem>();
        if (history is { Days: < FewestDays })
            findings.Add(
                places.Finding(
                    null,
                    "short-history",
                    Severity.Error,
                    new(
                        $"the history has {history.Days} days with numbers, {FewestDays} are needed",
                        $"历史数据只有 {history.Days} 天，至少需要 {FewestDays} 天"
                    ),
                    new("Choose a campaign or file with a longer history.", "请选择历史更长的活动或文件。")
                )
            );
        if (Effects.MovesMoney(rule))
        {
            findings.AddRange(Compounding.Of(rule, places, history, free));
            findings.AddRange(Oscillation.Of(rule, places, with));
            findings.AddRange(Disagreement.Of(rule, places, others, with));
            findings.AddRange(DataLag.Of(rule, places, history?.Channels ?? []));
        }
        findings.AddRange(RuleSet.MarkProblems([rule, .. others]).Where(p => p.Subject == rule.Id));
        return [.. findings.OrderBy(f => f.Severity).ThenBy(f => f.Line)];
    }
}
