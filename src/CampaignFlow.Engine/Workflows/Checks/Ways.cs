using CampaignFlow.Engine.Workflows.Activities;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Checks;

/// <summary>
/// All ways through a definition as one graph: an entry and an exit for each activity, a place for each of its ports, and containers
/// opened up. Places are numbers; everything asked of it takes time in proportion to its size.
/// </summary>
internal sealed partial class Ways
{
    /// <summary>Where every run begins, and where it is over.</summary>
    internal const int Start = 0;
    internal const int Over = 1;

    private readonly Dictionary<string, int> _entry = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _exit = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Activity, string Port), int> _port = [];
    private readonly Dictionary<string, Activity> _parent = new(StringComparer.Ordinal);
    private readonly List<List<int>> _next =
    [
        [],
        [],
    ];
    private readonly List<List<int>> _before =
    [
        [],
        [],
    ];
    private readonly List<Activity?> _of = [null, null];
    private readonly HashSet<(int, int)> _counted = [];

    internal Ways(WorkflowDefinition definition)
    {
        Definition = definition;
        foreach (var activity in definition.Activities.Values)
        {
            _entry[activity.Id] = Place(activity);
            _exit[activity.Id] = Place(activity);
            foreach (var child in Inner(activity))
                _parent[child.Id] = activity;
        }
        foreach (var activity in definition.Activities.Values)
            Connect(activity);
        Join(Start, _entry[definition.Root.Id]);
        Join(_exit[definition.Root.Id], Over);
        foreach (var trigger in definition.Triggers)
            Join(Start, _entry[trigger.Activity]);
    }

    internal WorkflowDefinition Definition { get; }

    internal int Count => _next.Count;

    internal int EntryOf(Activity activity) => _entry[activity.Id];

    internal int ExitOf(Activity activity) => _exit[activity.Id];

    /// <summary>Null when the port cannot be left by (a fixed condition).</summary>
    internal int? PortOf(string activity, string port) => _port.TryGetValue((activity, port), out var place) ? place : null;

    internal bool IsPort(int place) => _of[place] is { } activity && place != _entry[activity.Id] && place != _exit[activity.Id];

    /// <summary>The activity whose place it is; null for start and end.</summary>
    internal Activity? ActivityAt(int place) => _of[place];

    internal Activity? ParentOf(Activity activity) => _parent.GetValueOrDefault(activity.Id);

    /// <summary>True when it leaves by one outcome at a time, out of several.</summary>
    internal static bool Chooses(Activity activity) =>
        activity.Ports.Count > 1
        && activity.Described.OutcomesInput is null
        && !(activity.Inputs.TryGetValue("Mode", out var mode) && activity.Cases.Count > 0 && mode.Value?.ToString() != "MatchFirst");

    /// <summary>True when a run that comes here rests until something happens.</summary>
    internal static bool Rests(Activity activity) => BuiltInActivities.Of(activity)?.Rests(activity) ?? activity.Described.Waits;

    private static bool IsLoop(Activity activity) => BuiltInActivities.Of(activity) is { IsLoop: true };

    private static IEnumerable<Activity> Inner(Activity activity) =>
        activity.Children.Concat(activity.Slots.Values).Concat(activity.Cases.Select(c => c.Activity).OfType<Activity>());

    private int Place(Activity activity)
    {
        _next.Add([]);
        _before.Add([]);
        _of.Add(activity);
        return _next.Count - 1;
    }

    private void Join(int from, int to)
    {
        _next[from].Add(to);
        _before[to].Add(from);
    }

    private void Connect(Activity activity)
    {
        var (entry, exit) = (_entry[activity.Id], _exit[activity.Id]);
        if (activity.Graph is { } graph)
            ConnectFlow(activity, graph);
        else if (activity.Type == "Elsa.Sequence" && activity.Children.Count > 0)
            ConnectRow(activity);
        else if (IsLoop(activity))
            ConnectLoop(activity);
        else if (Inner(activity).Any())
            ConnectInner(activity);
        else if (activity.Type is "Elsa.Finish")
            Join(entry, Over);
        else if (activity.Type is "Elsa.End")
            Join(entry, _parent.TryGetValue(activity.Id, out var container) ? _exit[container.Id] : Over);
        else if (activity.Type is "Elsa.Complete")
            Join(entry, Around(activity, a => a.Uses is not null) is { } used ? _exit[used.Id] : Over);
        else if (activity.Type is "Elsa.Break")
            Join(entry, Around(activity, IsLoop) is { } loop ? _exit[loop.Id] : Over);
        else if (activity.Type is not "Elsa.Fault")
            Join(entry, exit);
    }

    private void ConnectFlow(Activity flowchart, FlowGraph graph)
    {
        Join(_entry[flowchart.Id], graph.Start is { } start ? _entry[start] : _exit[flowchart.Id]);
        foreach (var child in flowchart.Children)
        {
            var onward = graph.From(child.Id).ToLookup(c => c.Port, StringComparer.Ordinal);
            foreach (var port in Possible(child).Concat(onward.Select(c => c.Key).Except(child.Ports, StringComparer.Ordinal)))
            {
                var place = _port[(child.Id, port)] = Place(child);
                Join(_exit[child.Id], place);
                foreach (var connection in onward[port])
                    Join(place, _entry[connection.Target]);
                if (!onward[port].Any())
                    Join(place, _exit[flowchart.Id]);
            }
        }
    }

    // A fixed condition goes one way only.
    private static IEnumerable<string> Possible(Activity activity) =>
        activity.Type == "Elsa.FlowDecision" && Fixed(activity) is { } holds ? [holds ? "True" : "False"] : activity.Ports;

    private static bool? Fixed(Activity activity) =>
        !activity.Inputs.TryGetValue("Condition", out var condition) ? false
        : condition.IsConstant ? condition.Value?.ToString() is "true" or "True"
        : null;

    private void ConnectRow(Activity sequence)
    {
        Join(_entry[sequence.Id], _entry[sequence.Children[0].Id]);
        foreach (var (one, next) in sequence.Children.Zip(sequence.Children.Skip(1)))
            Join(_exit[one.Id], _entry[next.Id]);
        Join(_exit[sequence.Children[^1].Id], _exit[sequence.Id]);
    }

    private void ConnectLoop(Activity loop)
    {
        var (entry, exit) = (_entry[loop.Id], _exit[loop.Id]);
        var isWhile = loop.Type == "Elsa.While";
        var holds = isWhile ? Fixed(loop) : null;
        if (holds != true)
            Join(entry, exit);
        if (holds == false || !loop.Slots.TryGetValue("Body", out var body))
            return;
        Join(entry, _entry[body.Id]);
        Join(_exit[body.Id], entry);
        // Lists and ranges come to an end by themselves.
        if (!isWhile)
            _counted.Add((_exit[body.Id], entry));
    }

    private void ConnectInner(Activity container)
    {
        var (entry, exit) = (_entry[container.Id], _exit[container.Id]);
        foreach (var child in Inner(container))
        {
            Join(entry, _entry[child.Id]);
            Join(_exit[child.Id], exit);
        }
        var slots = BuiltInActivities.Of(container)?.Slots ?? [];
        if (slots.Any(slot => !container.Slots.ContainsKey(slot)) || container.Cases.Any(c => c.Activity is null))
            Join(entry, exit);
    }

    private Activity? Around(Activity activity, Func<Activity, bool> what)
    {
        var at = _parent.GetValueOrDefault(activity.Id);
        while (at is not null && !what(at))
            at = _parent.GetValueOrDefault(at.Id);
        return at;
    }
}
