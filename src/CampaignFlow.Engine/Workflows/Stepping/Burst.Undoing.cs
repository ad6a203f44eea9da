using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Stepping;

/// <summary>What went in and came out, and undoing it: what completed last is undone first, each once.</summary>
internal sealed partial class Burst
{
    private const int LongestKept = 16_000;

    private static readonly Dictionary<string, JsonNode?> NoValues = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);

    private readonly Dictionary<string, Dictionary<string, JsonNode?>> _given = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, JsonNode?>> _results = new(StringComparer.Ordinal);

    /// <summary>Starts undoing the newest completed step that can be.</summary>
    /// <returns>False when there is nothing left to undo.</returns>
    internal bool UndoNext(Execution? parent)
    {
        if (state.Compensable is not { Count: > 0 } open)
            return false;
        var last = open[^1];
        open.RemoveAt(open.Count - 1);
        if (open.Count == 0)
            state.Compensable = null;
        var undone = definition.Activities[last.Activity];
        var execution = Schedule(parent, definition.Activities[undone.Compensation!]);
        execution.Compensates = last;
        var scope = new Dictionary<string, JsonNode?>(last.Scope ?? [], StringComparer.Ordinal)
        {
            [Compensable.Variable] = new JsonObject
            {
                ["activity"] = last.Activity,
                ["execution"] = last.Execution,
                ["inputs"] = ToObject(last.Inputs),
                ["outputs"] = ToObject(last.Outputs),
            },
        };
        state.Variables[execution.Id] = scope;
        Journal("Compensating", execution, $"Undoes '{undone.Name}' ({last.Execution}).");
        return true;
    }

    internal void CancelRun(string reason, bool compensate)
    {
        if (!compensate)
        {
            CancelAll(reason);
            if (state.Compensable is { Count: var left and > 0 } && state.Cancelling is not null)
                JournalRun("Message", $"Steps that are not undone any more: {left}.");
            End(RunStatus.Cancelled, reason, reason);
            return;
        }
        CancelAll(reason);
        state.Cancelling = reason;
        JournalRun("Message", $"Being cancelled; steps to undo first: {state.Compensable?.Count ?? 0}.");
        UndoOrEnd(reason);
    }

    private void UndoOrEnd(string reason)
    {
        if (!UndoNext(null))
            End(RunStatus.Cancelled, reason, reason);
    }

    private void Remember(Execution self)
    {
        if (ActivityOf(self).Compensation is null)
            return;
        var inputs = self.Given ?? _given.GetValueOrDefault(self.Id);
        (state.Compensable ??= []).Add(
            new(self.Id, self.Activity, Kept(self, inputs), Kept(self, _results.GetValueOrDefault(self.Id)), RoundOf(self))
        );
    }

    private Dictionary<string, JsonNode?>? Kept(Execution self, Dictionary<string, JsonNode?>? values)
    {
        if (values is null)
            return null;
        var kept = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var (name, value) in values)
            if (value is null || value.ToJsonString().Length <= LongestKept)
                kept[name] = value;
            else
                Journal("Message", self, $"'{name}' is too large to be kept for undoing this step.");
        return kept;
    }

    private Dictionary<string, JsonNode?>? RoundOf(Execution self)
    {
        Dictionary<string, JsonNode?>? round = null;
        foreach (var name in (string[])["CurrentValue", "CurrentIndex"])
            if (Variable(self, name, out var value))
                (round ??= new(StringComparer.Ordinal))[name] = value;
        return round;
    }

    private static JsonObject ToObject(Dictionary<string, JsonNode?>? values) =>
        new((values ?? []).Select(v => KeyValuePair.Create(v.Key, v.Value?.DeepClone())));

    private void Seen(Execution self, string input, JsonNode? value) => Put(_given, self, input, value);

    private static void Put(Dictionary<string, Dictionary<string, JsonNode?>> all, Execution self, string name, JsonNode? value)
    {
        if (!all.TryGetValue(self.Id, out var values))
            all[self.Id] = values = new(StringComparer.Ordinal);
        values[name] = value;
    }

    // The line was written before the inputs were known, so that a failing one still says that it started.
    private void NoteInputs(Execution self, Activity activity, int started)
    {
        if (!_given.TryGetValue(self.Id, out var given))
            return;
        if (activity.Compensation is not null)
            self.Given = given;
        var secrets = activity.Described.Inputs.Where(i => i.Secret).Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        var shown = given.Where(g => g.Value is not null);
        if (secrets.Count > 0)
            shown = shown.Select(g => secrets.Contains(g.Key) ? KeyValuePair.Create(g.Key, (JsonNode?)Secrets.Hidden) : g);
        var line = (RunCommand.Journal)_commands[started];
        _commands[started] = new RunCommand.Journal(
            line.Entry with
            {
                Data = JournalData.Of(shown.ToDictionary(g => g.Key, g => g.Value, StringComparer.Ordinal)),
            }
        );
    }
}
