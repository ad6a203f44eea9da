using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;
using CampaignFlow.Engine.Workflows.Versions;

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
        var trigger = burst.State.Trigger?.Activity;
        if ((activity.Children.Any(c => c.Id == trigger) ? trigger : activity.Graph!.Start) is { } start)
            burst.Schedule(self, burst.Definition.Activities[start]);
        else
            burst.Complete(self);
    }

    internal override void ChildDone(Burst burst, Execution self, Activity activity, Execution child, IReadOnlyList<string> outcomes)
    {
        var graph = activity.Graph!;
        var tokens = Tokens.Of(self.Memory!);
        foreach (var connection in graph.From(child.Activity).Where(c => outcomes.Contains(c.Port, StringComparer.Ordinal)))
            tokens.Put(connection.Index);
        var flow = new Flow(burst, self, graph, tokens);
        flow.Settle();
        if (flow.IsOver)
            burst.Complete(self);
        else
            self.Memory = tokens.ToMemory();
    }

    /// <summary>Its connections are others now: what waits for a branch may have nothing left to wait for.</summary>
    internal static void LookAgain(Burst burst, Execution self, Activity activity)
    {
        var tokens = Tokens.Of(self.Memory!);
        if (tokens.Count == 0)
            return;
        var flow = new Flow(burst, self, activity.Graph!, tokens);
        flow.Settle();
        if (flow.IsOver)
            burst.Complete(self);
        else
            self.Memory = tokens.ToMemory();
    }

    internal override JsonObject Carried(JsonObject memory, Carrying carrying) =>
        new TokenMoves(carrying) { OldTokens = Tokens.Of(memory).Connections }.Move(memory);
}

/// <summary>How many tokens lie on which connection, in the order in which the connections got their first.</summary>
internal sealed class Tokens
{
    private readonly List<(int Connection, int Count)> _counts = [];

    internal int Count => _counts.Count;

    internal IReadOnlyList<(int Connection, int Count)> Counts => _counts;

    internal List<int> Connections => [.. _counts.Select(c => c.Connection)];

    internal static Tokens Of(JsonObject memory)
    {
        var tokens = new Tokens();
        foreach (var pair in (JsonArray)memory["tokens"]!)
            tokens._counts.Add((pair![0]!.GetValue<int>(), pair[1]!.GetValue<int>()));
        return tokens;
    }

    internal JsonObject ToMemory() => new() { ["tokens"] = new JsonArray([.. _counts.Select(c => new JsonArray(c.Connection, c.Count))]) };

    internal bool On(int connection) => _counts.Exists(c => c.Connection == connection);

    internal void Put(int connection)
    {
        var at = _counts.FindIndex(c => c.Connection == connection);
        if (at < 0)
            _counts.Add((connection, 1));
        else
            _counts[at] = (connection, _counts[at].Count + 1);
    }

    internal void TakeOne(int connection)
    {
        var at = _counts.FindIndex(c => c.Connection == connection);
        if (at >= 0 && _counts[at].Count > 1)
            _counts[at] = (connection, _counts[at].Count - 1);
        else if (at >= 0)
            _counts.RemoveAt(at);
    }

    internal void TakeAll(Func<int, bool> from) => _counts.RemoveAll(c => from(c.Connection));
}

/// <summary>The tokens of one flowchart while they are moved on.</summary>
internal sealed class Flow(Burst burst, Execution self, FlowGraph graph, Tokens tokens)
{
    internal FlowGraph Graph => graph;

    private HashSet<string> _running = Running(burst, self);

    internal bool IsOver => tokens.Count == 0 && _running.Count == 0;

    internal void Settle()
    {
        while (MoveOne()) { }
        // Joins in a circle may wait for each other when nothing else runs: the one whose token came first goes on.
        while (tokens.Count > 0 && _running.Count == 0)
        {
            var first = graph.Connections[tokens.Connections[0]].Target;
            TakeAll(first);
            Start(first);
            while (MoveOne()) { }
        }
    }

    private bool MoveOne()
    {
        var waiting = new HashSet<string>(StringComparer.Ordinal);
        foreach (var token in tokens.Connections)
        {
            var connection = graph.Connections[token];
            if (graph.IsBack(connection))
            {
                tokens.TakeOne(token);
                Start(connection.Target);
                return true;
            }
            if (!waiting.Add(connection.Target))
                continue;
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

    internal bool HasToken(Connection connection) => tokens.On(connection.Index);

    /// <summary>True while something still runs that could lead along this connection.</summary>
    internal bool MayStillCome(Connection connection) =>
        _running.Any(activity => graph.Reaches(activity, connection.Source, connection.Target))
        || tokens.Connections.Exists(token => graph.Reaches(graph.Connections[token].Target, connection.Source, connection.Target));

    private void Start(string activity)
    {
        _running.Add(activity);
        burst.Schedule(self, burst.Definition.Activities[activity]);
    }

    private static HashSet<string> Running(Burst burst, Execution self) =>
        burst.ChildrenOf(self).Select(child => child.Activity).ToHashSet(StringComparer.Ordinal);

    private void TakeOneEach(string target)
    {
        foreach (var connection in graph.ForwardInto(target))
            tokens.TakeOne(connection.Index);
    }

    private void TakeAll(string target) => tokens.TakeAll(token => graph.Connections[token].Target == target);

    private void CancelAncestors(Activity target)
    {
        var ancestors = graph.Ancestors(target.Id);
        tokens.TakeAll(token => ancestors.Contains(graph.Connections[token].Target));
        foreach (var child in burst.ChildrenOf(self).Where(child => ancestors.Contains(child.Activity)).ToList())
            burst.Cancel(child, $"'{target.Name}' goes on with the first branch that arrives.");
        _running = Running(burst, self);
    }
}
