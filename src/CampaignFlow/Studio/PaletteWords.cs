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

    /// <summary>Only how a port is shown; connections keep its name.</summary>
    public static Phrase Port(string port) =>
        port switch
        {
            "Done" => new("Done", "完成"),
            "True" => new("Yes", "是"),
            "False" => new("No", "否"),
            "Then" => new("Then", "成立时"),
            "Else" => new("Else", "否则"),
            "Body" => new("Body", "循环体"),
            "Default" => new("Otherwise", "其他情况"),
            "Approved" => new("Approved", "已批准"),
            "Returned" => new("Returned", "退回修改"),
            "Rejected" => new("Rejected", "已拒绝"),
            "TimedOut" => new("Timed out", "超时"),
            "Applied" => new("Applied", "已执行"),
            "Refused" => new("Refused", "被拒绝"),
            "Reached" => new("Reached", "已达到"),
            "Passed" => new("Passed", "已通过"),
            "Timeout" => new("Timed out", "超时"),
            "Failed to connect" => new("Failed to connect", "无法连接"),
            "Unmatched status code" => new("Other status", "其他状态码"),
            _ => Phrase.Same(port),
        };
}
