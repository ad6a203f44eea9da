using System.Globalization;
using System.Text.Json.Nodes;

namespace CampaignFlow.Engine.Workflows.Stepping;

/// <summary>What happens when an activity fails or takes too long, and what a person then does about it.</summary>
internal sealed partial class Burst
{
    /// <summary>Tries it again after a pause while its policy allows, else it waits for a person.</summary>
    internal void Fail(Execution self, string error)
    {
        if (ActivityOf(self).Retry is not { } policy || self.Attempt >= policy.Attempts)
        {
            Stop(self, error);
            return;
        }
        Forget(self);
        self.Status = ExecutionStatus.Waiting;
        self.Error = error;
        var pause = policy.Pause(self.Attempt, $"{state.Key ?? state.CorrelationId}:{self.Id}:{self.Attempt}");
        var bookmark = new Bookmark(Number("b"), Bookmark.Retry, "", Now + pause);
        self.Bookmarks.Add(bookmark);
        Tell(new RunCommand.Wait(self.Id, bookmark));
        WatchTheClock(self);
        Journal(
            "Failed",
            self,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{error} Attempt {self.Attempt + 1} of {policy.Attempts} follows at {bookmark.DueAt:yyyy-MM-dd HH:mm:ss}Z."
            )
        );
    }

    /// <summary>Stops it until a person decides.</summary>
    private void Stop(Execution self, string error)
    {
        Forget(self);
        self.Status = ExecutionStatus.Faulted;
        self.Error = error;
        self.FaultedAt = Now;
        Journal("Faulted", self, error);
    }

    private void TryAgain(Execution self)
    {
        self.Attempt++;
        self.Error = null;
        self.Status = ExecutionStatus.Open;
        Journal("Retried", self, string.Create(CultureInfo.InvariantCulture, $"Attempt {self.Attempt}."));
        _queue.Enqueue(self.Id);
    }

    // Whatever it waits for, its own time goes on, and it is the same time for all its attempts.
    private void WatchTheClock(Execution self)
    {
        if (self.Deadline is not { } deadline || self.Bookmarks.Exists(b => b.Kind == Bookmark.Timeout))
            return;
        var bookmark = new Bookmark(Number("b"), Bookmark.Timeout, "", deadline);
        self.Bookmarks.Add(bookmark);
        Tell(new RunCommand.Wait(self.Id, bookmark));
    }

    private void TimeOut(Execution self)
    {
        var activity = ActivityOf(self);
        var timeout = activity.Timeout;
        foreach (var child in ChildrenOf(self))
            Cancel(child, $"'{activity.Name}' took too long.");
        self.Memory = null;
        self.Resumption = null;
        self.Error = null;
        self.Round = (self.Round ?? 0) + 1;
        Journal("TimedOut", self, timeout?.Outcome is { } port ? $"Not done within {timeout.Text}: going on with '{port}'." : null);
        if (timeout?.Outcome is { } outcome)
            Guarded(self, () => Pass(self, [outcome]));
        else
            Stop(self, $"'{activity.Name}' was not done within {timeout?.Text}.");
    }

    internal void Retry(Execution self, RunEvent.Retried asked)
    {
        self.FaultedAt = null;
        self.Deadline = null;
        if (asked.Inputs is { Count: > 0 } inputs)
        {
            var set = new Dictionary<string, JsonNode?>(self.Inputs ?? NoValues, StringComparer.Ordinal);
            foreach (var (name, value) in inputs)
                set[name] = value?.DeepClone();
            self.Inputs = set;
        }
        self.Attempt++;
        self.Error = null;
        self.Status = ExecutionStatus.Open;
        Journal("Retried", self, Told($"Attempt {self.Attempt}{Changes(asked)}", asked.Why));
        Guarded(
            self,
            () =>
            {
                foreach (var (name, value) in asked.Variables ?? NoValues)
                    SetVariable(self, name, value);
            }
        );
        if (self.Status == ExecutionStatus.Open)
            _queue.Enqueue(self.Id);
    }

    internal void Skip(Execution self, RunEvent.Skipped skipped)
    {
        Journal("Skipped", self, Told($"Going on with '{skipped.Outcome}'", skipped.Why));
        self.Error = null;
        // What was not carried out is not undone.
        Pass(self, [skipped.Outcome]);
    }

    private static string Told(string what, string? why) => why is { Length: > 0 } ? $"{what}: {why}" : what + ".";

    private static string Changes(RunEvent.Retried asked)
    {
        var names = (asked.Inputs ?? NoValues).Keys.Concat((asked.Variables ?? NoValues).Keys).ToList();
        return names.Count > 0 ? $" with another {string.Join(", ", names)}" : "";
    }

    // Every error that waits for a person, so that none hides behind the first.
    private string? Errors()
    {
        var errors = state
            .Executions.Where(e => e.Status == ExecutionStatus.Faulted)
            .Select(e => e.Error ?? $"'{ActivityOf(e).Name}' failed.")
            .Distinct(StringComparer.Ordinal)
            .ToList();
        const int shown = 5;
        return errors.Count == 0 ? null
            : errors.Count <= shown ? string.Join('\n', errors)
            : string.Create(CultureInfo.InvariantCulture, $"{string.Join('\n', errors.Take(shown))}\n… and {errors.Count - shown} more.");
    }
}
