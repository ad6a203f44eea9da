using CampaignFlow.Engine;

namespace CampaignFlow.Rules;

/// <summary>What a guard is called where people read why something was refused.</summary>
public static class GuardWords
{
    private static readonly Dictionary<string, Phrase> Names = new(StringComparer.Ordinal)
    {
        ["sample"] = new("too few conversions", "样本不足"),
        ["certainty"] = new("not certain enough", "确定性不足"),
        ["waiting"] = new("a change waits for approval", "已有调整待批准"),
        ["cooldown"] = new("cooldown", "冷却期"),
        ["limit"] = new("limit of changes", "变更次数上限"),
        ["floor"] = new("floor", "预算下限"),
        ["ceiling"] = new("ceiling", "预算上限"),
        ["contract"] = new("contract money", "合同投放"),
        ["learning"] = new("learning phase", "学习期"),
        ["held"] = new("changes on hold", "调整已暂停"),
        ["ledger"] = new("refused by the ledger", "账本拒绝"),
    };

    public static Phrase Of(string guard) => Names.TryGetValue(guard, out var name) ? name : Phrase.Same(guard);
}
