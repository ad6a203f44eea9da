using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Rules.Lab;

/// <summary>What the fields of a rule, and why it was silent, are called on pages.</summary>
internal static class LabWords
{
    public static Phrase Of(string key) =>
        key switch
        {
            "rule" => new("Title", "标题"),
            "en" => new("Title in English", "英文标题"),
            "zh" => new("Title in Chinese", "中文标题"),
            "for each" => new("Looks at", "对象"),
            "priority" => new("Priority (0–1000, 50 when empty)", "优先级（0–1000，空为 50）"),
            "only one of" => new("Only one of the group", "同组只执行一条"),
            "choose" => new("Which winner", "接收方的选择"),
            "mode" => new("Mode", "执行方式"),
            "check" => new("Checked", "检查时机"),
            "ignore last" => new("Ignore the last days", "忽略最近几天"),
            "ignore" => new("Ignore", "忽略"),
            "certainty" => new("Certainty", "把握度"),
            "cooldown" => new("Cooldown", "冷却期"),
            "at most" => new("At most", "次数上限"),
            "change at most" => new("One change at most", "单次幅度上限"),
            "move at most" => new("All changes of a day at most", "每日总幅度上限"),
            "keep at least" => new("Keep at least", "至少保留"),
            "never" => new("Never", "禁止"),
            "at least" => new("Minimum sample", "最小样本"),
            _ => Phrase.Same(key),
        };

    /// <summary>An example of what may stand there.</summary>
    public static string Example(string key) =>
        key switch
        {
            "ignore last" => "2d",
            "ignore" => "promotion days",
            "certainty" => "90%",
            "cooldown" => "3d per channel",
            "at most" => "2 changes per campaign per week",
            "change at most" => "20%",
            "move at most" => "8% per day",
            "keep at least" => "20 EUR per day",
            "never" => "pause the last active channel",
            "at least" => "30 conversions",
            "choose" => "highest winner.roas(7d)",
            "mode" => "ask above 3% of daily budget",
            "check" => "every day",
            "only one of" => "channel-safety",
            _ => "",
        };

    /// <summary>A guard by its name; a condition as it stands in the file.</summary>
    public static Phrase By(VerdictKind kind, string by) => kind == VerdictKind.Blocked ? GuardWords.Of(by) : Phrase.Same(by);
}
