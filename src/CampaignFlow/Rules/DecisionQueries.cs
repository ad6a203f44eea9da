using System.Text.Json;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Rules;

/// <summary>A decision with everything it was taken on and what came of it.</summary>
/// <param name="Rule">The rule as it read then; null when its text is not kept or cannot be read any more.</param>
/// <param name="Text">The file as it stood.</param>
/// <param name="Current">The text is still the one in force.</param>
/// <param name="Beside">What the same evaluation did with the same subject besides.</param>
public sealed record DecisionView(
    Campaign Campaign,
    Decision Decision,
    Rule? Rule,
    string? Text,
    bool Current,
    IReadOnlyList<Clause> Clauses,
    BudgetShift? Shift,
    Approval? Approval,
    IReadOnlyList<Decision> Beside,
    IReadOnlyDictionary<string, string> Names
);

public sealed record DecisionsView(
    Campaign Campaign,
    IReadOnlyList<DecisionLine> Lines,
    bool More,
    IReadOnlyDictionary<string, string> Names
);

public sealed class DecisionQueries(CampaignFlowDb db, RuleFiles files, DecisionLines lines, TimeProvider clock)
{
    private const int MostLines = 200;

    /// <returns>Null when there is no such campaign.</returns>
    public async Task<DecisionsView?> ListAsync(string code, DecisionsShown shown, CancellationToken cancellationToken)
    {
        if (await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Code == code, cancellationToken) is not { } campaign)
            return null;
        var (found, more) = await lines.LoadAsync(campaign, shown, clock.GetUtcNow(), MostLines, cancellationToken);
        return new(campaign, found, more, await NamesAsync(campaign, cancellationToken));
    }

    /// <param name="silentIn">The evaluation in whose record the reason is kept; null for a decision.</param>
    /// <returns>Null when the campaign has no such decision.</returns>
    public async Task<DecisionView?> FindAsync(string code, Guid id, string? silentIn, CancellationToken cancellationToken)
    {
        if (await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Code == code, cancellationToken) is not { } campaign)
            return null;
        var decision = silentIn is null
            ? await db.Decisions.AsNoTracking().SingleOrDefaultAsync(d => d.Id == id && d.CampaignId == campaign.Id, cancellationToken)
            : await SilentAsync(campaign, id, silentIn, cancellationToken);
        if (decision is null)
            return null;
        var text = await db
            .RuleVersions.Where(v => v.Hash == decision.RuleHash)
            .Select(v => v.Text)
            .SingleOrDefaultAsync(cancellationToken);
        var shift = await db.BudgetShifts.AsNoTracking().FirstOrDefaultAsync(s => s.DecisionId == id, cancellationToken);
        var key = shift is null ? $"decision:{decision.Key}" : $"shift:{shift.Key}";
        return new(
            campaign,
            decision,
            text is null ? null : RuleFile.Parse(text, $"{decision.Rule}.yaml").Rule,
            text,
            files.Current().Any(f => f.Rule?.Hash == decision.RuleHash),
            JsonSerializer.Deserialize<List<Clause>>(decision.Clauses, RunJson.Options) ?? [],
            shift,
            await db.Approvals.AsNoTracking().FirstOrDefaultAsync(a => a.Key == key, cancellationToken),
            await db
                .Decisions.AsNoTracking()
                .Where(d =>
                    d.Evaluation == decision.Evaluation
                    && d.CampaignId == decision.CampaignId
                    && d.Rule == decision.Rule
                    && d.From == decision.From
                    && d.To == decision.To
                    && d.Id != id
                )
                .ToListAsync(cancellationToken),
            await NamesAsync(campaign, cancellationToken)
        );
    }

    private async Task<Decision?> SilentAsync(Campaign campaign, Guid id, string evaluation, CancellationToken cancellationToken)
    {
        var record = await db
            .EvaluationRecords.AsNoTracking()
            .SingleOrDefaultAsync(r => r.Evaluation == evaluation && r.CampaignId == campaign.Id, cancellationToken);
        return record?.Silent(campaign).FirstOrDefault(d => d.Id == id);
    }

    private Task<Dictionary<string, string>> NamesAsync(Campaign campaign, CancellationToken cancellationToken) =>
        db.CampaignChannels.Where(c => c.CampaignId == campaign.Id).ToDictionaryAsync(c => c.Code, c => c.Name, cancellationToken);
}
