using System.Data.Common;
using System.Globalization;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Incidents;

/// <summary>One thing that failed and waits for a person.</summary>
/// <param name="Execution">Empty when no step is to blame: bursts of the run died.</param>
/// <param name="Step">What the step is called.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="At">When it was tried last.</param>
public sealed record IncidentLine(
    Guid Run,
    string Execution,
    Phrase Step,
    Phrase Kind,
    string Error,
    int Attempts,
    DateTimeOffset At,
    string DefinitionId,
    string Workflow,
    int Version,
    Campaign? Campaign
)
{
    /// <summary>What a form sends to say which.</summary>
    public string Key => $"{Run}/{Execution}";
}

/// <summary>How many incidents of a kind a workflow has.</summary>
public sealed record IncidentCount(string DefinitionId, string Kind, int Count);

/// <summary>What stands still over all runs: failed steps, and runs whose bursts died.</summary>
public sealed class IncidentQueries(CampaignFlowDb db, DefinitionCache definitions, ActivityCatalogue catalogue, TimeProvider clock)
{
    private const int MostCampaigns = 200;

    private sealed record Row(
        Guid Run,
        string Execution,
        string Activity,
        string Name,
        string Kind,
        string Error,
        int Attempts,
        DateTimeOffset At,
        string DefinitionId,
        Guid Version,
        string? Correlation
    );

    private const string From = $"""
        from (
          select run_id, execution, activity, name, type, error, attempt, at from wf_incident
          union all
          select w.id, '', '', '', '{IncidentFilter.OfTheRun}', coalesce(w.error, ''), w.attempts, w.updated_at from wf_instance w
          where w.status = 'Faulted' and not exists (select 1 from wf_incident o where o.run_id = w.id)
        ) i join wf_instance r on r.id = i.run_id
        """;

    public async Task<int> CountAsync(IncidentFilter filter, CancellationToken cancellationToken)
    {
        var (where, values) = await WhereAsync(filter, cancellationToken);
        return (await SqlBatch.QueryAsync(db, $"select count(*) {From} {where}", r => r.GetInt32(0), cancellationToken, values))[0];
    }

    /// <summary>Of all incidents, whatever is filtered: what there is to choose from.</summary>
    public Task<List<IncidentCount>> KindsAsync(CancellationToken cancellationToken) =>
        SqlBatch.QueryAsync(
            db,
            $"select r.definition_id, i.type, count(*) {From} group by r.definition_id, i.type order by r.definition_id, i.type",
            r => new IncidentCount(r.GetString(0), r.GetString(1), r.GetInt32(2)),
            cancellationToken
        );

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<IncidentLine>> ListAsync(
        IncidentFilter filter,
        int skip,
        int atMost,
        CancellationToken cancellationToken
    )
    {
        var (where, values) = await WhereAsync(filter, cancellationToken);
        var rows = await SqlBatch.QueryAsync(
            db,
            $"""
            select i.run_id, i.execution, i.activity, i.name, i.type, i.error, i.attempt, i.at, r.definition_id, r.version_id, r.correlation
            {From} {where} order by i.at desc, i.run_id, i.execution limit @most offset @skip
            """,
            Read,
            cancellationToken,
            [.. values, ("@most", atMost), ("@skip", skip)]
        );
        return await LinesAsync(rows, cancellationToken);
    }

    /// <summary>What a type of activity is called.</summary>
    public Phrase KindOf(string kind) =>
        kind == IncidentFilter.OfTheRun
            ? new("The run itself", "运行本身")
            : catalogue.All.FirstOrDefault(t => t.Type == kind)?.Name ?? Phrase.Same(kind);

