using System.Text.Json;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows.Archive;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows;

/// <summary>A person tries a faulted step again with other inputs, or with variables set first.</summary>
public sealed class MendActivity(CampaignFlowDb db, DefinitionCache definitions, TimeProvider clock, WakeUp wakeUp)
{
    /// <summary>What can be changed, with the values as they are now; null when that step has not failed.</summary>
    public async Task<MendForm?> FormAsync(Guid run, string execution, CancellationToken cancellationToken)
    {
        var row = await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == run, cancellationToken);
        if (row is null or { Status: RunStatus.Finished or RunStatus.Cancelled })
            return null;
        var definition = await definitions.GetAsync(db, row.VersionId, cancellationToken);
        return Mending.Of(definition, JsonSerializer.Deserialize<RunState>(row.State, RunJson.Options)!, execution, clock.GetUtcNow());
    }

    /// <param name="inputs">Typed texts by input name; what is missing or stands as it was shown stays.</param>
    /// <param name="why">Who and why, for the journal.</param>
    /// <param name="seen">Version of the run that the person saw: what stands in the form are its values. Null: any.</param>
    /// <returns>Empty when it is on its way, else what is wrong.</returns>
    public async Task<IReadOnlyList<Phrase>> HandleAsync(
        Guid run,
        string execution,
        IReadOnlyDictionary<string, string> inputs,
        IReadOnlyDictionary<string, string> variables,
        string why,
        int? seen,
        CancellationToken cancellationToken
    )
    {
        var version = await db.Runs.Where(r => r.Id == run).Select(r => (Guid?)r.VersionId).SingleOrDefaultAsync(cancellationToken);
        if (version is null)
            return [await ArchivedRun.AnswerAsync(db, run, cancellationToken)];
        var definition = await definitions.GetAsync(db, version.Value, cancellationToken);
        IReadOnlyList<Phrase> wrong = [];
        var refusal = await PersonsVerb.PutAsync(
            db,
            run,
            clock.GetUtcNow(),
            (row, state) =>
            {
                if (seen is { } known && known != row.Version)
                    return ([], PersonsVerb.Moved);
                if (Mending.Of(definition, state, execution, clock.GetUtcNow()) is not { } form)
                    return ([], PersonsVerb.NotFailed);
                var (retried, problems) = Mending.Read(form, inputs, variables, why);
                wrong = problems;
                return retried is null ? ([], problems[0]) : ([retried], null);
            },
            cancellationToken
        );
        wakeUp.Ring();
        return wrong.Count > 0 ? wrong
            : refusal is { } no ? [no]
            : [];
    }
}
