using System.Text.Json;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Versions;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Versions;

/// <summary>Two stored versions of one definition and what becomes what: everything a migration needs but the runs.</summary>
public sealed record PlannedMigration(WorkflowVersion From, WorkflowVersion To, ActivityMapping Mapping)
{
    private static readonly RunStatus[] Over = [RunStatus.Finished, RunStatus.Cancelled];

    /// <summary>Sentences use the names that people read on the pages.</summary>
    public Migration Migration { get; } = new(Mapping, VersionWords.NameOf);

    /// <returns>The plan, or why there is none.</returns>
    public static async Task<(PlannedMigration? Plan, Phrase? Refusal)> FindAsync(
        CampaignFlowDb db,
        DefinitionCache definitions,
        string definitionId,
        int from,
        int to,
        IReadOnlyDictionary<string, string> chosen,
        CancellationToken cancellationToken
    )
    {
        var versions = await db
            .WorkflowVersions.AsNoTracking()
            .Where(v => v.DefinitionId == definitionId && (v.Version == from || v.Version == to))
            .ToDictionaryAsync(v => v.Version, cancellationToken);
        if (from == to)
            return (null, new("Choose two different versions.", "请选择两个不同的版本。"));
        if (!versions.TryGetValue(from, out var old))
            return (null, VersionWords.Unknown(definitionId, from));
        if (!versions.TryGetValue(to, out var @new))
            return (null, VersionWords.Unknown(definitionId, to));
        try
        {
            var mapping = ActivityMapping.Of(
                await definitions.GetAsync(db, old.Id, cancellationToken),
                await definitions.GetAsync(db, @new.Id, cancellationToken),
                chosen
            );
            return (new(old, @new, mapping), null);
        }
        catch (InvalidOperationException unreadable)
        {
            return (null, new(unreadable.Message, "程序已无法读取其中一个版本。"));
        }
    }

    /// <summary>Why no run may go over to it, although it can be drawn and compared: nobody has published it.</summary>
    public Phrase? Forbidden =>
        VersionWords.StateOf(To) is VersionState.InUse or VersionState.Superseded
            ? Mapping.Problems.Count > 0
                ? Phrase.Join(Mapping.Problems, " ", "")
                : null
            : new(
                $"Version {To.Version} is not published: runs only go over to a version that is or was in use.",
                $"第 {To.Version} 版未发布：运行只能迁移到已发布过的版本。"
            );

    public static IQueryable<Run> Candidates(CampaignFlowDb db, Guid version) =>
        db.Runs.AsNoTracking().Where(r => r.VersionId == version && !Over.Contains(r.Status));

    public MigrationOutcome Carry(string state, DateTimeOffset now) =>
        Migration.Carry(JsonSerializer.Deserialize<RunState>(state, RunJson.Options)!, now);
}
