using CampaignFlow.Workflows;

namespace CampaignFlow.Lifecycle;

internal static class StageOfCall
{
    extension(ActivityCall call)
    {
        /// <summary>The stage named by the input Stage.</summary>
        /// <exception cref="ActivityFault">There is no such stage; the sentence lists them.</exception>
        public Stage Stage()
        {
            var code = call.Required("Stage");
            return Lifecycle.Stage.All.FirstOrDefault(s => s.Code == code)
                ?? throw new ActivityFault(
                    $"'{code}' is not a stage; use one of {string.Join(", ", Lifecycle.Stage.All.Select(s => s.Code))}."
                );
        }
    }
}
