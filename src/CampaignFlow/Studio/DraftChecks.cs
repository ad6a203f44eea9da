using CampaignFlow.Engine;
using CampaignFlow.Engine.Expressions.Script;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Studio;

/// <summary>What stands between a draft and its publication, each naming its activity.</summary>
internal sealed class DraftChecks(CampaignFlowDb db, ActivityCatalogue catalogue, DefinitionChecks checks)
{
    public async Task<IReadOnlyList<Problem>> FindAsync(string id, string json, CancellationToken cancellationToken)
    {
        var used = await UsedWorkflows.NewestAsync(db, json, cancellationToken);
        var (definition, problems) = WorkflowJson.Parse(json, id + ".json", catalogue.Product, used);
        if (definition is null)
            return problems;
        var others = await db.WorkflowVersions.Where(v => v.Published).Select(v => v.DefinitionId).ToListAsync(cancellationToken);
        return [.. problems, .. checks.Check(definition, others)];
    }

    /// <summary>What keeps a text from being read at all: foreign types, expressions and inputs. An unfinished draft may be unreadable, an import not.</summary>
    public async Task<IReadOnlyList<Problem>> UnreadableAsync(string id, string json, CancellationToken cancellationToken)
    {
        var used = await UsedWorkflows.NewestAsync(db, json, cancellationToken);
        var (definition, problems) = WorkflowJson.Parse(json, id + ".json", catalogue.Product, used);
        return definition is null ? problems : [];
    }

    /// <summary>What a condition in this definition may name, as far as the definition can be read.</summary>
    public async Task<RuleNames> NamesAsync(string id, string json, CancellationToken cancellationToken) =>
        WorkflowJson.Names(json, id + ".json", catalogue.Product, await UsedWorkflows.NewestAsync(db, json, cancellationToken));

    public async Task<IReadOnlyList<Problem>> ErrorsAsync(string id, string json, CancellationToken cancellationToken)
    {
        var found = await FindAsync(id, json, cancellationToken);
        return [.. found.Where(p => p.Severity == Severity.Error)];
    }
}
