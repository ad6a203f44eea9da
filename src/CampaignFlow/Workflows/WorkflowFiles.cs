using System.Globalization;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Checks;
using CampaignFlow.Storage;
using CampaignFlow.Workflows.Versions;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows;

/// <param name="Folder">Where the definitions lie, one JSON file each.</param>
public sealed record WorkflowOptions(string Folder)
{
    /// <summary>How long a process that is not heard of keeps its runs.</summary>
    public TimeSpan Lease { get; init; } = StorageModule.LongestSilence;

    /// <summary>How many runs a process carries on at once on PostgreSQL; null: four, and one on a virtual clock.</summary>
    public int? AtOnce { get; init; }

    /// <summary>How long bursts on SQLite gather for one commit; whoever else writes waits that long.</summary>
    public TimeSpan CommitWithin { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>A changed file is put into use as soon as it is read; else it is offered, and people decide.</summary>
    public bool FilesPublish { get; init; }

    public static WorkflowOptions From(IConfiguration configuration) =>
        new(Path.GetFullPath(configuration["WorkflowFolder"] is { Length: > 0 } set ? set : "workflows"))
        {
            FilesPublish = configuration.GetValue("WorkflowFilesPublish", defaultValue: false),
            AtOnce = configuration.GetValue<int?>("WorkflowsAtOnce"),
        };
}

/// <summary>
/// Takes the definitions from their folder into the database: a new file is published, a changed one is offered as a version that people
/// put into use (or at once, see <see cref="WorkflowOptions.FilesPublish"/>); runs keep theirs. A broken file, or one that could not run
/// as it is drawn, leaves the last good version in place.
/// </summary>
public sealed partial class WorkflowFiles(
    WorkflowOptions options,
    ActivityCatalogue catalogue,
    DefinitionChecks checks,
    IServiceScopeFactory scopes,
    TimeProvider clock,
    ILogger<WorkflowFiles> logger
)
{
    private string? seen;

    /// <summary>What keeps files from being published, as of the last reading.</summary>
    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    /// <summary>What needs a look in files that are published all the same.</summary>
    public IReadOnlyList<Problem> Warnings { get; private set; } = [];

    /// <summary>Reads the folder if a file was added, changed or removed since the last time.</summary>
    /// <returns>How many versions were stored.</returns>
    public async Task<int> LoadChangedAsync(CancellationToken cancellationToken)
    {
        var stamp = Stamp();
        if (string.Equals(stamp, seen, StringComparison.Ordinal))
            return 0;
        var stored = await LoadAsync(cancellationToken);
        seen = stamp;
        return stored;
    }

    /// <returns>How many versions were stored.</returns>
    public async Task<int> LoadAsync(CancellationToken cancellationToken)
    {
        var problems = new List<Problem>();
        var stored = 0;
        if (!Directory.Exists(options.Folder))
            problems.Add(new(options.Folder, 0, 0, new("The folder of workflows does not exist.", "流程文件夹不存在。")));
        var texts = await ReadAsync(problems, cancellationToken);
        var ids = Files().Select(f => Path.GetFileNameWithoutExtension(f)).ToHashSet(StringComparer.Ordinal);
        foreach (var id in UsedWorkflows.UsedFirst(texts))
        {
            if (!DefinitionName.IsValid(id))
            {
                problems.Add(Misnamed(id));
                continue;
            }
            var (definition, found) = await ParseAsync(id, texts, cancellationToken);
            problems.AddRange(found);
            if (definition is null)
                continue;
            found = checks.Check(definition, ids);
            problems.AddRange(found);
            if (
                !DefinitionCheck.Refuses(found) && await StoreAsync(id, definition.Name, texts[id], options.FilesPublish, cancellationToken)
            )
                stored++;
        }
        Problems = [.. problems.Where(p => p.Severity == Severity.Error)];
        Warnings = [.. problems.Where(p => p.Severity != Severity.Error)];
        foreach (var problem in Problems)
            Log.Broken(logger, problem);
        return stored;
    }

    // What such a file has put into use before goes on; it could just never be saved in the designer.
    private static Problem Misnamed(string id) =>
        new(
            id + ".json",
            0,
            0,
            new("The file's name is no id of a workflow, so it is not published.", "文件名不是合法的流程标识，因此不会发布。")
        )
        {
            Cure = new(
                $"Rename the file. {DefinitionName.Form.En} It has at most {DefinitionName.Longest} characters.",
                $"请重命名文件。{DefinitionName.Form.Zh}最多 {DefinitionName.Longest} 个字符。"
            ),
        };

    private async Task<Dictionary<string, string>> ReadAsync(List<Problem> problems, CancellationToken cancellationToken)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Files())
        {
            try
            {
                texts[Path.GetFileNameWithoutExtension(path)] = await File.ReadAllTextAsync(path, cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                problems.Add(
                    new(Path.GetFileName(path), 0, 0, new($"The file cannot be read: {e.Message}", $"无法读取该文件：{e.Message}"))
                );
            }
        }
        return texts;
    }

