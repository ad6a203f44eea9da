using CampaignFlow.Engine;

namespace CampaignFlow.Studio;

/// <summary>Words of the palette that belong to no single activity.</summary>
internal static class PaletteWords
{
    public static Phrase Category(string category) =>
        category switch
        {
            "Campaign" => new("Campaign", "营销活动"),
            "People" => new("People", "人员协作"),
            "Flow" => new("Flow", "流程结构"),
            "Branching" => new("Branching", "分支判断"),
            "Looping" => new("Looping", "循环"),
            "Primitives" => new("Basics", "基础"),
            "Scheduling" => new("Time", "时间"),
            "Composition" => new("Other workflows", "其他流程"),
            "HTTP" => new("Web", "网络请求"),
            "Email" => new("Mail", "邮件"),
            "Console" => new("Notes", "记录"),
            _ => Phrase.Same(category),
        };
}