    private async Task<(string Where, (string, SqlValue)[] Values)> WhereAsync(IncidentFilter filter, CancellationToken cancellationToken)
    {
        var conditions = new List<string>();
        var values = new List<(string, SqlValue)>();
        if (filter.Workflow is { } workflow)
            Add("r.definition_id = @workflow", ("@workflow", workflow));
        if (filter.Kind is { } kind)
            Add("i.type = @kind", ("@kind", kind));
        if (filter.Age?.Within is { } within)
            Add("i.at >= @since", ("@since", clock.GetUtcNow() - within));
        if (filter.Age?.Before is { } before)
            Add("i.at < @before", ("@before", clock.GetUtcNow() - before));
        if (filter.Text is { } text)
            await AddTextAsync(text);
        return (conditions.Count == 0 ? "" : "where " + string.Join(" and ", conditions), [.. values]);

        void Add(string condition, params (string, SqlValue)[] its)
        {
            conditions.Add(condition);
            values.AddRange(its);
        }

        async Task AddTextAsync(string wanted)
        {
            var like = "%" + wanted.ToLowerInvariant().Replace("\\", @"\\").Replace("%", @"\%").Replace("_", @"\_") + "%";
            var campaigns = await CampaignsAsync(wanted.ToLowerInvariant(), cancellationToken);
            var names = campaigns.Select((id, n) => (Name: string.Create(CultureInfo.InvariantCulture, $"@c{n}"), Id: id)).ToList();
            var its = names.Count == 0 ? "" : $" or r.correlation in ({string.Join(", ", names.Select(n => n.Name))})";
            Add(
                $"(lower(i.name) like @text escape '\\' or lower(i.error) like @text escape '\\' or i.activity = @exact{its})",
                [("@text", like), ("@exact", wanted), .. names.Select(n => (n.Name, (SqlValue)n.Id.ToString()))]
            );
        }
    }

    private Task<List<Guid>> CampaignsAsync(string wanted, CancellationToken cancellationToken) =>
#pragma warning disable CA1304, CA1311, CA1862, MA0011 // becomes lower() in SQL; the overloads with a culture cannot
        db
            .Campaigns.Where(c => c.Name.ToLower().Contains(wanted) || c.Code.ToLower().Contains(wanted))
#pragma warning restore CA1304, CA1311, CA1862, MA0011
            .OrderBy(c => c.Id)
            .Select(c => c.Id)
            .Take(MostCampaigns)
            .ToListAsync(cancellationToken);

    private static Row Read(DbDataReader r) =>
        new(
            r.GetGuid(0),
            r.GetString(1),
            r.GetString(2),
            r.GetString(3),
            r.GetString(4),
            r.GetString(5),
            r.GetInt32(6),
            DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(7)),
            r.GetString(8),
            r.GetGuid(9),
            r.IsDBNull(10) ? null : r.GetString(10)
        );

    private async Task<IReadOnlyList<IncidentLine>> LinesAsync(List<Row> rows, CancellationToken cancellationToken)
    {
        var ids = rows.Select(r => Guid.TryParse(r.Correlation, out var id) ? id : Guid.Empty).Distinct().ToList();
        var campaigns = await db.Campaigns.AsNoTracking().Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancellationToken);
        var versions = rows.Select(r => r.Version).Distinct().ToList();
        var known = await db
            .WorkflowVersions.Where(v => versions.Contains(v.Id))
            .Select(v => new
            {
                v.Id,
                v.Version,
                v.Name,
            })
            .ToDictionaryAsync(v => v.Id, cancellationToken);
        var lines = new List<IncidentLine>();
        foreach (var row in rows)
        {
            var version = known.GetValueOrDefault(row.Version);
            lines.Add(
                new(
                    row.Run,
                    row.Execution,
                    await StepAsync(row, cancellationToken),
                    KindOf(row.Kind),
                    row.Error,
                    row.Attempts,
                    row.At,
                    row.DefinitionId,
                    version?.Name ?? row.DefinitionId,
                    version?.Version ?? 0,
                    Guid.TryParse(row.Correlation, out var campaign) ? campaigns.GetValueOrDefault(campaign) : null
                )
            );
        }
        return lines;
    }

    private async Task<Phrase> StepAsync(Row row, CancellationToken cancellationToken)
    {
        if (row.Execution.Length == 0)
            return new("The run itself", "运行本身");
        try
        {
            var definition = await definitions.GetAsync(db, row.Version, cancellationToken);
            return definition.Activities.TryGetValue(row.Activity, out Activity? activity)
                ? ActivityNames.Of(activity)
                : Phrase.Same(row.Name);
        }
        catch (InvalidOperationException)
        {
            return Phrase.Same(row.Name); // of a version that this program can no longer read
        }
    }
}
