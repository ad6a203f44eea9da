namespace CampaignFlow.Engine.Workflows.Versions;

/// <summary>What the run did and can still undo: it has to be possible in the newer version as well.</summary>
public sealed partial class Migration
{
    private List<Compensable>? CompensableOf(RunState state, List<Phrase> refusals)
    {
        if (state.Compensable is not { } open)
            return null;
        // Several rounds of a loop did the same; it is refused once.
        var said = new List<Phrase>();
        List<Compensable> carried = [.. open.Select(done => CarriedUndo(done, said)).OfType<Compensable>()];
        refusals.AddRange(said.Distinct());
        return carried.Count > 0 ? carried : null;
    }

    /// <returns>Null when it is refused, or when a person said that the step has no successor.</returns>
    private Compensable? CarriedUndo(Compensable done, List<Phrase> refusals)
    {
        var was = mapping.Old.Activities[done.Activity];
        if (Find(mapping[was.Id]) is not { } now)
        {
            if (!mapping.Chosen.ContainsKey(was.Id))
                refusals.Add(
                    Say(
                        was,
                        "The run did {0} and can undo it, and the newer version does not have it: say what it becomes.",
                        "该运行已完成且可撤销{0}，新版本中没有它：请指定它对应什么。"
                    )
                );
            return null;
        }
        if (now.Compensation is not null)
            return done with { Activity = now.Id };
        refusals.Add(
            Say(
                was,
                "The run did {0} and can undo it; in the newer version nothing undoes it.",
                "该运行已完成且可撤销{0}；新版本中没有活动撤销它。"
            )
        );
        return null;
    }
}
