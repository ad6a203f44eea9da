using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Versions;

/// <summary>One thing that reads otherwise now. Null: it was not there, or is not there any more.</summary>
public sealed record ValueChange(Phrase What, Phrase? Before, Phrase? After);

/// <summary>An activity that was added (no before), removed (no after), moved into another container, or says something else.</summary>
public sealed record ActivityDiff(
    Activity? Before,
    Activity? After,
    Activity? ContainerBefore,
    Activity? ContainerAfter,
    bool Moved,
    IReadOnlyList<ValueChange> Changes
)
{
    public bool Added => Before is null;
    public bool Removed => After is null;
}

public sealed record ConnectionDiff(Activity Source, string Port, Activity Target, bool Added);

/// <summary>What two versions of a definition do not have in common. Places on the canvas do not count.</summary>
public sealed record VersionDiff(
    IReadOnlyList<ActivityDiff> Activities,
    IReadOnlyList<ConnectionDiff> Connections,
    IReadOnlyList<ValueChange> Workflow
)
{
    public bool IsEmpty => Activities.Count + Connections.Count + Workflow.Count == 0;

    /// <param name="mapping">What became what; null: the same id is the same activity, whatever its type.</param>
    public static VersionDiff Of(WorkflowDefinition old, WorkflowDefinition @new, ActivityMapping? mapping = null)
    {
        string? Image(string id) => mapping?[id] ?? (@new.Activities.ContainsKey(id) && mapping?.SourceOf(id) is null ? id : null);
        var images = old
            .Activities.Keys.Select(id => (Old: id, New: mapping is not null && mapping.Chosen.ContainsKey(id) ? mapping[id] : Image(id)))
            .Where(pair => pair.New is not null)
            .ToDictionary(pair => pair.Old, pair => pair.New!, StringComparer.Ordinal);
        return new DiffReading(old, @new, images).Read();
    }

    /// <summary>True when both say the same; where they stand in the file does not matter.</summary>
    internal static bool Same(Expression? a, Expression? b) =>
        a is null || b is null
            ? a is null && b is null
            : a.Syntax == b.Syntax
                && a.Kind == b.Kind
                && JsonNode.DeepEquals(a.Value, b.Value)
                && string.Equals(a.Script?.Text, b.Script?.Text, StringComparison.Ordinal);
}
