using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Stepping;

/// <summary>What the run's history says.</summary>
internal sealed partial class Burst
{
    internal void Note(Activity activity, string text) =>
        Tell(new RunCommand.Journal(new JournalEntry(Now, "Message", activity.Id, activity.Name, activity.Type, null, text)));

    private void Journal(string what, Execution self, string? text, string? data = null)
    {
        var activity = ActivityOf(self);
        Tell(new RunCommand.Journal(new JournalEntry(Now, what, activity.Id, activity.Name, activity.Type, self.Id, text) { Data = data }));
    }

    private void JournalRun(string what, string? text) =>
        Tell(new RunCommand.Journal(new JournalEntry(Now, what, null, null, null, null, text)));
}
