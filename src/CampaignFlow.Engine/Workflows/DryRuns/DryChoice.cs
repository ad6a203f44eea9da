using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Workflows.Activities;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.DryRuns;

/// <param name="Outcome">Null: the usual one.</param>
/// <param name="After">Null: as long as planned.</param>
public sealed record DryAnswer(string? Outcome, DrySpan? After);

/// <summary>
/// How one activity answers: the first time by the first answer, then by the next; after the last the usual outcome is back, unless
/// <see cref="Always"/>.
/// </summary>
/// <param name="Activity">Its id; with the other workflow's id and a slash before it for one that is executed on the way.</param>
public sealed record DryChoice(string Activity, IReadOnlyList<DryAnswer> Answers, bool Always = false)
{
    internal DryAnswer? At(int visit) =>
        visit <= Answers.Count ? Answers[visit - 1]
        : Always ? Answers[^1]
        : null;

    /// <summary>As it is written: <c>approve-budget=Returned,Approved@1wd</c>; a star at the end: from then on always.</summary>
    public override string ToString() =>
        $"{Activity}={string.Join(',', Answers.Select(a => a.Outcome + (a.After is { } after ? $"@{after}" : "")))}{(Always ? "*" : "")}";

    /// <returns>The choice, or why it cannot be read.</returns>
    public static (DryChoice? Choice, Phrase? Wrong) Parse(string text, WorkflowDefinition definition)
    {
        var at = text.IndexOf('=', StringComparison.Ordinal);
        if (at < 1 || at == text.Length - 1)
            return (
                null,
                new(
                    $"'{text}' is not ACTIVITY=OUTCOME[@DURATION][,OUTCOME…], such as approve-budget=Returned,Approved@1wd.",
                    $"“{text}”的写法应为 活动=结果[@时长][,结果…]，例如 approve-budget=Returned,Approved@1wd。"
                )
            );
        var (id, rest) = (text[..at].Trim(), text[(at + 1)..].Trim());
        var answers = new List<DryAnswer>();
        foreach (var part in rest.TrimEnd('*').Split(','))
        {
            var mark = part.LastIndexOf('@');
            var outcome = (mark < 0 ? part : part[..mark]).Trim();
            DrySpan? after = null;
            if (mark >= 0 && (after = DrySpan.Parse(part[(mark + 1)..])) is null)
                return (
                    null,
                    new(
                        $"'{part[(mark + 1)..]}' is not a duration such as 30m, 4h, 2d, 1wd (working days) or 1w.",
                        $"“{part[(mark + 1)..]}”不是时长，例如 30m、4h、2d、1wd（工作日）或 1w。"
                    )
                );
            answers.Add(new(outcome.Length == 0 ? null : outcome, after));
        }
        var choice = new DryChoice(id, answers, rest.EndsWith('*'));
        return choice.Check(definition) is { } wrong ? (null, wrong) : (choice, null);
    }

    /// <summary>The outcomes that may be chosen for an activity: its ports, or the ways of its condition.</summary>
    public static IReadOnlyList<string> OutcomesOf(Activity activity) =>
        activity.Type is "Elsa.If" or "Elsa.While" ? ["True", "False"]
        : activity.Type is "Elsa.Switch" ? [.. activity.Cases.Select(c => c.Label), "Default"]
        : activity.Type is "Elsa.FlowFork" ? ["Done"]
        : activity.Ports;

    /// <summary>True when there is something to choose: another outcome, or how long it takes.</summary>
    public static bool IsOpen(Activity activity) =>
        OutcomesOf(activity).Count > 1 || activity.Described.Waits && (BuiltInActivities.Of(activity)?.Rests(activity) ?? true);

    private Phrase? Check(WorkflowDefinition definition)
    {
        // Of another workflow, which is not at hand here.
        if (Activity.Contains('/', StringComparison.Ordinal))
            return null;
        if (!definition.Activities.TryGetValue(Activity, out var activity))
        {
            var (en, zh) = Nearest.Ask(Activity, definition.Activities.Values.Where(IsOpen).Select(a => a.Id));
            return new(
                $"{definition.FileName} has no activity '{Activity}'{(en.Length > 0 ? en : ".")}",
                $"{definition.FileName} 中没有活动“{Activity}”{(zh.Length > 0 ? zh : "。")}"
            );
        }
        var outcomes = OutcomesOf(activity);
        if (Answers.FirstOrDefault(a => a.Outcome is { } o && !outcomes.Contains(o, StringComparer.Ordinal)) is not { } unknown)
            return null;
        return new(
            $"'{Activity}' has no outcome '{unknown.Outcome}'; its outcomes are {string.Join(", ", outcomes)}.",
            $"“{Activity}”没有结果“{unknown.Outcome}”；可用的结果：{string.Join("、", outcomes)}。"
        );
    }
}
