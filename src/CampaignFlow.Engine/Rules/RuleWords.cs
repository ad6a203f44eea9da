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
        ["resume"] = "恢复投放",
        ["closing"] = "收尾",
        ["advance to closing"] = "进入收尾",
    };

    public static string Chinese(string words) => Known.GetValueOrDefault(words.Trim(), words);
}
