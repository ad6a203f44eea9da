using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.DryRuns;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Lifecycle;

/// <summary>
/// <c>CampaignFlow.Gate</c>: the way out of a stage. It opens when every condition holds on stored facts, or when a manager overrides
/// it with a reason; until then it looks again whenever something changed, and once a day.
/// </summary>
public sealed class GateActivity(CampaignFlowDb db, GateFacts facts) : IActivity
{
    /// <summary>Bookmark kind; the key is the stage, the correlation the campaign.</summary>
    public const string BookmarkKind = "gate";

    private static readonly TimeSpan LookAgain = TimeSpan.FromHours(24);

    public ActivityType Type { get; } =
        new(
            "CampaignFlow.Gate",
            "Campaign",
            new("Gate", "阶段关口"),
            new("Lets the campaign leave a stage when all conditions hold on facts.", "所有条件在事实上成立后，活动才能离开该阶段。"),
            [
                new(
                    "Stage",
                    "String",
                    new("Stage", "阶段"),
                    new("Which one the campaign may leave here, such as C3.", "在此可离开的阶段，例如 C3。"),
                    true
                )
                {
                    Options = [.. Stage.All.Select(s => s.Code)],
                },
                new(
                    "Conditions",
                    "String[]",
                    new("Conditions", "条件"),
                    new("One condition a line, such as competitors >= 1.", "每行一个条件，例如 competitors >= 1。"),
                    true
                )
                {
                    Multiline = true,
                },
            ],
            [],
            ["Passed"]
        )
        {
            Decides = true,
            Waits = true,
            Check = CheckConditions,
            Rehearse = Rehearse,
        };

    private static IEnumerable<string> Lines(IEnumerable<string> conditions) =>
        conditions.SelectMany(c => c.Split('\n')).Select(c => c.Trim()).Where(c => c.Length > 0);

    private static IEnumerable<Phrase> CheckConditions(IReadOnlyDictionary<string, JsonNode?> inputs) =>
        inputs.GetValueOrDefault("Conditions") is JsonArray conditions
            ? Lines(conditions.Select(c => c?.ToString() ?? ""))
                .SelectMany(line => Formula.Condition(line, GateFacts.Vocabulary, line).Problems.Take(1))
                .Select(p => new Phrase($"the condition '{p.File}' cannot be read: {p.Text.En}", $"条件“{p.File}”无法读取：{p.Text.Zh}"))
            : [];

    // Whether the facts will hold cannot be known: it opens as soon as it is come to, unless another time is chosen.
    private static Rehearsal Rehearse(RehearsalCall call)
    {
        var conditions = string.Join("; ", Lines(call.List("Conditions")));
        return new() { Notes = [new($"Opens when {conditions}.", $"满足以下条件时放行：{conditions}。")] };
    }

    public async Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        var campaign = await db.CampaignOfAsync(call.Correlation, cancellationToken);
        var stage = call.Stage();
        var gate = await db.GateChecks.SingleOrDefaultAsync(g => g.Key == call.Key, cancellationToken) ?? Open(campaign, stage, call);
        var clauses = await LookAsync(campaign, gate, call.Now, cancellationToken);
        gate.CheckedAt = call.Now;
        gate.Clauses = JsonSerializer.Serialize(clauses, RunJson.Options);
        if (clauses.All(c => c.Holds == true) || gate.OverriddenBy is not null)
            return await PassAsync(campaign, stage, gate, call.Now, cancellationToken);
        return new ActivityResult.Wait(new Bookmark($"gate-{call.Key}", BookmarkKind, stage.Code, call.Now + LookAgain));
    }

    private GateCheck Open(Campaign campaign, Stage stage, ActivityCall call)
    {
        var gate = new GateCheck
        {
            CampaignId = campaign.Id,
            Stage = stage.Code,
            Key = call.Key,
            OpenedAt = call.Now,
            Conditions = string.Join('\n', Lines(call.List("Conditions"))),
        };
        db.GateChecks.Add(gate);
        return gate;
    }

    private async Task<List<Clause>> LookAsync(Campaign campaign, GateCheck gate, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var known = await facts.ReadAsync(campaign, now, cancellationToken);
        var clauses = new List<Clause>();
        foreach (var line in gate.Conditions.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var reading = Formula.Condition(line, GateFacts.Vocabulary, $"gate of {gate.Stage}");
            if (reading.Formula is not { } formula)
                throw new ActivityFault($"The gate of {gate.Stage} has a condition that cannot be read: {reading.Problems[0]}");
            clauses.AddRange(formula.Explain(known).Clauses);
        }
        return clauses;
    }

    private async Task<ActivityResult> PassAsync(
        Campaign campaign,
        Stage stage,
        GateCheck gate,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        gate.PassedAt = now;
        await foreach (
            var visit in db
                .StageVisits.Where(v => v.CampaignId == campaign.Id && v.Stage == stage.Code && v.LeftAt == null)
                .AsAsyncEnumerable()
        )
            visit.LeftAt = now;
        db.Note(
            campaign.Id,
            now,
            gate.OverriddenBy ?? "–",
            gate.OverriddenBy is null
                ? new($"Gate of {stage.Short} passed.", $"{stage.Short} 关口已通过。")
                : new($"Gate of {stage.Short} overridden: {gate.OverrideReason}", $"{stage.Short} 关口被强制通过：{gate.OverrideReason}")
        );
        if (stage.Code == Stage.Review)
            campaign.State = CampaignState.Completed;
        return new ActivityResult.Done("Passed");
    }
}
