namespace CampaignFlow.Engine.Workflows.Definition;

/// <param name="Port">Outcome of the source that it follows.</param>
/// <param name="Index">Position in the document; tokens refer to it.</param>
public sealed record Connection(int Index, string Source, string Port, string Target);

/// <summary>How the children of a flowchart are connected: where it starts, which connections lead back, what reaches what.</summary>
public sealed class FlowGraph
{
    private readonly Dictionary<string, List<Connection>> _out = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Connection>> _in = new(StringComparer.Ordinal);
    private readonly HashSet<int> _back = [];
    private readonly Dictionary<(string To, string Without), HashSet<string>> _upstream = [];
    private readonly Lock _lock = new();

    internal FlowGraph(string? start, IReadOnlyList<string> activities, IReadOnlyList<Connection> connections)
    {
        Start = start;
        Connections = connections;
        foreach (var id in activities)
        {
            _out[id] = [];
            _in[id] = [];
        }
        foreach (var connection in connections)
        {
            _out[connection.Source].Add(connection);
            _in[connection.Target].Add(connection);
        }
        FindBackConnections(start is null ? activities : [start, .. activities]);
    }

    /// <summary>Activity that runs first; null in an empty flowchart.</summary>
    public string? Start { get; }

    public IReadOnlyList<Connection> Connections { get; }

    public IReadOnlyList<Connection> From(string activity) => _out[activity];

    /// <summary>Connections a join waits for: those that lead into it without closing a loop.</summary>
    public IEnumerable<Connection> ForwardInto(string activity) => _in[activity].Where(c => !_back.Contains(c.Index));

    /// <summary>True when following it goes back to an activity that led to its own source: a loop.</summary>
    public bool IsBack(Connection connection) => _back.Contains(connection.Index);

    /// <summary>True when there is a way from one activity to another (or they are the same) that does not pass through <paramref name="without"/>.</summary>
    public bool Reaches(string from, string to, string without)
    {
        if (from == without || to == without)
            return false;
        return Cached((to, without), () => Upstream(to, c => c.Source != without)).Contains(from);
    }

    /// <summary>Activities that lead to this one without going round a loop; never itself.</summary>
    public IReadOnlySet<string> Ancestors(string activity) =>
        Cached(
            (activity, ""),
            () =>
            {
                var found = Upstream(activity, c => !IsBack(c));
                found.Remove(activity);
                return found;
            }
        );

    private HashSet<string> Upstream(string activity, Func<Connection, bool> through)
    {
        var found = new HashSet<string>(StringComparer.Ordinal) { activity };
        var open = new Queue<string>([activity]);
        while (open.TryDequeue(out var next))
            foreach (var connection in _in[next].Where(through))
                if (found.Add(connection.Source))
                    open.Enqueue(connection.Source);
        return found;
    }

    // A definition is shared by all runs of it.
    private HashSet<string> Cached((string To, string Without) key, Func<HashSet<string>> find)
    {
        lock (_lock)
        {
            if (!_upstream.TryGetValue(key, out var found))
                _upstream[key] = found = find();
            return found;
        }
    }

    // Depth first from the start, in document order, without recursion: a chart of 2,000 activities in a row is allowed.
    private void FindBackConnections(IReadOnlyList<string> roots)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var onPath = new HashSet<string>(StringComparer.Ordinal);
        foreach (var root in roots)
        {
            if (!seen.Add(root))
                continue;
            var path = new Stack<(string Activity, int Next)>();
            path.Push((root, 0));
            onPath.Add(root);
            while (path.TryPop(out var top))
            {
                if (top.Next == _out[top.Activity].Count)
                {
                    onPath.Remove(top.Activity);
                    continue;
                }
                path.Push((top.Activity, top.Next + 1));
                var connection = _out[top.Activity][top.Next];
                if (onPath.Contains(connection.Target))
                    _back.Add(connection.Index);
                else if (seen.Add(connection.Target))
                {
                    onPath.Add(connection.Target);
                    path.Push((connection.Target, 0));
                }
            }
        }
    }
}
