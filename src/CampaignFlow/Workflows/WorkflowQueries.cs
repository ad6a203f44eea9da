using System.Text.Json;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Storage;
using CampaignFlow.Workflows.Versions;
using CampaignFlow.Workflows.Waiting;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows;

/// <summary>A definition with its newest version; without one when its file never was good.</summary>
public sealed record DefinitionLine(
    string DefinitionId,
    WorkflowVersion? Newest,
    int Versions,
    int RunsActive,
    int RunsAll,
    IReadOnlyList<Problem> Problems
)
{
    /// <summary>What needs a look in the file as it stands, though it is published.</summary>
    public IReadOnlyList<Problem> Warnings { get; init; } = [];

    /// <summary>What somebody is working on in the designer.</summary>
    public WorkflowDraft? Draft { get; init; }

    /// <summary>How its file stands to the version in use.</summary>
    public required FileState OnDisk { get; init; }

    public string File => DefinitionId + ".json";
    public string Name => Newest?.Name ?? Draft?.Name ?? DefinitionId;
}

public sealed record VersionLine(WorkflowVersion Version, int RunsActive, int RunsAll);

/// <summary>A run with the names a person knows it by, and how it stands.</summary>
public sealed record RunLine(Run Run, int Version, string Definition, Campaign? Campaign, Phrase Says);

/// <summary>All that a run's page shows.</summary>
/// <param name="Definition">Null when this program can no longer read the version.</param>
public sealed record RunPicture(RunLine Line, RunState State, WorkflowDefinition? Definition, IReadOnlyList<JournalCount> Journal)
{
    /// <summary>Steps that failed and wait for a person.</summary>
    public IReadOnlyList<(Execution Execution, Activity? Activity)> Incidents =>
        [
            .. State
                .Executions.Where(e => e.Status == ExecutionStatus.Faulted)
                .Select(e => (e, Definition?.Activities.GetValueOrDefault(e.Activity))),
        ];

    /// <summary>What it did and can be undone, in the order in which that would happen.</summary>
    public IReadOnlyList<Phrase> Undoable =>
        [
            .. (State.Compensable ?? [])
                .AsEnumerable()
                .Reverse()
                .Select(c =>
                    Definition?.Activities.GetValueOrDefault(c.Activity) is { } activity
                        ? ActivityNames.Of(activity)
                        : Phrase.Same(c.Activity)
                ),
        ];
}

