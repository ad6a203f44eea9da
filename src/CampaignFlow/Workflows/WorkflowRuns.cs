using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;

namespace CampaignFlow.Workflows;

/// <summary>No published definition has that name; the message is a sentence.</summary>
public sealed class UnknownWorkflow(string message) : Exception(message);

/// <summary>Starts runs.</summary>
public sealed class WorkflowRuns(CampaignFlowDb db, TimeProvider clock)
{
    /// <summary>
    /// Adds a run of the newest published version; it is started once the caller's <c>SaveChanges</c> has made it durable. A key that
    /// exists already is the same run.
    /// </summary>
    /// <param name="key">What makes it one run, e.g. <c>campaign:ID</c>.</param>
    /// <param name="correlation">The campaign's id as text, for campaign runs.</param>
    /// <param name="trigger">What starts it by itself, if nobody does.</param>
    /// <returns>Id of the run.</returns>
    /// <exception cref="UnknownWorkflow">Nothing of that name is published.</exception>
    public async Task<Guid> StartAsync(
        string definitionId,
        string key,
        string? correlation,
        IReadOnlyDictionary<string, JsonNode?>? input,
        CancellationToken cancellationToken,
        RunTrigger? trigger = null
    )
    {
        if (db.Runs.Local.FirstOrDefault(r => r.Key == key) is { } added)
            return added.Id;
        var (existing, newest) = await FindAsync(definitionId, key, cancellationToken);
        if (existing is { } same)
            return same;
        var version =
            newest
            ?? throw new UnknownWorkflow(
                $"No workflow '{definitionId}' is published: is the file {definitionId}.json in the workflows folder?"
            );
        var now = clock.GetUtcNow();
        var run = new Run
        {
            Id = Guid.CreateVersion7(now),
            Key = key,
            VersionId = version,
            DefinitionId = definitionId,
            Correlation = correlation,
            Status = RunStatus.Running,
            State = JsonSerializer.Serialize(Fresh(correlation, input, trigger), RunJson.Options),
            Ready = true,
            CreatedAt = now,
            UpdatedAt = now,
        };
        db.Runs.Add(run);
        return run.Id;
    }

    private async Task<(Guid? Run, Guid? Version)> FindAsync(string definitionId, string key, CancellationToken cancellationToken)
    {
        var found = await SqlBatch.QueryAsync(
            db,
            """
            select (select id from wf_instance where key = @key),
              (select id from wf_definition_version where definition_id = @definition and published order by version desc limit 1)
            """,
            r => (Id(r, 0), Id(r, 1)),
            cancellationToken,
            ("@key", key),
            ("@definition", definitionId)
        );
        return found[0];

        static Guid? Id(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetGuid(column);
    }

    /// <summary>A run that has not made its first step.</summary>
    internal static RunState Fresh(string? correlation, IReadOnlyDictionary<string, JsonNode?>? input, RunTrigger? trigger = null) =>
        new()
        {
            CorrelationId = correlation,
            Trigger = trigger,
            Input = input?.ToDictionary(i => i.Key, i => i.Value?.DeepClone(), StringComparer.Ordinal) ?? [],
        };

    internal static bool IsFresh(RunState state) => state is { Status: RunStatus.Running, Next: 1, Executions.Count: 0 };
}
