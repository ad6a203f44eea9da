using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Activities;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.DryRuns;

/// <summary>What happened on the way, from the engine's own journal.</summary>
public sealed partial class DryRun
{
    private readonly List<DryStep> _steps = [];
    private readonly Dictionary<string, int> _stepOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _activityOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _visitOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _visits = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _decided = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _firsts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (string Outcome, IReadOnlyDictionary<string, JsonNode?> Outputs)> _answers = new(
        StringComparer.Ordinal
    );
    private readonly Dictionary<string, DryRunResult> _others = new(StringComparer.Ordinal);
    private readonly Dictionary<Connection, int> _followed = [];
    private readonly List<DryStep> _inner = [];
    private readonly List<Phrase> _notes = [];

    private void Record(JournalEntry entry)
    {
        if (entry.Activity is null)
            return;
        var activity = _definition.Activities[entry.Activity];
        if (entry.Execution is not { } execution)
        {
            var name = Checks.DefinitionCheck.Called(activity);
            _notes.Add(
                new(
                    $"{name.En} is not reached: it waits for all of its branches, and one of them took another way.",
                    $"{name.Zh}未到达：它要等待所有分支，而其中一个走了别的路。"
                )
            );
            return;
        }
        switch (entry.What)
        {
            case "Started":
                Begin(execution, activity);
                break;
            case "Completed":
                Change(execution, s => s with { EndedAt = _now, Outcome = entry.Text ?? "Done", Chosen = IsChosen(s) });
                if (BuiltInActivities.Of(activity) is not { EndsContainer: true } && activity.Type is not ("Elsa.Finish" or "Elsa.Break"))
                    Follow(activity, entry.Text ?? "Done");
                break;
            case "Cancelled":
                Change(execution, s => s with { EndedAt = _now, Withdrawn = true });
                break;
            case "Faulted":
                if (!_stepOf.ContainsKey(execution))
                    Begin(execution, activity);
                Change(execution, s => s with { Error = entry.Text });
                break;
        }
    }

    private void Begin(string execution, Activity activity)
    {
        _activityOf[execution] = activity.Id;
        var visit = _visitOf[execution] = _visits[activity.Id] = _visits.GetValueOrDefault(activity.Id) + 1;
        if (visit > MostVisits)
            _endless ??= Endless(activity, visit);
        // Containers only hold what is told anyway.
        if (activity.Graph is not null || activity.Children.Count > 0)
            return;
        _stepOf[execution] = _steps.Count;
        _steps.Add(new(0, null, activity, visit, _now));
    }

    private bool IsChosen(DryStep step) =>
        step.Chosen || _choices.TryGetValue(step.Activity.Id, out var choice) && choice.At(step.Visit)?.Outcome is not null;

    private void Follow(Activity activity, string outcomes)
    {
        if (!_graphs.TryGetValue(activity.Id, out var graph))
            return;
        var ports = outcomes.Split(", ");
        foreach (var connection in graph.From(activity.Id).Where(c => c.Port == outcomes || ports.Contains(c.Port, StringComparer.Ordinal)))
            _followed[connection] = _followed.GetValueOrDefault(connection) + 1;
    }

    private void Change(string execution, Func<DryStep, DryStep> change)
    {
        if (_stepOf.TryGetValue(execution, out var at))
            _steps[at] = change(_steps[at]);
    }

    private bool Has(string execution, Func<DryStep, bool> what) => _stepOf.TryGetValue(execution, out var at) && what(_steps[at]);

    private static Phrase Reason(Bookmark bookmark, Activity activity) =>
        bookmark.Kind switch
        {
            Bookmark.Event => new($"the event '{bookmark.Key}'", $"事件“{bookmark.Key}”"),
            Bookmark.Timer => new("time to pass", "时间到达"),
            Bookmark.Http or Bookmark.HttpRoute => new($"the request {bookmark.Key}", $"请求 {bookmark.Key}"),
            "run" => new("the other workflow's end", "另一流程结束"),
            "runtask" => new($"the task '{bookmark.Key}' outside", $"外部任务“{bookmark.Key}”"),
            Kind => activity.Described.Name,
            _ => Phrase.Same($"{bookmark.Kind} {bookmark.Key}"),
        };

    private DryRunResult Told()
    {
        var steps = _steps.Concat(_inner).OrderBy(s => s.StartedAt).Select((s, i) => s with { Number = i + 1 });
        return new(
            _endless is null ? _state.Status : RunStatus.Suspended,
            _request.Start.ToUniversalTime(),
            _now.ToUniversalTime(),
            [.. steps],
            _state.Status == RunStatus.Finished ? [] : [.. Stands()],
            [.. Rounds()],
            _followed.Keys.ToHashSet(),
            _notes,
            _assumed,
            _state.Output
        );
    }

    private IEnumerable<DryStuck> Stands()
    {
        if (_endless is not null)
        {
            yield return _endless;
            yield break;
        }
        foreach (var execution in _state.Executions)
        {
            var activity = _definition.Activities[execution.Activity];
            if (execution.Status == ExecutionStatus.Faulted)
                yield return new(activity, new($"It fails: {execution.Error}", $"执行失败：{execution.Error}"));
            else if (execution.Status == ExecutionStatus.Waiting)
                foreach (var bookmark in execution.Bookmarks)
                    yield return new(activity, Why(bookmark, activity));
        }
    }

    private Phrase Why(Bookmark bookmark, Activity activity)
    {
        if (_planned.ContainsKey(bookmark.Id))
            return new("It would only go on in more than ten years.", "十年以后才会继续。");
        if (bookmark.Kind == "run" && _others.TryGetValue(bookmark.Key, out var other))
            return other.Stuck is [var first, ..]
                ? new(
                    $"The workflow it waits for stands at '{first.Activity.Name}': {first.Why.En}",
                    $"它等待的流程停在“{first.Activity.Name}”：{first.Why.Zh}"
                )
                : new("The workflow it waits for does not end.", "它等待的流程没有结束。");
        var reason = Reason(bookmark, activity);
        return new(
            $"It waits for {reason.En}, and nothing here brings that. Say when it comes, such as {activity.Id}={activity.Ports[0]}@1d.",
            $"正在等待{reason.Zh}，但没有来源。请指定何时发生，例如 {activity.Id}={activity.Ports[0]}@1d。"
        );
    }

    private IEnumerable<DryLoop> Rounds()
    {
        foreach (var (connection, times) in _followed.Where(f => _graphs[f.Key.Source].IsBack(f.Key)).OrderByDescending(f => f.Value))
            yield return new(_definition.Activities[connection.Source], _definition.Activities[connection.Target], times);
        foreach (var loop in _definition.Activities.Values.Where(a => BuiltInActivities.Of(a) is { IsLoop: true }))
            if (loop.Slots.TryGetValue("Body", out var body) && _visits.GetValueOrDefault(body.Id) is > 1 and var rounds)
                yield return new(loop, body, rounds);
    }
}
