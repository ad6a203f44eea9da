using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Checks;

/// <summary>Joins that wait for all of their branches, where two of them can never both arrive.</summary>
internal static class JoinChecks
{
    internal static IEnumerable<Problem> Of(Ways ways, bool[] reached)
    {
        int[]? gates = null;
        foreach (var join in ways.Definition.Activities.Values.Where(a => IsWaitAll(a) && reached[ways.EntryOf(a)]))
        {
            var graph = ways.ParentOf(join)!.Graph!;
            var branches = graph.ForwardInto(join.Id).ToList();
            if (branches.Find(c => ways.PortOf(c.Source, c.Port) is not { } port || !reached[port]) is { } dead)
                yield return Never(ways, join, dead);
            else if (Either(ways, gates ??= ways.Gates(), branches) is { } choice)
                yield return Exclusive(ways, join, choice);
        }
    }

    private static bool IsWaitAll(Activity activity) =>
        activity.Type == "Elsa.FlowJoin" && activity.Inputs.TryGetValue("Mode", out var mode) && mode.Value?.ToString() == "WaitAll";

    private static Problem Never(Ways ways, Activity join, Connection dead)
    {
        var (name, from) = (DefinitionCheck.Called(join), DefinitionCheck.Called(ways.Definition.Activities[dead.Source]));
        return DefinitionCheck.Found(
            ways.Definition,
            join,
            Severity.Error,
            "join-never",
            new(
                $"{name.En} waits for all of its branches, but no run ever comes along '{dead.Port}' of {from.En}: nothing after it happens.",
                $"{name.Zh}要等待所有分支，但{from.Zh}的“{dead.Port}”永远不会到达：其后的活动都不会执行。"
            ),
            new("Remove that connection, or let the join wait for active branches (WaitAllActive).", "请删除该连线，或改用 WaitAllActive。")
        );
    }

    private static Problem Exclusive(Ways ways, Activity join, Activity choice)
    {
        var (name, by) = (DefinitionCheck.Called(join), DefinitionCheck.Called(choice));
        // In a loop the other outcome may still come the next time round.
        var again = ways.Leads(ways.ExitOf(choice), ways.EntryOf(choice), ways.EntryOf(join));
        return DefinitionCheck.Found(
            ways.Definition,
            join,
            again ? Severity.Warning : Severity.Error,
            "join-never",
            new(
                $"{name.En} waits for all of its branches, but {by.En} takes only one of them: nothing after the join happens.",
                $"{name.Zh}要等待所有分支，但{by.Zh}只会走其中一个：汇合之后的活动不会执行。"
            ),
            new("Let the join wait for active branches (WaitAllActive).", "请把汇合模式改为 WaitAllActive。")
        );
    }

    // From each branch up to the start: where two meet below different outcomes of one choice, only one of them comes.
    private static Activity? Either(Ways ways, int[] gates, List<Connection> branches)
    {
        var through = new Dictionary<int, int>();
        foreach (var branch in branches)
        {
            var below = ways.PortOf(branch.Source, branch.Port)!.Value;
            if (!through.TryAdd(below, -1))
                continue;
            while (below != Ways.Start)
            {
                var above = gates[below];
                if (through.TryGetValue(above, out var other))
                {
                    if (
                        ways.ActivityAt(above) is { } choice
                        && above == ways.ExitOf(choice)
                        && Ways.Chooses(choice)
                        && ways.IsPort(below)
                        && other >= 0
                        && other != below
                        && ways.IsPort(other)
                    )
                        return choice;
                    break;
                }
                through[above] = below;
                below = above;
            }
        }
        return null;
    }
}
