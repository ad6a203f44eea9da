using CampaignFlow.Applying;
using CampaignFlow.Shell;

namespace CampaignFlow.Books;

/// <summary>An instruction's colour.</summary>
public static class InstructionTone
{
    public static Tone Of(InstructionState state) =>
        state switch
        {
            InstructionState.Open => Tone.Look,
            InstructionState.Done => Tone.YourTurn,
            InstructionState.Confirmed => Tone.Holds,
            InstructionState.Drifted or InstructionState.Failed => Tone.Blocks,
            _ => Tone.Quiet,
        };
}
