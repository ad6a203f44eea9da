using System.Text.Json.Nodes;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Checks;
using CampaignFlow.Engine.Workflows.DryRuns;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;

namespace CampaignFlow.Rules;

/// <summary><c>CampaignFlow.EvaluateRules</c>: one evaluation of all rules over the campaign, now.</summary>
public sealed class EvaluateRulesActivity(CampaignFlowDb db, EvaluateCampaign evaluate) : IActivity
{
    public ActivityType Type { get; } =
        new(
            "CampaignFlow.EvaluateRules",
            "Campaign",
            new("Evaluate rules", "评估规则"),
            new(
                "Looks at the channels' numbers with all rules; shifts are proposed, applied or refused, each with its reason.",
                "用全部规则检查各渠道数据；提出、执行或拒绝预算调整，并说明原因。"
            ),
            [
                new(
                    "Rules",
                    "String[]",
                    new("Rules", "规则"),
                    new(
                        "Only these, with the rules whose marks they read; none chosen: all.",
                        "仅评估所选规则（请同时选择为其打标记的规则）；不选则为全部。"
                    )
                )
                {
                    NameOf = NameList.Rule,
                },
            ],
            [
                new("Fired", "Int32", new("Fired", "触发数"), new("How many rules had something to say.", "有多少条规则被触发。")),
                new(
                    "FlightOver",
                    "Boolean",
                    new("The flight is over", "投放期已结束"),
                    new("Whether the campaign has ended by now.", "此时活动是否已结束。")
                ),
            ],
            ["Done"]
        )
        {
            MovesMoney = true,
            Rehearse = Rehearse,
        };

    private static Rehearsal Rehearse(RehearsalCall call) =>
        new()
        {
            Notes =
            [
                new(
                    "All rules look at the channels; what they decide depends on the numbers of that day.",
                    "全部规则检查各渠道；结果取决于当天的数据。"
                ),
            ],
            Outputs = new Dictionary<string, JsonNode?> { ["Fired"] = 0, ["FlightOver"] = PlannedFlight.IsOver(call) },
        };

    public async Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        var campaign = await db.CampaignOfAsync(call.Correlation, cancellationToken);
        // After the last day there is no budget left to move.
        var over = campaign.Today(call.Now) > campaign.EndsOn;
        var decisions = over
            ? []
            : await evaluate.HandleAsync([new(campaign, call.Key)], Chosen(call, evaluate.InForce()), call.Now, cancellationToken);
        return new ActivityResult.Done
        {
            Outputs = new Dictionary<string, JsonNode?>
            {
                ["Fired"] = decisions.Count(d =>
                    d.Outcome is DecisionOutcome.Applied or DecisionOutcome.Waiting or DecisionOutcome.Observed
                ),
                ["FlightOver"] = over,
            },
        };
    }

    private static IReadOnlyList<Rule> Chosen(ActivityCall call, IReadOnlyList<Rule> rules)
    {
        var names = call.List("Rules").Where(n => n.Length > 0).ToList();
        return names.Find(n => rules.All(r => r.Id != n)) is { } unknown
                ? throw new ActivityFault($"There is no rule '{unknown}'; there are {string.Join(", ", rules.Select(r => r.Id))}.")
            : names.Count == 0 ? rules
            : [.. rules.Where(r => names.Contains(r.Id))];
    }
}