/// <summary>Questions about definitions and runs, for the pages that list and draw them.</summary>
public sealed class WorkflowQueries(
    CampaignFlowDb db,
    WorkflowFiles files,
    DefinitionFiles onDisk,
    WorkflowOptions options,
    DefinitionCache definitions,
    ActivityCatalogue catalogue,
    RunSentences sentences,
    JournalQueries journal
)
{
    private static readonly RunStatus[] Over = [RunStatus.Finished, RunStatus.Cancelled];

    public string Folder => options.Folder;

    /// <summary>What is wrong with the folder as a whole.</summary>
    public IReadOnlyList<Problem> FolderProblems => [.. files.Problems.Where(p => !p.File.EndsWith(".json", StringComparison.Ordinal))];

    public async Task<IReadOnlyList<DefinitionLine>> DefinitionsAsync(CancellationToken cancellationToken)
    {
        var stored = db.WorkflowVersions.AsNoTracking();
        var newest = await stored
            .Where(v => !stored.Any(o => o.DefinitionId == v.DefinitionId && o.Version > v.Version))
            .ToDictionaryAsync(v => v.DefinitionId, StringComparer.Ordinal, cancellationToken);
        var versions = (await db.WorkflowVersions.MarksAsync(cancellationToken)).ToLookup(v => v.DefinitionId, StringComparer.Ordinal);
        var counts = await db
            .Runs.GroupBy(r => new { r.DefinitionId, Over = Over.Contains(r.Status) })
            .Select(g => new
            {
                g.Key.DefinitionId,
                g.Key.Over,
                Count = g.Count(),
            })
            .ToListAsync(cancellationToken);
        var drafts = await db
            .WorkflowDrafts.AsNoTracking()
            .ToDictionaryAsync(d => d.DefinitionId, StringComparer.Ordinal, cancellationToken);
        var broken = files
            .Problems.Where(p => p.File.EndsWith(".json", StringComparison.Ordinal))
            .ToLookup(p => p.File[..^5], StringComparer.Ordinal);
        return
        [
            .. newest
                .Keys.Union(broken.Select(b => b.Key), StringComparer.Ordinal)
                .Union(drafts.Keys, StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .Select(id => new DefinitionLine(
                    id,
                    newest.GetValueOrDefault(id),
                    versions[id].Count(),
                    counts.Where(c => c.DefinitionId == id && !c.Over).Sum(c => c.Count),
                    counts.Where(c => c.DefinitionId == id).Sum(c => c.Count),
                    [.. broken[id]]
                )
                {
                    Draft = drafts.GetValueOrDefault(id),
                    OnDisk = FileStands.Of(onDisk.HashOf(id), [.. versions[id]]),
                    Warnings = [.. files.Warnings.Where(w => w.File == id + ".json")],
                }),
        ];
    }

    /// <summary>Newest first; empty when nothing of that name was ever published.</summary>
    public async Task<IReadOnlyList<VersionLine>> VersionsAsync(string definitionId, CancellationToken cancellationToken)
    {
        var versions = await db
            .WorkflowVersions.AsNoTracking()
            .Where(v => v.DefinitionId == definitionId)
            .OrderByDescending(v => v.Version)
            .ToListAsync(cancellationToken);
        var counts = await db
            .Runs.Where(r => r.DefinitionId == definitionId)
            .GroupBy(r => new { r.VersionId, Over = Over.Contains(r.Status) })
            .Select(g => new
            {
                g.Key.VersionId,
                g.Key.Over,
                Count = g.Count(),
            })
            .ToListAsync(cancellationToken);
        return
        [
            .. versions.Select(v => new VersionLine(
                v,
                counts.Where(c => c.VersionId == v.Id && !c.Over).Sum(c => c.Count),
                counts.Where(c => c.VersionId == v.Id).Sum(c => c.Count)
            )),
        ];
    }

    /// <summary>A stored version as it can be drawn; null when this program can no longer read it.</summary>
    public async Task<WorkflowDefinition?> ReadAsync(Guid version, CancellationToken cancellationToken)
    {
        try
        {
            return await definitions.GetAsync(db, version, cancellationToken);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The file of a definition as it stands now; null when there is none or it is too large to show.</summary>
    public string? FileText(DefinitionLine definition) => onDisk.TextOf(definition.DefinitionId);

    /// <summary>The draft as it stands, or what keeps it from being read; null when there is none.</summary>
    public async Task<WorkflowParse?> ReadDraftAsync(string definitionId, CancellationToken cancellationToken)
    {
        var draft = await db.WorkflowDrafts.AsNoTracking().SingleOrDefaultAsync(d => d.DefinitionId == definitionId, cancellationToken);
        return draft is null ? null : await ReadTextAsync(definitionId, draft.Json, cancellationToken);
    }

    /// <summary>A definition's text with the workflows it uses, as it would run if it were published now.</summary>
    public async Task<WorkflowParse> ReadTextAsync(string definitionId, string json, CancellationToken cancellationToken) =>
        WorkflowJson.Parse(json, definitionId, catalogue.Product, await UsedWorkflows.NewestAsync(db, json, cancellationToken));

    /// <summary>The file as it could be drawn although it is not published, with the workflows it uses; null when it cannot be read.</summary>
    public async Task<WorkflowDefinition?> FileDefinitionAsync(DefinitionLine definition, CancellationToken cancellationToken)
    {
        if (FileText(definition) is not { } text)
            return null;
        var stored = await UsedWorkflows.NewestAsync(db, text, cancellationToken);
        return WorkflowJson
            .Parse(text, definition.File, catalogue.Product, use => stored(use) ?? UsedWorkflows.InFolder(Texts(), use))
            .Definition;
    }

    private Dictionary<string, string> Texts() =>
        new DirectoryInfo(Folder)
            .EnumerateFiles("*.json")
            .Where(f => f.Length <= WorkflowJson.LargestBytes)
            .ToDictionary(f => Path.GetFileNameWithoutExtension(f.Name), f => File.ReadAllText(f.FullName), StringComparer.Ordinal);

    /// <summary>Newest change first.</summary>
    /// <param name="over">Only those that are over, or only those that are not; null: both.</param>
    public async Task<IReadOnlyList<RunLine>> RunsAsync(
        RunStatus? status,
        string? definitionId,
        bool? over,
        int skip,
        int atMost,
        CancellationToken cancellationToken
    )
    {
        var found = await db
            .Runs.AsNoTracking()
            .Where(r =>
                (status == null || r.Status == status)
                && (definitionId == null || r.DefinitionId == definitionId)
                && (over == null || over == (r.FinishedAt != null))
            )
            .OrderByDescending(r => r.UpdatedAt)
            .ThenBy(r => r.Id)
            .Skip(skip)
            .Take(atMost)
            .ToListAsync(cancellationToken);
        return await LinesAsync(found, cancellationToken);
    }

    public async Task<RunPicture?> RunAsync(Guid id, CancellationToken cancellationToken)
    {
        if (await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancellationToken) is not { } run)
            return null;
        var definition = await ReadAsync(run.VersionId, cancellationToken);
        return new(
            (await LinesAsync([run], cancellationToken))[0],
            JsonSerializer.Deserialize<RunState>(run.State, RunJson.Options)!,
            definition,
            await journal.CountsAsync(id, cancellationToken)
        );
    }

    private async Task<IReadOnlyList<RunLine>> LinesAsync(List<Run> found, CancellationToken cancellationToken)
    {
        var versions = found.Select(r => r.VersionId).Distinct().ToList();
        var numbers = await db
            .WorkflowVersions.Where(v => versions.Contains(v.Id))
            .Select(v => new
            {
                v.Id,
                v.Version,
                v.Name,
            })
            .ToDictionaryAsync(v => v.Id, cancellationToken);
        var ids = found.Select(r => Guid.TryParse(r.Correlation, out var id) ? id : Guid.Empty).Distinct().ToList();
        var campaigns = await db.Campaigns.AsNoTracking().Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancellationToken);
        var says = await sentences.OfAsync(found, cancellationToken);
        return
        [
            .. found.Select(r => new RunLine(
                r,
                numbers.GetValueOrDefault(r.VersionId)?.Version ?? 0,
                numbers.GetValueOrDefault(r.VersionId)?.Name ?? r.DefinitionId,
                Guid.TryParse(r.Correlation, out var id) ? campaigns.GetValueOrDefault(id) : null,
                says[r.Id]
            )),
        ];
    }
}
