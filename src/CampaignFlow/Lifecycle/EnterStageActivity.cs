using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Lifecycle;

/// <summary><c>CampaignFlow.EnterStage</c>: the campaign is in this stage from now on; earlier stages are left, parallel ones stay.</summary>
public sealed class EnterStageActivity(CampaignFlowDb db) : IActivity
{
    public ActivityType Type { get; } =
        new(
            "CampaignFlow.EnterStage",
            "Campaign",
            new("Enter stage", "进入阶段"),
            new("Moves the campaign into a stage and starts its clock.", "让活动进入某个阶段并开始计时。"),
            [
                new("Stage", "String", new("Stage", "阶段"), new("Which one begins here, such as C7.", "在此开始的阶段，例如 C7。"), true)
                {
                    Options = [.. Stage.All.Select(s => s.Code)],
                },
                new(
                    "Days",
                    "Int32",
                    new("Days", "天数"),
                    new("Planned length, such as 5; empty: the stage's own.", "计划天数，例如 5；留空用该阶段的默认值。")
                ),
            ],
            [],
            ["Done"]
        );

    public async Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        var campaign = await db.CampaignOfAsync(call.Correlation, cancellationToken);
        var stage = call.Stage();
        var open = await db.StageVisits.Where(v => v.CampaignId == campaign.Id && v.LeftAt == null).ToListAsync(cancellationToken);
        foreach (var visit in open.Where(v => IsBefore(v.Stage, stage.Code)))
            visit.LeftAt = call.Now;
        var days = int.TryParse(call.Text("Days"), System.Globalization.CultureInfo.InvariantCulture, out var given) ? given : stage.Days;
        db.StageVisits.Add(
            new()
            {
                CampaignId = campaign.Id,
                Stage = stage.Code,
                Key = call.Key,
                EnteredAt = call.Now,
                DueAt = stage.Code == Stage.Execution ? campaign.At(campaign.EndsOn.AddDays(1), TimeOnly.MinValue) : call.Now.AddDays(days),
            }
        );
        if (campaign.State == CampaignState.Draft)
            campaign.State = CampaignState.Active;
        db.Publish($"stage-entered:{call.Key}", new StageEntered(campaign.Id, stage.Code), call.Now);
        db.Note(campaign.Id, call.Now, "–", new($"Entered {stage.Short} {stage.Name.En}.", $"进入 {stage.Short} {stage.Name.Zh}。"));
        return new ActivityResult.Done();
    }

    /// <summary>C4 and C5 run side by side, so entering one does not leave the other.</summary>
    private static bool IsBefore(string left, string entered) =>
        string.CompareOrdinal(left, entered) < 0 && (left, entered) is not (Stage.Plan, Stage.Content);
}

public sealed record StageEntered(Guid CampaignId, string Stage) : IFact;
