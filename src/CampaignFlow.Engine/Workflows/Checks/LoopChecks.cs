using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Checks;

/// <summary>
/// Loops in which nothing waits. Such a loop never rests: an error, unless something in it sets a variable that decides whether it goes
/// on, for then it may end by itself.
/// </summary>
internal static class LoopChecks
{
    internal static IEnumerable<Problem> Of(Ways ways, bool[] reached)
    {
        foreach (var circle in ways.RestlessCircles(reached))
        {
            var members = circle.Select(ways.ActivityAt).OfType<Activity>().Distinct().ToList();
            var round = ways.RoundOf(circle);
            var counts = Counts(members);
            var names = DefinitionCheck.Some([.. round, round[0]], " → ", " → ");
            yield return DefinitionCheck.Found(
                ways.Definition,
                round[0],
                counts ? Severity.Warning : Severity.Error,
                counts ? "loop-counts" : "loop-without-wait",
                counts
                    ? new(
                        $"The loop {names.En} never waits; only its own counting ends it.",
                        $"循环 {names.Zh} 从不等待，只靠自身计数结束。"
                    )
                    : new($"The loop {names.En} never waits: nothing in it stops it.", $"循环 {names.Zh} 从不等待，没有什么能让它停下。"),
                counts
                    ? new(
                        $"Make sure that it ends within {Stepper.MostSteps} steps, or put a wait into it.",
                        $"请确认它在 {Stepper.MostSteps} 步内结束，或在其中加入等待。"
                    )
                    : new(
                        "Put a delay, an event, a task or an approval into it, or a way out.",
                        "请在循环中加入延时、事件、任务或审批，或设置出口。"
                    )
            );
        }
    }

    private static bool Counts(List<Activity> members)
    {
        var set = members.SelectMany(VariableChecks.Written).ToHashSet(StringComparer.Ordinal);
        return members
            .SelectMany(a => a.Cases.Select(c => c.Condition).Concat(a.Inputs.Where(i => i.Key == "Condition").Select(i => i.Value)))
            .Any(condition => VariableChecks.Read(condition).Overlaps(set));
    }
}
