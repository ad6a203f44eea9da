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

    public static WorkflowOptions From(IConfiguration configuration) =>
        new(Path.GetFullPath(configuration["WorkflowFolder"] is { Length: > 0 } set ? set : "workflows"))
        {
            AtOnce = configuration.GetValue<int?>("WorkflowsAtOnce"),
        };
}

/// <summary>
/// Takes the definitions from their folder into the database: a changed file is a new published version, runs keep theirs. A broken
/// file, or one that could not run as it is drawn, leaves the last good version in place.
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
    /// <returns>How many versions were published.</returns>
    public async Task<int> LoadChangedAsync(CancellationToken cancellationToken)
    {
        var stamp = Stamp();
        if (string.Equals(stamp, seen, StringComparison.Ordinal))
            return 0;
        var published = await LoadAsync(cancellationToken);
        seen = stamp;
        return published;
    }

    /// <returns>How many versions were published.</returns>
    public async Task<int> LoadAsync(CancellationToken cancellationToken)
    {
        var problems = new List<Problem>();
        var published = 0;
        if (!Directory.Exists(options.Folder))
            problems.Add(new(options.Folder, 0, 0, new("The folder of workflows does not exist.", "流程文件夹不存在。")));
        var texts = await ReadAsync(problems, cancellationToken);
        var ids = Files().Select(f => Path.GetFileNameWithoutExtension(f)).ToHashSet(StringComparer.Ordinal);
        foreach (var id in UsedWorkflows.UsedFirst(texts))
        {
            var (definition, found) = await ParseAsync(id, texts, cancellationToken);
            problems.AddRange(found);
            if (definition is null)
                continue;
            found = checks.Check(definition, ids);
            problems.AddRange(found);
            if (!DefinitionCheck.Refuses(found) && await PublishAsync(id, definition.Name, texts[id], cancellationToken))
                published++;
        }
        Problems = [.. problems.Where(p => p.Severity == Severity.Error)];
        Warnings = [.. problems.Where(p => p.Severity != Severity.Error)];
        foreach (var problem in Problems)
            Log.Broken(logger, problem);
        return published;
    }

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

    /// <summary>
    /// Publishes a new version when the text is not the one that the file had last. What persons did in between (reverted, retracted)
    /// stays until the file changes; a changed file is the newest word.
    /// </summary>
    /// <returns>False when it is the same.</returns>
    public async Task<bool> PublishAsync(string definitionId, string name, string json, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CampaignFlowDb>();
        var hash = SaveDraft.HashOf(json);
        var stored = db.WorkflowVersions.Where(v => v.DefinitionId == definitionId);
        if (await LastOfFileAsync(stored, cancellationToken) == hash)
            return false;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await VersionWords.TakeTurnsAsync(db, definitionId, cancellationToken);
        if (await LastOfFileAsync(stored, cancellationToken) == hash)
            return false;
        var number = (await stored.MaxAsync(v => (int?)v.Version, cancellationToken) ?? 0) + 1;
        await stored.Where(v => v.Published).ExecuteUpdateAsync(set => set.SetProperty(v => v.Published, false), cancellationToken);
        db.WorkflowVersions.Add(
            new()
            {
                DefinitionId = definitionId,
                Version = number,
                Name = name,
                Json = json,
                Hash = hash,
                CreatedAt = clock.GetUtcNow(),
                Published = true,
                PublishedAt = clock.GetUtcNow(),
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
            if (await LastOfFileAsync(stored, cancellationToken) != hash)
                throw;
            return false;
        }
        Log.Published(logger, definitionId, number);
        return true;
    }

    private static Task<string?> LastOfFileAsync(IQueryable<WorkflowVersion> stored, CancellationToken cancellationToken) =>
        stored.Where(v => v.MadeBy == null).OrderByDescending(v => v.Version).Select(v => v.Hash).FirstOrDefaultAsync(cancellationToken);

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
    }
}
