using CampaignFlow.Engine.Workflows.Versions;
using CampaignFlow.Shell;

namespace CampaignFlow.Workflows.Versions;

/// <summary>What happened to an activity between two versions, in words, colours and icons.</summary>
internal static class DiffMarks
{
    public static readonly DiagramMark Added = new(new("added", "新增"), Tone.Holds, "plus");
    public static readonly DiagramMark Removed = new(new("removed", "删除"), Tone.Blocks, "minus");
    private static readonly DiagramMark Moved = new(new("moved", "移动"), Tone.YourTurn, "arrows-move");
    private static readonly DiagramMark Changed = new(new("changed", "修改"), Tone.Look, "pencil");

    public static IEnumerable<DiagramMark> Of(ActivityDiff diff)
    {
        if (diff.Added)
            yield return Added;
        if (diff.Removed)
            yield return Removed;
        if (diff.Moved)
            yield return Moved;
        if (diff.Changes.Count > 0)
            yield return Changed;
    }

    /// <summary>Marks of the older version's picture.</summary>
    public static IReadOnlyDictionary<string, DiagramMark> Before(VersionDiff diff) =>
        diff.Activities.Where(d => d.Before is not null).ToDictionary(d => d.Before!.Id, d => Of(d).First(), StringComparer.Ordinal);

    /// <summary>Marks of the newer version's picture.</summary>
    public static IReadOnlyDictionary<string, DiagramMark> After(VersionDiff diff) =>
        diff.Activities.Where(d => d.After is not null).ToDictionary(d => d.After!.Id, d => Of(d).First(), StringComparer.Ordinal);
}
