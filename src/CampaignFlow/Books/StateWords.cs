using CampaignFlow.Budgets;
using CampaignFlow.Engine;
using CampaignFlow.Shell;

namespace CampaignFlow.Books;

/// <summary>A shift's state as people read it.</summary>
public static class StateWords
{
    public static Phrase Of(ShiftState state) =>
        state switch
        {
            ShiftState.Waiting => new("Waiting", "待审批"),
            ShiftState.Applied => new("Applied", "已生效"),
            ShiftState.Rejected => new("Rejected", "已拒绝"),
            ShiftState.Expired => new("Expired", "已过期"),
            ShiftState.Refused => new("Refused by the ledger", "账本拒绝"),
            _ => new("Rolled back", "已撤销"),
        };

    public static Tone ToneOf(ShiftState state) =>
        state switch
        {
            ShiftState.Waiting => Tone.YourTurn,
            ShiftState.Applied => Tone.Holds,
            ShiftState.Rejected or ShiftState.Refused => Tone.Blocks,
            ShiftState.RolledBack => Tone.Look,
            _ => Tone.Quiet,
        };
}
