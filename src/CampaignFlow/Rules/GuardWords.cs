using CampaignFlow.Engine;

namespace CampaignFlow.Rules;

/// <summary>What a guard is called where people read why something was refused.</summary>
public static class GuardWords
{
    private static readonly Dictionary<string, Phrase> Names = new(StringComparer.Ordinal)
    {
        ["sample"] = new("too few conversions", "样本不足"),
        ["certainty"] = new("not certain enough", "确定性不足"),
        ["waiting"] = new("a change waits for a decision", "已有调整待决定"),
        ["cooldown"] = new("cooldown", "冷却期"),
        ["weekly limit"] = new("weekly limit of changes", "每周变更次数上限"),
        ["daily limit"] = new("daily limit of changes", "每日变更次数上限"),
        ["daily total"] = new("daily limit of moved money", "每日转移总额上限"),
        ["step"] = new("largest single change", "单次调整幅度上限"),
        ["floor"] = new("floor", "预算下限"),
        ["ceiling"] = new("ceiling", "预算上限"),
        ["contract"] = new("contract money", "合同投放"),
        ["learning"] = new("learning phase", "学习期"),
        ["last channel"] = new("last active channel", "最后一个投放渠道"),
        ["kill switch"] = new("kill switch", "紧急停止"),
        ["held"] = new("changes on hold", "调整已暂停"),
        ["nothing to move"] = new("nothing to move", "没有可转移的预算"),
        ["reserve"] = new("no reserve", "没有预备金"),
        ["paused"] = new("the receiver is paused", "接收渠道已暂停"),
        ["nothing to revert"] = new("nothing to take back", "没有可撤回的调整"),
        ["no such workflow"] = new("no such workflow", "没有该流程"),
        ["asked before"] = new("asked before", "已询问过"),
        ["ledger"] = new("refused by the ledger", "账本拒绝"),
    };

    public static Phrase Of(string guard) => Names.TryGetValue(guard, out var name) ? name : Phrase.Same(guard);
}
