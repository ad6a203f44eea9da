using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Studio;

/// <summary>Runs under the words of the designer's viewer.</summary>
internal sealed class InstanceQueries(CampaignFlowDb db)
{
    private const int UsualPage = 25;
    private const int LargestPage = 200;

    public async Task<(IReadOnlyList<JsonObject> Items, int Total)> ListAsync(InstanceFilter filter, CancellationToken cancellationToken)
    {
        var asked = db.Runs.AsNoTracking();
        if (filter.DefinitionIds is { Count: > 0 } definitions)
            asked = asked.Where(r => definitions.Contains(r.DefinitionId));
        if (StatusesOf(filter) is { } statuses)
            asked = asked.Where(r => statuses.Contains(r.Status));
        if (!string.IsNullOrWhiteSpace(filter.SearchTerm))
            asked = asked.Where(r => r.Key.Contains(filter.SearchTerm) || r.Correlation == filter.SearchTerm);
        var size = Math.Clamp(filter.PageSize ?? UsualPage, 1, LargestPage);
        var rows = await (
            from run in asked
                .OrderByDescending(r => r.UpdatedAt)
                .ThenBy(r => r.Id)
                .Skip(Math.Clamp(filter.Page ?? 0, 0, 100_000) * size)
                .Take(size)
            join version in db.WorkflowVersions on run.VersionId equals version.Id
            orderby run.UpdatedAt descending, run.Id
            select new { Run = run, version.Version }
        ).ToListAsync(cancellationToken);
        return (
            [
                .. rows.Select(row =>
                    new Instance(row.Run, row.Version, [], new Dictionary<string, string>(StringComparer.Ordinal)).Summary()
                ),
            ],
            await asked.CountAsync(cancellationToken)
        );
    }

    public async Task<Instance?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var run = await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancellationToken);
        if (run is null)
            return null;
        var version = await db.WorkflowVersions.AsNoTracking().SingleAsync(v => v.Id == run.VersionId, cancellationToken);
        var journal = await db.RunJournal.AsNoTracking().Where(j => j.RunId == id).OrderBy(j => j.Seq).ToListAsync(cancellationToken);
        var model = DefinitionModel.Parse(version.Json);
        DefinitionModel.Normalise(model);
        var nodes = DefinitionModel
            .Activities(model["root"])
            .GroupBy(a => a["id"]!.ToString(), StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.First()["nodeId"]!.ToString(), StringComparer.Ordinal);
        return new(run, version.Version, journal, nodes);
    }

    private static List<RunStatus>? StatusesOf(InstanceFilter filter)
    {
        IEnumerable<RunStatus> chosen = Enum.GetValues<RunStatus>();
        if (filter.SubStatuses is { Count: > 0 } sub)
            chosen = chosen.Where(s => sub.Contains(Instance.SubStatusOf(s)));
        if (filter.Statuses is { Count: > 0 } main)
            chosen = chosen.Where(s => main.Contains(Instance.StatusOf(s)));
        if (filter.HasIncidents is { } incidents)
            chosen = chosen.Where(s => s == RunStatus.Faulted == incidents);
        var list = chosen.ToList();
        return list.Count == Enum.GetValues<RunStatus>().Length ? null : list;
    }
}

/// <summary>One run with its journal, told in the viewer's shapes.</summary>
/// <param name="Nodes">Node id of each activity.</param>
internal sealed record Instance(Run Run, int Version, IReadOnlyList<RunJournal> Journal, IReadOnlyDictionary<string, string> Nodes)
{
    private readonly Lazy<RunState> state = new(() => JsonSerializer.Deserialize<RunState>(Run.State, RunJson.Options)!);

    public string Status => StatusOf(Run.Status);
    public string SubStatus => SubStatusOf(Run.Status);

    public static string StatusOf(RunStatus status) => status is RunStatus.Finished or RunStatus.Cancelled ? "Finished" : "Running";

    public static string SubStatusOf(RunStatus status) => status == RunStatus.Running ? "Executing" : status.ToString();

    public JsonObject Summary() =>
        new()
        {
            ["id"] = Run.Id.ToString(),
            ["definitionId"] = Run.DefinitionId,
            ["definitionVersionId"] = Run.VersionId.ToString(),
            ["version"] = Version,
            ["status"] = Status,
            ["subStatus"] = SubStatus,
            ["correlationId"] = Run.Correlation,
            ["name"] = Run.Key,
            ["incidentCount"] = Run.Status == RunStatus.Faulted ? 1 : 0,
            ["createdAt"] = Time(Run.CreatedAt),
            ["updatedAt"] = Time(Run.UpdatedAt),
            ["finishedAt"] = Run.FinishedAt is { } end ? Time(end) : null,
        };

