using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Checks;

/// <summary>Walks over the graph. None is recursive: a row of 2,000 activities is allowed.</summary>
internal sealed partial class Ways
{
    /// <summary>Every place that can be come to from the start without entering a place that is shut.</summary>
    internal bool[] Reached(Func<int, bool>? shut = null) => Walk([Start], _next, shut);

    /// <summary>Every place from which one of the goals can be come to.</summary>
    internal bool[] Leading(IEnumerable<int> goals) => Walk(goals, _before, null);

    /// <summary>True when a walk from one place comes to another without entering the third.</summary>
    internal bool Leads(int from, int to, int without) => Walk(_next[from], _next, place => place == without)[to];

    private bool[] Walk(IEnumerable<int> from, List<List<int>> along, Func<int, bool>? shut)
    {
        var seen = new bool[Count];
        var open = new Stack<int>();
        foreach (var place in from)
            Come(place);
        while (open.TryPop(out var at))
            foreach (var place in along[at])
                Come(place);
        return seen;

        void Come(int place)
        {
            if (seen[place] || shut?.Invoke(place) == true)
                return;
            seen[place] = true;
            open.Push(place);
        }
    }

    /// <summary>Circles that can be gone round for ever without resting: sets of places that all lead to each other (Tarjan 1972).</summary>
    internal List<List<int>> RestlessCircles(bool[] within)
    {
        var circles = new List<List<int>>();
        var (index, low) = (new int[Count], new int[Count]);
        var onStack = new bool[Count];
        var stack = new Stack<int>();
        var count = 0;
        foreach (var root in Enumerable.Range(0, Count).Where(Open))
        {
            if (index[root] > 0)
                continue;
            var path = new Stack<(int Place, int Next)>();
            Enter(root, path);
            while (path.TryPop(out var top))
            {
                var (at, next) = top;
                if (next < _next[at].Count)
                {
                    path.Push((at, next + 1));
                    var to = _next[at][next];
                    if (!Open(to) || _counted.Contains((at, to)))
                        continue;
                    if (index[to] == 0)
                        Enter(to, path);
                    else if (onStack[to])
                        low[at] = Math.Min(low[at], index[to]);
                    continue;
                }
                if (path.TryPeek(out var above))
                    low[above.Place] = Math.Min(low[above.Place], low[at]);
                if (low[at] == index[at] && Taken(at) is { Count: > 1 } circle)
                    circles.Add(circle);
            }
        }
        return circles;

        bool Open(int place) => within[place] && !(ActivityAt(place) is { } activity && place == EntryOf(activity) && Rests(activity));

        void Enter(int place, Stack<(int, int)> path)
        {
            index[place] = low[place] = ++count;
            stack.Push(place);
            onStack[place] = true;
            path.Push((place, 0));
        }

        List<int> Taken(int root)
        {
            var taken = new List<int>();
            int place;
            do
            {
                place = stack.Pop();
                onStack[place] = false;
                taken.Add(place);
            } while (place != root);
            return taken;
        }
    }

    /// <summary>A shortest way round inside a circle, beginning with the activity that stands first in the document.</summary>
    internal List<Activity> RoundOf(List<int> circle)
    {
        var inside = circle.ToHashSet();
        var order = Definition.Activities.Values.Select((a, i) => (a.Id, i)).ToDictionary(p => p.Id, p => p.i, StringComparer.Ordinal);
        var first = circle.Where(p => ActivityAt(p) is { } a && p == EntryOf(a)).MinBy(p => order[ActivityAt(p)!.Id]);
        var from = new Dictionary<int, int>();
        var open = new Queue<int>([first]);
        while (!from.ContainsKey(first) && open.TryDequeue(out var at))
            foreach (var place in _next[at].Where(p => inside.Contains(p) && !_counted.Contains((at, p)) && from.TryAdd(p, at)))
                open.Enqueue(place);
        var round = new List<Activity>();
        var back = first;
        do
        {
            back = from[back];
            if (ActivityAt(back) is { } activity && back == EntryOf(activity))
                round.Add(activity);
        } while (back != first);
        round.Reverse();
        return round;
    }

    /// <summary>
    /// For each place the last one before it that no way from the start avoids; -1 where nothing leads (Cooper, Harvey, Kennedy 2001).
    /// </summary>
    internal int[] Gates()
    {
        var order = new List<int>();
        var (seen, path) = (new bool[Count], new Stack<(int Place, int Next)>());
        seen[Start] = true;
        path.Push((Start, 0));
        while (path.TryPop(out var top))
        {
            var (at, next) = top;
            if (next == _next[at].Count)
            {
                order.Add(at);
                continue;
            }
            path.Push((at, next + 1));
            if (seen[_next[at][next]])
                continue;
            seen[_next[at][next]] = true;
            path.Push((_next[at][next], 0));
        }
        var number = new int[Count];
        for (var i = 0; i < order.Count; i++)
            number[order[i]] = i;
        var gate = Enumerable.Repeat(-1, Count).ToArray();
        gate[Start] = Start;
        for (var changed = true; changed; )
        {
            changed = false;
            for (var i = order.Count - 2; i >= 0; i--)
            {
                var found = _before[order[i]].Where(p => gate[p] >= 0).Aggregate(-1, (one, other) => one < 0 ? other : Meet(one, other));
                changed |= gate[order[i]] != found;
                gate[order[i]] = found;
            }
        }
        return gate;

        int Meet(int one, int other)
        {
            while (one != other)
            {
                while (number[one] < number[other])
                    one = gate[one];
                while (number[other] < number[one])
                    other = gate[other];
            }
            return one;
        }
    }
}
