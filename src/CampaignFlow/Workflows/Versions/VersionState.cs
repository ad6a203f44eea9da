using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Versions;

/// <summary>A person who changes versions.</summary>
public sealed record Author(Guid Id, string Name);

public enum VersionState
{
    Draft,

    /// <summary>The text of a changed file; nobody has taken it yet.</summary>
    Offered,

    /// <summary>One person has asked for its publication; a second one has to agree.</summary>
    Asked,

    /// <summary>New runs start with it.</summary>
    InUse,

    /// <summary>A later one took its place.</summary>
    Superseded,
    Retracted,
}

public static class VersionWords
{
    public static VersionState StateOf(WorkflowVersion version) =>
        version switch
        {
            { Published: true } => VersionState.InUse,
            { AskedAt: not null } => VersionState.Asked,
            { RetractedAt: not null } => VersionState.Retracted,
            { PublishedAt: not null } => VersionState.Superseded,
            { MadeBy: null } => VersionState.Offered,
            _ => VersionState.Draft,
        };

    public static (Phrase Text, Tone Tone) Of(VersionState state) =>
        state switch
        {
            VersionState.InUse => (new("in use", "使用中"), Tone.Holds),
            VersionState.Asked => (new("waits for a second person", "等待第二人确认"), Tone.YourTurn),
            VersionState.Offered => (new("offered by its file", "文件已修改，待采用"), Tone.Look),
            VersionState.Superseded => (new("superseded", "已被取代"), Tone.Quiet),
            VersionState.Retracted => (new("retracted", "已撤回"), Tone.Blocks),
            _ => (new("draft", "草稿"), Tone.Look),
        };

    /// <summary>True when it moves money or decides on it: two persons have to agree to its publication.</summary>
    public static bool NeedsTwo(WorkflowDefinition definition) =>
        definition.Activities.Values.Any(a => a.Described.MovesMoney || a.Described.Decides);

    /// <summary>First thing in a transaction that changes which version is in use: two of them wait for each other.</summary>
    internal static Task TakeTurnsAsync(CampaignFlowDb db, string definitionId, CancellationToken cancellationToken) =>
        db
            .WorkflowVersions.Where(v => v.DefinitionId == definitionId)
            .ExecuteUpdateAsync(set => set.SetProperty(v => v.Published, v => v.Published), cancellationToken);

    /// <summary>What people call a step; with its id where that is only the name of its kind.</summary>
    public static Phrase NameOf(Activity activity)
    {
        var name = ActivityNames.Of(activity);
        return name == activity.Described.Name ? new($"{name.En} {activity.Id}", $"{name.Zh} {activity.Id}") : name;
    }

    public static Phrase Unknown(string definitionId, int version) =>
        new($"There is no version {version} of '{definitionId}'.", $"“{definitionId}”没有第 {version} 版。");
}
