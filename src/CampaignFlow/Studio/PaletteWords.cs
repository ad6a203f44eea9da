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

    /// <summary>A value of a closed list. What a workflow stores stays as it is.</summary>
    public static Phrase Option(string option) =>
        option switch
        {
            "MatchFirst" => new("The first case that holds", "首个成立的情况"),
            "MatchAny" => new("Every case that holds", "所有成立的情况"),
            "WaitAny" => new("The first branch is enough", "任一分支到达即继续"),
            "WaitAll" => new("Wait for all branches", "等待全部分支"),
            "WaitAllActive" => new("Wait for all branches that were taken", "等待所有已走的分支"),
            "weekly" => new("Weekly", "每周"),
            "final" => new("Final", "总结"),
            "evaluation" => new("Evaluation", "评估"),
            _ => Phrase.Same(option),
        };
}
