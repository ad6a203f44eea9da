using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Checks;

/// <summary>Outcomes that lead nowhere while others of the same activity lead on, and decisions whose outcome nobody follows.</summary>
internal static class OutcomeChecks
{
    internal static IEnumerable<Problem> Of(Ways ways) =>
        ways.Definition.Activities.Values.Where(a => a.Ports.Count > 1).SelectMany(a => Of(ways, a));

    private static IEnumerable<Problem> Of(Ways ways, Activity activity)
    {
        var name = DefinitionCheck.Called(activity);
        if (ways.ParentOf(activity)?.Graph is not { } graph)
        {
            if (activity.Described.Decides)
                yield return DefinitionCheck.Found(
                    ways.Definition,
                    activity,
                    Severity.Warning,
                    "decision-ignored",
                    new(
                        $"{name.En} decides, but the same follows whatever is decided: only a flowchart goes on by outcome.",
                        $"{name.Zh}会作出决定，但无论结果如何后续都一样：只有流程图会按结果分支。"
                    ),
                    new("Put it into a flowchart and connect its outcomes.", "请把它放进流程图，并连接各个结果。")
                );
            yield break;
        }
        // A fork leaves by its branches; Done is only for one that has none.
        var own = activity.Type == "Elsa.FlowFork" && activity.Ports.Count > 1 ? activity.Ports.Skip(1).ToList() : activity.Ports;
        var open = own.Except(graph.From(activity.Id).Select(c => c.Port), StringComparer.Ordinal).Where(p => p != "*").ToList();
        // Where none is connected the flow ends here, whatever the outcome.
        if (open.Count == 0 || open.Count == own.Count)
            yield break;
        if (activity.Described.TimeOutOutcome is { } late && open.Remove(late))
            yield return DefinitionCheck.Found(
                ways.Definition,
                activity,
                Severity.Error,
                "no-time-out-path",
                new(
                    $"When nobody answers {name.En} in time, the run stops there without a word: its outcome '{late}' leads nowhere.",
                    $"{name.Zh}无人按时答复时流程会悄然停止：结果“{late}”没有连线。"
                ),
                new($"Connect '{late}', for example to the step that asks again.", $"请连接“{late}”，例如连到重新请求的步骤。")
            );
        if (open.Count > 0)
            yield return DefinitionCheck.Found(
                ways.Definition,
                activity,
                Severity.Warning,
                "outcome-open",
                new(
                    $"{name.En}: {(open.Count == 1 ? "outcome" : "outcomes")} {Listed(open).En} {(open.Count == 1 ? "leads" : "lead")} nowhere, while others go on.",
                    $"{name.Zh}：结果{Listed(open).Zh}没有连线，而其他结果有后续。"
                ),
                new("Connect it, if need be to a Finish.", "请连接该结果，必要时连到“完成流程”。")
            );
    }

    private static Phrase Listed(List<string> ports) => Phrase.Join(ports.Select(p => new Phrase($"'{p}'", $"“{p}”")), ", ", "、");
}