    private async Task<WorkflowParse> ParseAsync(string id, Dictionary<string, string> texts, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CampaignFlowDb>();
        var stored = await UsedWorkflows.NewestAsync(db, texts[id], cancellationToken);
        return WorkflowJson.Parse(texts[id], id + ".json", catalogue.Product, use => stored(use) ?? UsedWorkflows.InFolder(texts, use));
    }

    /// <summary>Stores the text and puts it into use, when it is not the one that the file had last.</summary>
    /// <returns>False when it is the same.</returns>
    public Task<bool> PublishAsync(string definitionId, string name, string json, CancellationToken cancellationToken) =>
        StoreAsync(definitionId, name, json, publish: true, cancellationToken);

    // What persons did since (reverted, retracted) stays until the file changes. The first text of a definition is always put into use.
    private async Task<bool> StoreAsync(string definitionId, string name, string json, bool publish, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CampaignFlowDb>();
        var hash = SaveDraft.HashOf(json);
        if (await IsKnownAsync(db, definitionId, hash, cancellationToken))
            return false;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await VersionWords.TakeTurnsAsync(db, definitionId, cancellationToken);
        if (await IsKnownAsync(db, definitionId, hash, cancellationToken))
            return false;
        var stored = db.WorkflowVersions.Where(v => v.DefinitionId == definitionId);
        var number = (await stored.MaxAsync(v => (int?)v.Version, cancellationToken) ?? 0) + 1;
        publish |= number == 1;
        if (publish)
            await stored.Where(v => v.Published).ExecuteUpdateAsync(set => set.SetProperty(v => v.Published, false), cancellationToken);
        DateTimeOffset? since = publish ? clock.GetUtcNow() : null;
        db.WorkflowVersions.Add(
            new()
            {
                DefinitionId = definitionId,
                Version = number,
                Name = name,
                Json = json,
                Hash = hash,
                CreatedAt = clock.GetUtcNow(),
                Published = publish,
                PublishedAt = since,
                InFileAt = since,
                Uses = await UsedWorkflows.PinAsync(db, json, cancellationToken),
            }
        );
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (DbUpdateException)
        {
            // Another node that starts at the same moment may have stored the first version already.
            await transaction.RollbackAsync(cancellationToken);
            db.ChangeTracker.Clear();
            if (!await IsKnownAsync(db, definitionId, hash, cancellationToken))
                throw;
            return false;
        }
        if (publish)
            Log.Published(logger, definitionId, number);
        else
            Log.Offered(logger, definitionId, number);
        return true;
    }

    /// <summary>The file says what it said when it was read last, what is in use, or what it had in common with the store.</summary>
    private async Task<bool> IsKnownAsync(CampaignFlowDb db, string definitionId, string hash, CancellationToken cancellationToken)
    {
        var versions = await db.WorkflowVersions.Where(v => v.DefinitionId == definitionId).MarksAsync(cancellationToken);
        var agreed = FileStands.Agreed(versions);
        if (versions.Find(v => v.Published) is { } used && used.Hash == hash)
        {
            if (agreed?.Hash != hash)
                await db
                    .WorkflowVersions.Where(v => v.DefinitionId == definitionId && v.Version == used.Version)
                    .ExecuteUpdateAsync(set => set.SetProperty(v => v.InFileAt, clock.GetUtcNow()), cancellationToken);
            return true;
        }
        var last = versions.Where(v => v.MadeBy is null).MaxBy(v => v.Version);
        return agreed?.Hash == hash || (last?.Hash == hash && last.Version > (agreed?.Version ?? 0));
    }

    private IEnumerable<string> Files() =>
        Directory.Exists(options.Folder) ? Directory.EnumerateFiles(options.Folder, "*.json").Order(StringComparer.Ordinal) : [];

    private string Stamp() =>
        string.Join(
            '|',
            Files()
                .Select(f => new FileInfo(f))
                .Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Name}:{f.Length}:{f.LastWriteTimeUtc.Ticks}"))
        );

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}")]
        public static partial void Broken(ILogger logger, Problem problem);

        [LoggerMessage(Level = LogLevel.Information, Message = "Workflow {Definition} version {Version} is published")]
        public static partial void Published(ILogger logger, string definition, int version);

        [LoggerMessage(Level = LogLevel.Information, Message = "The file of workflow {Definition} offers version {Version}")]
        public static partial void Offered(ILogger logger, string definition, int version);
    }
}
