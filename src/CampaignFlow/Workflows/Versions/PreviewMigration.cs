using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows.Versions;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Versions;

/// <summary>What would become of one run.</summary>
/// <param name="Campaign">Null for a run without a campaign; then the key says which it is.</param>
public sealed record RunForecast(Guid Run, string Key, Campaign? Campaign, MigrationOutcome Outcome)
{
    public bool Goes => Outcome.State is not null;

    public string Name => Campaign?.Name ?? Key;

    public Phrase Stands =>
        Outcome.Landings.Count == 0
            ? new("has not begun", "尚未开始")
            : Phrase.Join(Outcome.Landings.Select(l => VersionWords.NameOf(l.From)), ", ", "、");

    /// <summary>Where it goes on, or why it does not.</summary>
    public Phrase Happens
    {
        get
        {
            if (!Goes)
                return Phrase.Join(Outcome.Refusals, " ", "");
            if (Outcome.Landings.Count == 0)
                return new("begins in the new version", "将从新版本开始");
            var at = Phrase.Join(Outcome.Landings.Select(l => VersionWords.NameOf(l.To!)), ", ", "、");
            var starts = Phrase.Join(Outcome.Starts.Select(a => VersionWords.NameOf(a)), ", ", "、");
            return Outcome.Starts.Count == 0
                ? new($"goes on at {at.En}", $"在“{at.Zh}”继续")
                : new($"goes on at {at.En}; {starts.En} starts at once", $"在“{at.Zh}”继续；“{starts.Zh}”立即开始");
        }
    }
}

/// <summary>All runs of the older version and what would become of them.</summary>
public sealed record MigrationPreview(PlannedMigration Plan, IReadOnlyList<RunForecast> Runs)
{
    public int At(ChangePlace place) => Runs.Count(r => r.Outcome.Place == place);

    public int Go => Runs.Count(r => r.Goes);
}

/// <summary>The dry run: steps every run in memory and writes nothing.</summary>
public sealed class PreviewMigration(CampaignFlowDb db, DefinitionCache definitions, TimeProvider clock)
{
    private const int RunsAtOnce = 200;

    /// <param name="chosen">Old activity id → new one.</param>
    public async Task<(MigrationPreview? Preview, Phrase? Refusal)> HandleAsync(
        string definitionId,
        int from,
        int to,
        IReadOnlyDictionary<string, string> chosen,
        CancellationToken cancellationToken
    )
    {
        var (plan, refusal) = await PlannedMigration.FindAsync(db, definitions, definitionId, from, to, chosen, cancellationToken);
        if (plan is null)
            return (null, refusal);
        var runs = new List<RunForecast>();
        var campaigns = await db.Campaigns.AsNoTracking().ToDictionaryAsync(c => c.Id, cancellationToken);
        var now = clock.GetUtcNow();
        var candidates = PlannedMigration.Candidates(db, plan.From.Id).OrderBy(r => r.CreatedAt).ThenBy(r => r.Key);
        for (var page = 0; ; page++)
        {
            var some = await candidates
                .Skip(page * RunsAtOnce)
                .Take(RunsAtOnce)
                .Select(r => new
                {
                    r.Id,
                    r.Key,
                    r.Correlation,
                    r.State,
                })
                .ToListAsync(cancellationToken);
            runs.AddRange(
                some.Select(r => new RunForecast(
                    r.Id,
                    r.Key,
                    Guid.TryParse(r.Correlation, out var id) ? campaigns.GetValueOrDefault(id) : null,
                    plan.Carry(r.State, now)
                ))
            );
            if (some.Count < RunsAtOnce)
                return (new(plan, runs), null);
        }
    }
}
