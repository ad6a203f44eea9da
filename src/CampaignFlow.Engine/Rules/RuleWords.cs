namespace CampaignFlow.Engine.Rules;

/// <summary>The fixed words of rule files as Chinese readers know them; what an author invents stays as written.</summary>
internal static class RuleWords
{
    private static readonly Dictionary<string, string> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["campaign owner"] = "活动负责人",
        ["budget owner"] = "预算负责人",
        ["data-team"] = "数据团队",
        ["data team"] = "数据团队",
        ["all budget changes"] = "全部预算调整",
        ["for more money"] = "是否追加预算",
        ["to confirm"] = "请确认",
        ["channel"] = "该渠道的预算调整",
        ["loser"] = "让出方的预算调整",
        ["winner"] = "接收方的预算调整",
        ["operator"] = "运营专员",
        ["manager"] = "运营经理",
        ["analyst"] = "数据分析师",
        ["editor"] = "内容编辑",
        ["brand"] = "品牌经理",
        ["finance"] = "财务",
        ["executive"] = "负责人",
        ["go on"] = "照常进行",
        ["resume"] = "恢复投放",
        ["closing"] = "收尾",
        ["advance to closing"] = "进入收尾",
    };

    public static string Role(string role) =>
        role switch
        {
            "loser" => "让出方",
            "winner" => "接收方",
            "channel" => "该渠道",
            "portfolio" => "活动组合",
            _ => "活动",
        };

    /// <param name="words">What an author wrote, in both languages if a bar stands between: <c>find the reason | 查明原因</c>.</param>
    public static Phrase Authored(string words) =>
        words.Split(" | ", 2) is [var english, var chinese] ? new(english.Trim(), chinese.Trim()) : new(words, Chinese(words));

    public static string Chinese(string words) => Known.GetValueOrDefault(words.Trim(), words);
}
