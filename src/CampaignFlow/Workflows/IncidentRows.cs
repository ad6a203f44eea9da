using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignFlow.Workflows;

/// <summary>A step that failed and waits for a person: what the run's state says, where it can be searched.</summary>
public sealed class RunIncident
{
    public required Guid RunId { get; init; }
    public required string Execution { get; init; }

    /// <summary>Id of the activity in the definition.</summary>
    public required string Activity { get; init; }

    /// <summary>Name people gave it.</summary>
    public required string Name { get; init; }

    /// <summary>Type of the activity: what kind of thing failed.</summary>
    public string Type { get; init; } = "";
    public required string Error { get; init; }

    /// <summary>How often it was tried.</summary>
    public required int Attempt { get; init; }
    public required DateTimeOffset At { get; init; }
}

/// <summary>Keeps the table of incidents as the run's state is, in the burst's own batch.</summary>
internal sealed class IncidentRows : IEntityTypeConfiguration<RunIncident>
{
    public void Configure(EntityTypeBuilder<RunIncident> incident)
    {
        incident.ToTable("wf_incident").HasKey(i => new { i.RunId, i.Execution });
        incident.HasIndex(i => i.At);
        incident.Property(i => i.Type).HasDefaultValue("");
    }

    public static void Add(SqlBatch batch, Guid run, WorkflowDefinition definition, RunState before, RunState after)
    {
        var had = Of(before).ToDictionary(e => e.Id, StringComparer.Ordinal);
        foreach (var made in Of(after))
        {
            var same = had.Remove(made.Id, out var old) && old.FaultedAt == made.FaultedAt && old.Attempt == made.Attempt;
            if (same)
                continue;
            var activity = definition.Activities[made.Activity];
            batch.Add(
                """
                insert into wf_incident (run_id, execution, activity, name, type, error, attempt, at)
                values (@run, @execution, @activity, @name, @type, @error, @attempt, @at)
                on conflict (run_id, execution) do update set error = excluded.error, attempt = excluded.attempt, at = excluded.at
                """,
                ("@run", run),
                ("@execution", made.Id),
                ("@activity", made.Activity),
                ("@name", activity.Name),
                ("@type", activity.Type),
                ("@error", made.Error ?? ""),
                ("@attempt", made.Attempt),
                ("@at", made.FaultedAt)
            );
        }
        foreach (var mended in had.Keys)
            batch.Add("delete from wf_incident where run_id = @run and execution = @execution", ("@run", run), ("@execution", mended));
    }

    /// <summary>The run goes on in another version: what failed is another activity there.</summary>
    public static void Move(SqlBatch batch, Guid run, WorkflowDefinition definition, RunState state)
    {
        foreach (var failed in Of(state))
        {
            var activity = definition.Activities[failed.Activity];
            batch.Add(
                "update wf_incident set activity = @activity, name = @name, type = @type where run_id = @run and execution = @execution",
                ("@run", run),
                ("@execution", failed.Id),
                ("@activity", activity.Id),
                ("@name", activity.Name),
                ("@type", activity.Type)
            );
        }
    }

    private static IEnumerable<Execution> Of(RunState state) => state.Executions.Where(e => e.Status == ExecutionStatus.Faulted);
}

public static class IncidentSets
{
    extension(CampaignFlowDb db)
    {
        public DbSet<RunIncident> RunIncidents => db.Set<RunIncident>();
    }
}
