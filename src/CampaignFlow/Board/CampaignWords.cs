using CampaignFlow.Campaigns;
using CampaignFlow.Engine;

namespace CampaignFlow.Board;

/// <summary>What a campaign's states are called.</summary>
public static class CampaignWords
{
    public static Phrase Of(CampaignState state) =>
        state switch
        {
            CampaignState.Draft => new("Draft", "草稿"),
            CampaignState.Active => new("Active", "进行中"),
            CampaignState.OnHold => new("On hold", "已暂停"),
            CampaignState.Completed => new("Completed", "已完成"),
            CampaignState.Archived => new("Archived", "已归档"),
            _ => new("Cancelled", "已取消"),
        };
}
