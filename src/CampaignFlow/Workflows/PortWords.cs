using CampaignFlow.Engine;

namespace CampaignFlow.Workflows;

/// <summary>The ways out of a step in the reader's words; names that people gave stay as they are.</summary>
internal static class PortWords
{
    /// <summary>Only how a port is shown; connections keep its name.</summary>
    public static Phrase Of(string port) =>
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
