using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;

namespace CampaignFlow.Engine.Workflows.Activities;

/// <summary>What a target does with the tokens before it.</summary>
internal enum Joining
{
    Wait,

    /// <summary>Runs and takes one token of each connection.</summary>
    Run,

    /// <summary>Runs, takes every token and cancels the branches that have not arrived.</summary>
    RunAlone,

    /// <summary>Can never run: its tokens go away.</summary>
    Never,
}

/// <summary>
/// Brings branches together. <c>WaitAny</c> (the default, as in Elsa): the first that arrives goes on, the others are cancelled.
/// <c>WaitAll</c>: every branch must arrive; if one took another way, the join is not reached. <c>WaitAllActive</c>: all that can
/// still arrive. Every other activity with several connections joins like WaitAllActive.
/// </summary>
internal sealed class FlowJoin : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "FlowJoin",
            "Branching",
            new("Join", "汇合"),
            new("Brings several branches together.", "把多个分支汇合为一个。"),
            Input(
                "Mode",
                "String",
                new("Mode", "模式"),
                new(
                    "When the first branch is enough, the others are cancelled; branches that were taken are those that can still arrive.",
                    "任一分支到达即继续时，其余分支取消；已走的分支是指仍可能到达的分支。"
                ),
                otherwise: "WaitAny"
            ) with
            {
                Options = ["WaitAny", "WaitAll", "WaitAllActive"],
            }
        );

    internal override void Run(Burst burst, Execution self, Activity activity) => burst.Complete(self);

    internal override IEnumerable<Phrase> Check(Activity activity)
    {
        if (activity.Inputs.TryGetValue("Mode", out var mode) && !mode.IsConstant)
            yield return new("The mode of a join must be a fixed value.", "汇合的模式必须是固定值。");
    }

    internal static Joining Decide(Flow flow, Activity target)
    {
        var mode = target.Type == "Elsa.FlowJoin" ? target.Inputs["Mode"].Value!.GetValue<string>() : "WaitAllActive";
        if (mode == "WaitAny")
            return Joining.RunAlone;
        var missing = flow.Graph.ForwardInto(target.Id).Where(c => !flow.HasToken(c)).ToList();
        if (missing.Count == 0)
            return Joining.Run;
        var hopeless = missing.Where(c => !flow.MayStillCome(c)).ToList();
        return mode == "WaitAll" && hopeless.Count > 0 ? Joining.Never
            : hopeless.Count == missing.Count ? Joining.Run
            : Joining.Wait;
    }
}
