using CampaignFlow.Engine;

namespace CampaignFlow.Lifecycle;

/// <summary>How the options of choice fields read; they are stored in English.</summary>
internal static class ChoiceWords
{
    private static readonly Dictionary<string, Phrase> Known = new(StringComparer.Ordinal)
    {
        ["met"] = new("met", "达成"),
        ["partially"] = new("partially met", "部分达成"),
        ["missed"] = new("missed", "未达成"),
        ["not measurable"] = new("not measurable", "无法衡量"),
        ["keep"] = new("keep doing", "继续做"),
        ["stop"] = new("stop doing", "停止做"),
        ["start"] = new("start doing", "开始做"),
        ["proposal"] = new("change proposal", "转为改进提案"),
        ["knowledge"] = new("knowledge base", "归入知识库"),
        ["rejected"] = new("not taken up", "不采纳"),
    };

    public static Phrase Of(string option) => Known.GetValueOrDefault(option, Phrase.Same(option));
}
