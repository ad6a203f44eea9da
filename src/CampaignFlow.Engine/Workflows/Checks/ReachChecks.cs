using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Checks;

/// <summary>What no run comes to, what no run gets out of, and where the process ends.</summary>
internal static class ReachChecks
{
    internal static IEnumerable<Problem> Of(Ways ways, bool[] reached) =>
        Unreached(ways, reached).Concat(Trapped(ways, reached)).Concat(Endless(ways, reached));

    private static IEnumerable<Problem> Unreached(Ways ways, bool[] reached)
    {
        var undoing = ways
            .Definition.Activities.Values.Where(a => a.Compensation is not null && reached[ways.EntryOf(a)])
            .Select(a => a.Compensation!)
            .ToHashSet(StringComparer.Ordinal);
        // Of a container that is not reached its content is not told as well; what undoes another is not reached by a way.
        var lost = ways
            .Definition.Activities.Values.Where(a => !reached[ways.EntryOf(a)] && !undoing.Contains(a.Id))
            .Where(a => ways.ParentOf(a) is not { } parent || reached[ways.EntryOf(parent)])
            .ToList();
        foreach (var (head, rest) in Groups(ways, lost))
            yield return DefinitionCheck.Found(
                ways.Definition,
                head,
                Severity.Warning,
                "unreachable",
                rest == 0
                    ? new($"{DefinitionCheck.Called(head).En} is never reached.", $"{DefinitionCheck.Called(head).Zh}永远不会执行。")
                    : new(
                        $"{DefinitionCheck.Called(head).En} and {rest} after it are never reached.",
                        $"{DefinitionCheck.Called(head).Zh}及其后的 {rest} 个活动永远不会执行。"
                    ),
                new("Connect a way to it, or remove it.", "请用连线接入，或将其删除。")
            );
    }

    private static IEnumerable<Problem> Trapped(Ways ways, bool[] reached)
    {
        var definition = ways.Definition;
        var stops = definition.Activities.Values.Where(a => a.Type == "Elsa.Fault").Select(ways.EntryOf);
        var out_ = ways.Leading([Ways.Over, .. stops]);
        var restless = ways.RestlessCircles(reached).SelectMany(c => c).ToHashSet();
        var trapped = definition
            .Activities.Values.Where(a => a.Graph is null && reached[ways.EntryOf(a)] && !out_[ways.EntryOf(a)])
            .ToList();
        foreach (var (head, rest) in Groups(ways, trapped))
        {
            if (trapped.Exists(a => restless.Contains(ways.EntryOf(a)) || restless.Contains(ways.ExitOf(a))))
                continue; // said already, and worse
            yield return DefinitionCheck.Found(
                definition,
                head,
                Severity.Warning,
                "no-way-out",
                new(
                    $"A run that comes to {DefinitionCheck.Called(head).En} never ends: from it{(rest > 0 ? $" and {rest} after it" : "")} no end can be reached.",
                    $"运行到{DefinitionCheck.Called(head).Zh}后永远不会结束：从它{(rest > 0 ? $"及其后的 {rest} 个活动" : "")}到不了任何终点。"
                ),
                new("Give the loop an outcome that leads to the end.", "请为该循环设置一个通向终点的出口。")
            );
        }
    }

    private static IEnumerable<Problem> Endless(Ways ways, bool[] reached)
    {
        var root = ways.Definition.Root;
        if (
            root.Graph is null
            || root.Children.Count == 0
            || root.Children.Any(c => c.Type is "Elsa.End" or "Elsa.Complete" && reached[ways.EntryOf(c)])
            || ways.Definition.Activities.Values.Any(a => a.Type == "Elsa.Finish" && reached[ways.EntryOf(a)])
        )
            yield break;
        yield return DefinitionCheck.Found(
            ways.Definition,
            root,
            Severity.Warning,
            "no-end",
            new(
                "The workflow has no end that can be reached: it is over when its last branch happens to stop.",
                "流程没有可到达的终点：最后一个分支停下时流程才算结束。"
            ),
            new("Add a Finish and connect the last step to it.", "请添加“完成流程”，并把最后一步连到它。")
        );
    }

    /// <summary>What hangs together, told once: the activity nothing else of the group leads to (else the first), and how many follow.</summary>
    private static IEnumerable<(Activity Head, int Behind)> Groups(Ways ways, List<Activity> all)
    {
        var left = all.Select(a => a.Id).ToHashSet(StringComparer.Ordinal);
        var led = all.SelectMany(a => Onward(ways, a)).ToHashSet(StringComparer.Ordinal);
        foreach (var head in all.Where(a => !led.Contains(a.Id)).Concat(all))
        {
            if (!left.Remove(head.Id))
                continue;
            var count = 0;
            var open = new Queue<Activity>([head]);
            while (open.TryDequeue(out var at))
                foreach (var next in Onward(ways, at).Where(left.Remove))
                {
                    count++;
                    open.Enqueue(ways.Definition.Activities[next]);
                }
            yield return (head, count);
        }
    }

    private static IEnumerable<string> Onward(Ways ways, Activity activity) =>
        ways.ParentOf(activity)?.Graph is { } graph ? graph.From(activity.Id).Select(c => c.Target).Where(t => t != activity.Id) : [];
}
