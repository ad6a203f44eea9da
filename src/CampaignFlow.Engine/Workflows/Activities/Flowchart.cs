using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;

namespace CampaignFlow.Engine.Workflows.Activities;

/// <summary>
/// Children connected by their outcomes. A child that completes puts a token on each connection of its outcomes; a target runs when
/// its joining rule (<see cref="FlowJoin"/>) accepts the tokens before it. A connection that leads back never waits: that is a loop.
/// It is done when nothing runs and no token is left.
/// </summary>
internal sealed class Flowchart : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "Flowchart",
            "Flow",
            new("Flowchart", "流程图"),
            new("Activities connected by their outcomes.", "按结果用连线连接起来的一组活动。")
        );

    internal override bool HasChildren => true;

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        self.Memory = new JsonObject { ["tokens"] = new JsonArray() };
        if (activity.Graph!.Start is { } start)
            burst.Schedule(self, burst.Definition.Activities[start]);
        else
            burst.Complete(self);
    }

    internal override void ChildDone(Burst burst, Execution self, Activity activity, Execution child, IReadOnlyList<string> outcomes)
    {
        var graph = activity.Graph!;
        var tokens = Tokens(self);
        tokens.AddRange(graph.From(child.Activity).Where(c => outcomes.Contains(c.Port, StringComparer.Ordinal)).Select(c => c.Index));
        var flow = new Flow(burst, self, graph, tokens);
        flow.Settle();
        if (flow.IsOver)
            burst.Complete(self);
        else
            self.Memory = new JsonObject { ["tokens"] = new JsonArray([.. tokens.Select(t => (JsonNode?)JsonValue.Create(t))]) };
    }

    private static List<int> Tokens(Execution self) => [.. ((JsonArray)self.Memory!["tokens"]!).Select(t => t!.GetValue<int>())];
}

/// <summary>The tokens of one flowchart while they are moved on.</summary>
internal sealed class Flow(Burst burst, Execution self, FlowGraph graph, List<int> tokens)
{
    internal FlowGraph Graph => graph;

    internal bool IsOver => tokens.Count == 0 && burst.ChildrenOf(self).Count == 0;

    internal void Settle()
    {
        while (MoveOne()) { }
        // Joins in a circle may wait for each other when nothing else runs: the one whose token came first goes on.
        while (tokens.Count > 0 && burst.ChildrenOf(self).Count == 0)
        {
            var first = graph.Connections[tokens[0]].Target;
            TakeAll(first);
            Start(first);
            while (MoveOne()) { }
        }
    }

    private bool MoveOne()
    {
        foreach (var token in tokens)
        {
            var connection = graph.Connections[token];
            if (graph.IsBack(connection))
            {
                tokens.Remove(token);
                Start(connection.Target);
                return true;
            }
            var target = burst.Definition.Activities[connection.Target];
            switch (FlowJoin.Decide(this, target))
            {
                case Joining.Run:
                    TakeOneEach(target.Id);
                    Start(target.Id);
                    return true;
                case Joining.RunAlone:
                    TakeAll(target.Id);
                    CancelAncestors(target);
                    Start(target.Id);
                    return true;
                case Joining.Never:
                    TakeAll(target.Id);
                    burst.Note(
                        target,
                        $"'{target.Name}' is not reached: it waits for all of its branches and one of them took another way."
                    );
                    return true;
            }
        }
        return false;
    }

    internal bool HasToken(Connection connection) => tokens.Contains(connection.Index);

    /// <summary>True while something still runs that could lead along this connection.</summary>
    internal bool MayStillCome(Connection connection) =>
        burst.ChildrenOf(self).Any(child => graph.Reaches(child.Activity, connection.Source, connection.Target))
        || tokens.Any(token => graph.Reaches(graph.Connections[token].Target, connection.Source, connection.Target));

    private void Start(string activity) => burst.Schedule(self, burst.Definition.Activities[activity]);

    private void TakeOneEach(string target)
    {
        foreach (var connection in graph.ForwardInto(target))
            tokens.Remove(connection.Index);
    }

    private void TakeAll(string target) => tokens.RemoveAll(token => graph.Connections[token].Target == target);

    private void CancelAncestors(Activity target)
    {
        var ancestors = graph.Ancestors(target.Id);
        tokens.RemoveAll(token => ancestors.Contains(graph.Connections[token].Target));
        foreach (var child in burst.ChildrenOf(self).Where(child => ancestors.Contains(child.Activity)).ToList())
            burst.Cancel(child, $"'{target.Name}' goes on with the first branch that arrives.");
    }
}
