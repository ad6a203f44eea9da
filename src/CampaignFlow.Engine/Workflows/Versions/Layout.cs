using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Versions;

/// <summary>Where the activities of a definition stand: what holds them, and what comes before them on the way from the start.</summary>
internal sealed class Layout
{
    private readonly Dictionary<string, (Activity Container, string Place)> _places = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> _behind = new(StringComparer.Ordinal);

    internal Layout(WorkflowDefinition definition)
    {
        Definition = definition;
        Read(definition.Root);
    }

    internal WorkflowDefinition Definition { get; }

    /// <summary>The container of an activity; null for the root.</summary>
    internal Activity? ContainerOf(string activity) => _places.TryGetValue(activity, out var place) ? place.Container : null;

    /// <summary>Body, Then, the label of a case; empty in a list of children.</summary>
    internal string PlaceOf(string activity) => _places.TryGetValue(activity, out var place) ? place.Place : "";

    /// <summary>
    /// Everything that comes before an activity without going round a loop, in its own container and in those around it; never what
    /// stands beside it on another branch.
    /// </summary>
    internal IReadOnlySet<string> Behind(string activity)
    {
        if (_behind.TryGetValue(activity, out var known))
            return known;
        var found = new HashSet<string>(StringComparer.Ordinal);
        for (var at = activity; ContainerOf(at) is { } container; at = container.Id)
            foreach (var sibling in Before(container, at))
                found.UnionWith(Within(Definition.Activities[sibling]).Select(a => a.Id));
        return _behind[activity] = found;
    }

    /// <summary>An activity and everything in it.</summary>
    internal static IEnumerable<Activity> Within(Activity activity)
    {
        var open = new Stack<Activity>([activity]);
        while (open.TryPop(out var next))
        {
            yield return next;
            foreach (var (child, _) in Parts(next))
                open.Push(child);
        }
    }

    private static IEnumerable<string> Before(Activity container, string child) =>
        container.Graph is { } graph ? graph.Ancestors(child)
        : container.Type == "Elsa.Sequence" ? container.Children.TakeWhile(c => c.Id != child).Select(c => c.Id)
        : [];

    private void Read(Activity root)
    {
        foreach (var container in Within(root))
        foreach (var (child, place) in Parts(container))
            _places[child.Id] = (container, place);
    }

    private static IEnumerable<(Activity Child, string Place)> Parts(Activity activity) =>
        activity
            .Children.Select(c => (c, ""))
            .Concat(activity.Slots.Select(s => (s.Value, s.Key)))
            .Concat(activity.Cases.Where(c => c.Activity is not null).Select(c => (c.Activity!, c.Label)));
}
