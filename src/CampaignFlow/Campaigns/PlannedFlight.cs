using CampaignFlow.Engine.Workflows.DryRuns;

namespace CampaignFlow.Campaigns;

/// <summary>How long money is spent where no campaign is at hand: in dry runs of a process.</summary>
public static class PlannedFlight
{
    /// <summary>Days of a flight whose end nobody gave; the input <c>FlightEnd</c> gives it.</summary>
    public const int UsualDays = 28;

    public static bool IsOver(RehearsalCall call) =>
        call.Now >= (call.Moment("FlightEnd") ?? (call.Moment("FlightStart") ?? call.FirstAt).AddDays(UsualDays));
}