    public JsonObject Full()
    {
        var full = Summary();
        var inside = Summary();
        inside["definitionVersion"] = Version;
        inside["incidents"] = new JsonArray([.. Incidents()]);
        inside["input"] = new JsonObject(state.Value.Input.Select(i => KeyValuePair.Create(i.Key, i.Value?.DeepClone())));
        inside["output"] = new JsonObject(state.Value.Output.Select(o => KeyValuePair.Create(o.Key, o.Value?.DeepClone())));
        inside["properties"] = new JsonObject();
        foreach (var list in new[] { "bookmarks", "completionCallbacks", "activityExecutionContexts" })
            inside[list] = new JsonArray();
        full["workflowState"] = inside;
        return full;
    }

    public JsonArray Variables() =>
        [
            .. state
                .Value.Variables.SelectMany(scope => scope.Value)
                .Select(variable =>
                    (JsonNode?)
                        new JsonObject
                        {
                            ["id"] = variable.Key,
                            ["name"] = variable.Key,
                            ["value"] = variable.Value?.DeepClone(),
                        }
                ),
        ];

    public IReadOnlyList<JsonObject> Lines() =>
        [
            .. Journal
                .Where(line => line.Activity is not null && Nodes.ContainsKey(line.Activity))
                .Select(line => new JsonObject
                {
                    ["id"] = $"{Run.Id}:{line.Seq}",
                    ["activityInstanceId"] = Key(line.Execution),
                    ["activityId"] = line.Activity,
                    ["activityType"] = line.Type,
                    ["activityTypeVersion"] = 1,
                    ["activityName"] = line.ActivityName,
                    ["nodeId"] = Nodes[line.Activity!],
                    ["timestamp"] = Time(line.At),
                    ["sequence"] = line.Seq,
                    ["eventName"] = line.What,
                    ["message"] = line.Text,
                }),
        ];

    public JsonArray Stats() =>
        [
            .. Nodes.Select(node =>
            {
                var lines = Journal.Where(j => j.Activity == node.Key).ToList();
                var live = state.Value.Executions.Where(e => e.Activity == node.Key).ToList();
                return (JsonNode?)
                    new JsonObject
                    {
                        ["activityId"] = node.Key,
                        ["activityNodeId"] = node.Value,
                        ["startedCount"] = lines.Select(l => l.Execution).Distinct(StringComparer.Ordinal).Count(),
                        ["completedCount"] = lines.Count(l => l.What == "Completed"),
                        ["uncompletedCount"] = live.Count,
                        ["isBlocked"] = live.Exists(e => e.Status == ExecutionStatus.Waiting),
                        ["isFaulted"] = live.Exists(e => e.Status == ExecutionStatus.Faulted),
                        ["metadata"] = new JsonObject(),
                    };
            }),
        ];

    public JsonArray Executions(string node) =>
        [
            .. Journal
                .Where(line => line.Activity is not null && Nodes.GetValueOrDefault(line.Activity) == node && line.Execution is not null)
                .Select(line => line.Execution!)
                .Distinct(StringComparer.Ordinal)
                .Select(execution => (JsonNode?)Execution(Key(execution)!)),
        ];

    /// <summary>From its first line to its last.</summary>
    public JsonObject? Execution(string key)
    {
        var lines = Journal.Where(line => Key(line.Execution) == key).ToList();
        if (lines.Count == 0 || !Nodes.TryGetValue(lines[0].Activity ?? "", out var node))
            return null;
        var end = lines.FindLast(l => l.What is "Completed" or "Cancelled" or "Faulted");
        return new()
        {
            ["id"] = key,
            ["workflowInstanceId"] = Run.Id.ToString(),
            ["activityId"] = lines[0].Activity,
            ["activityNodeId"] = node,
            ["activityType"] = lines[0].Type,
            ["activityTypeVersion"] = 1,
            ["activityName"] = lines[0].ActivityName,
            ["activityState"] = new JsonObject(),
            ["outputs"] = new JsonObject(
                (state.Value.Outputs.GetValueOrDefault(lines[0].Activity!) ?? []).Select(o =>
                    KeyValuePair.Create(o.Key, o.Value?.DeepClone())
                )
            ),
            ["properties"] = new JsonObject(),
            ["metadata"] = new JsonObject(),
            ["startedAt"] = Time(lines[0].At),
            ["hasBookmarks"] = lines[^1].What == "Suspended",
            ["status"] = end?.What switch
            {
                null => "Running",
                "Cancelled" => "Canceled",
                var what => what,
            },
            ["aggregateFaultCount"] = lines.Count(l => l.What == "Faulted"),
            ["completedAt"] = end is null ? null : Time(end.At),
        };
    }

    private IEnumerable<JsonNode?> Incidents() =>
        state
            .Value.Executions.Where(e => e.Status == ExecutionStatus.Faulted)
            .Select(e =>
                (JsonNode?)
                    new JsonObject
                    {
                        ["activityId"] = e.Activity,
                        ["activityNodeId"] = Nodes.GetValueOrDefault(e.Activity),
                        ["activityType"] = Journal.LastOrDefault(j => j.Execution == e.Id)?.Type,
                        ["message"] = e.Error,
                        ["timestamp"] = Time(Run.UpdatedAt),
                    }
            );

    private string? Key(string? execution) => execution is null ? null : $"{Run.Id}:{execution}";

    private static string Time(DateTimeOffset at) => at.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
}
