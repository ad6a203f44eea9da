using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Activities;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Versions;

/// <summary>
/// Tokens name connections of the older version by number. Each goes to the connection between the same activities; where that is gone,
/// to the one by which its branch goes on now; where that is not clear, the run is refused.
/// </summary>
internal sealed class TokenMoves(Carrying carrying)
{
    private readonly FlowGraph _old = carrying.Before.Graph!;
    private readonly FlowGraph _new = carrying.After.Graph!;

    internal JsonObject Move(JsonObject memory)
    {
        var moved = new Dictionary<int, int>();
        var order = new List<int>();
        foreach (var (token, count) in Tokens.Of(memory).Counts)
        {
            var connection = _old.Connections[token];
            if (Successor(connection) is not { } next || (_new.IsBack(next) && !_old.IsBack(connection)))
                Refuse(connection, "takes another way in the newer version", "在新版本中走向不同");
            else if (!moved.TryAdd(next.Index, count))
                Refuse(
                    connection,
                    "meets another finished branch on one connection of the newer version",
                    "在新版本中与另一条已完成的分支合并到同一条连线"
                );
            else
                order.Add(next.Index);
        }
        WaitOnlyForWhatCanCome(order);
        return new() { ["tokens"] = new JsonArray([.. order.Select(c => new JsonArray(c, moved[c]))]) };
    }

    private Connection? Successor(Connection connection)
    {
        var (source, target) = (carrying.Mapping[connection.Source], carrying.Mapping[connection.Target]);
        if (
            source is not null
            && _new.Connections.FirstOrDefault(c => c.Source == source && c.Port == connection.Port && c.Target == target) is { } same
        )
            return same;
        var ways = source is not null
            ? _new.Connections.Where(c => c.Source == source && c.Port == connection.Port)
            // The finished activity is gone: its branch arrives by what stood before it.
            : _new.Connections.Where(c => c.Target == target && IsSpliced(c, connection));
        return ways.ToList() is [var only] && !IsFinished(only.Target) ? only : null;
    }

    private bool IsSpliced(Connection candidate, Connection gone) =>
        carrying.Mapping.SourceOf(candidate.Source) is { } before
        && _old.Ancestors(gone.Source).Contains(before)
        && !_old.From(before).Any(c => c.Port == candidate.Port && c.Target == gone.Target);

    private bool IsFinished(string target) => carrying.Mapping.SourceOf(target) is { } before && carrying.Past.Contains(before);

    // A join that waits for all is not reached, and the branch ends in silence, when one of them can no longer come.
    private void WaitOnlyForWhatCanCome(List<int> tokens)
    {
        var live = carrying.Live.Select(a => a.Id).Concat(tokens.Select(t => _new.Connections[t].Target)).ToList();
        foreach (var join in carrying.After.Children.Where(WaitsForAll))
        {
            if (!live.Exists(a => a == join.Id || _new.Ancestors(join.Id).Contains(a)) || WasHopeless(join))
                continue;
            foreach (var missing in Hopeless(_new, join.Id, tokens, live))
                carrying.Refuse(
                    carrying.After.Children.First(c => c.Id == missing.Source),
                    $"The join '{join.Name}' waits for {{0}} in the newer version, and the run can no longer reach it.",
                    $"在新版本中汇合“{join.Name}”要等待{{0}}，而该运行已无法到达。"
                );
        }
    }

    private bool WasHopeless(Activity join)
    {
        if (
            carrying.Mapping.SourceOf(join.Id) is not { } before
            || carrying.Before.Children.FirstOrDefault(c => c.Id == before) is not { } old
        )
            return false;
        if (!WaitsForAll(old))
            return false;
        var live = carrying.Live.Select(a => carrying.Mapping.SourceOf(a.Id)!).ToList();
        return Hopeless(_old, old.Id, OldTokens, [.. live, .. OldTokens.Select(t => _old.Connections[t].Target)]).Any();
    }

    internal IReadOnlyList<int> OldTokens { get; init; } = [];

    private static IEnumerable<Connection> Hopeless(FlowGraph graph, string join, IReadOnlyList<int> tokens, IReadOnlyList<string> live) =>
        graph.ForwardInto(join).Where(c => !tokens.Contains(c.Index) && !live.Any(a => graph.Reaches(a, c.Source, join)));

    private static bool WaitsForAll(Activity activity) =>
        activity.Type == "Elsa.FlowJoin" && activity.Inputs.TryGetValue("Mode", out var mode) && mode.Value?.ToString() == "WaitAll";

    private void Refuse(Connection connection, string en, string zh) =>
        carrying.Refuse(
            carrying.Before.Children.First(c => c.Id == connection.Source),
            $"A branch has finished {{0}} and waits for the others; it {en}.",
            $"有一条分支已完成{{0}}并在等待其他分支，它{zh}。"
        );
}
