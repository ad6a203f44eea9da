using System.Globalization;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Activities;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.DryRuns;

/// <summary>
/// Goes through a definition on a clock of its own, with the outcomes a person chose, and tells the path, the time it takes, and what
/// it would ask of whom. Nothing happens; the same request always gives the same answer.
/// </summary>
public sealed partial class DryRun
{
    /// <summary>How often one activity may come up before the run is taken to go round for ever.</summary>
    public const int MostVisits = 500;

    private const int MostEvents = 20_000;
    private const int DeepestCall = 4;
    private const string Kind = "dry";
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3_653);
    private static readonly TimeSpan UsualLead = TimeSpan.FromDays(30);

    private readonly WorkflowDefinition _definition;
    private readonly DryRunRequest _request;
    private readonly int _depth;
    private readonly Dictionary<string, DryChoice> _choices;
    private readonly Dictionary<string, FlowGraph> _graphs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (DateTimeOffset At, int Order, JsonNode? Payload)> _planned = new(StringComparer.Ordinal);
    private readonly Queue<RunEvent> _events = new();
    private readonly List<Phrase> _assumed = [];
    private readonly Dictionary<string, JsonNode?> _inputs;
    private RunState _state = new();
    private DateTimeOffset _now;
    private int _taken;
    private int _order;
    private DryStuck? _endless;

    private DryRun(WorkflowDefinition definition, DryRunRequest request, int depth)
    {
        (_definition, _request, _depth) = (definition, request, depth);
        _choices = request
            .Choices.DistinctBy(c => c.Activity, StringComparer.Ordinal)
            .ToDictionary(c => c.Activity, StringComparer.Ordinal);
        foreach (var flowchart in definition.Activities.Values.Where(a => a.Graph is not null))
        foreach (var child in flowchart.Children)
            _graphs[child.Id] = flowchart.Graph!;
        _inputs = new(request.Inputs, StringComparer.Ordinal);
    }

    public static DryRunResult Run(WorkflowDefinition definition, DryRunRequest request) => new DryRun(definition, request, 0).Go();

    private DryRunResult Go()
    {
        _now = _request.Start;
        AssumeMoments();
        Take(new RunEvent.Started(_inputs));
        while (_endless is null && _state.Status is RunStatus.Running or RunStatus.Suspended && NextPlanned() is { } next)
        {
            var (at, _, payload) = _planned[next];
            if (at - _request.Start > Longest)
                break;
            _planned.Remove(next);
            _now = at > _now ? at : _now;
            Take(new RunEvent.Resumed(next, payload));
        }
        return Told();
    }

    // A first day that nobody gave would stop the run at once.
    private void AssumeMoments()
    {
        foreach (var input in _definition.Inputs.Where(i => i.Kind.StartsWith("DateTime", StringComparison.Ordinal)))
        {
            if (_inputs.GetValueOrDefault(input.Name)?.ToString() is { Length: > 0 })
                continue;
            var moment = (_request.Start + UsualLead).ToString("yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture);
            _inputs[input.Name] = moment;
            _assumed.Add(
                new(
                    $"Input '{input.Name}' was not given; {moment} is taken, 30 days after the start.",
                    $"未给出输入“{input.Name}”；按开始后 30 天（{moment}）计算。"
                )
            );
        }
    }

    private string? NextPlanned() => _planned.Count == 0 ? null : _planned.MinBy(p => (p.Value.At, p.Value.Order)).Key;

    private void Take(RunEvent @event)
    {
        _events.Enqueue(@event);
        while (_endless is null && _events.TryDequeue(out var next))
        {
            var step = Stepper.Step(_definition, _state, next, _now, Choose);
            _state = step.State;
            foreach (var command in step.Commands)
                Obey(command);
            if (++_taken > MostEvents && _state.Executions.LastOrDefault() is { } last)
                _endless ??= Endless(_definition.Activities[last.Activity], _taken);
        }
    }

    private void Obey(RunCommand command)
    {
        switch (command)
        {
            case RunCommand.Journal line:
                Record(line.Entry);
                break;
            case RunCommand.Write write:
                _notes.Add(Phrase.Same(write.Text));
                break;
            case RunCommand.Execute call:
                _events.Enqueue(Answer(call));
                break;
            case RunCommand.Wait wait:
                Plan(wait.Execution, wait.Bookmark);
                break;
            case RunCommand.Forget forget:
                _planned.Remove(forget.Bookmark);
                break;
            case RunCommand.Signal signal when signal.Correlation is null || signal.Correlation == _state.CorrelationId:
                foreach (
                    var bookmark in _state.Executions.SelectMany(e => e.Bookmarks).Where(b => b.Kind == signal.Kind && b.Key == signal.Key)
                )
                    _events.Enqueue(new RunEvent.Resumed(bookmark.Id, signal.Payload));
                break;
            case RunCommand.StartRun other:
                RunOther(other);
                break;
        }
    }

    /// <summary>What the person chose for this visit of an activity with conditions.</summary>
    private string? Choose(Activity activity)
    {
        if (!_choices.TryGetValue(activity.Id, out var choice))
            return null;
        var visit = _decided[activity.Id] = _decided.GetValueOrDefault(activity.Id) + 1;
        return choice.At(visit)?.Outcome;
    }

    private RunEvent Answer(RunCommand.Execute call)
    {
        if (call.Resumption is not null)
            return new RunEvent.Completed(call.Execution, [_answers[call.Execution].Outcome], _answers[call.Execution].Outputs);
        var activity = _definition.Activities[call.Activity];
        var first = _firsts.TryGetValue(activity.Id, out var before) ? before : _firsts[activity.Id] = _now;
        var does =
            activity.Described.Rehearse?.Invoke(new(activity, call.Inputs, _now.ToOffset(_request.Start.Offset), first, _inputs)) ?? new();
        var answer = AnswerAt(call.Execution, activity);
        var outcome = answer?.Outcome ?? activity.Ports[0];
        if (BuiltInActivities.Of(activity) is SendHttpRequest)
        {
            (outcome, var status) = SendHttpRequest.AnswerFor(activity, answer?.Outcome);
            does = does with { Outputs = new Dictionary<string, JsonNode?>(StringComparer.Ordinal) { ["StatusCode"] = status } };
        }
        Change(call.Execution, s => s with { Does = does, Chosen = answer?.Outcome is not null });
        var until = answer?.After is { } after ? after.After(_now.ToOffset(_request.Start.Offset)) : _now + does.Takes;
        if (until <= _now)
            return new RunEvent.Completed(call.Execution, [outcome], does.Outputs);
        _answers[call.Execution] = (outcome, does.Outputs);
        return new RunEvent.Waits(call.Execution, [new Bookmark("", Kind, activity.Id, until)]);
    }

    private DryAnswer? AnswerAt(string execution, Activity activity) =>
        _choices.TryGetValue(activity.Id, out var choice) ? choice.At(_visitOf.GetValueOrDefault(execution, 1)) : null;

    /// <summary>Decides when what is waited for comes; what never comes is not planned.</summary>
    private void Plan(string execution, Bookmark bookmark)
    {
        var activity = _definition.Activities[_activityOf[execution]];
        var answer = bookmark.Kind == Kind ? null : AnswerAt(execution, activity);
        JsonNode? payload = null;
        DateTimeOffset? at = answer?.After is { } after ? after.After(_now.ToOffset(_request.Start.Offset)) : bookmark.DueAt;
        if (at is null && bookmark.Kind == "run" && _others.TryGetValue(bookmark.Key, out var other))
        {
            payload = new JsonObject(other.Output.Select(o => KeyValuePair.Create(o.Key, o.Value?.DeepClone())));
            at = other.Finished ? other.Ended : null;
        }
        if (at is null && bookmark.Kind == Bookmark.Event)
            at = _request.NextEvent?.Invoke(bookmark.Key, _now.ToOffset(_request.Start.Offset));
        if (at is null && answer is not null)
            at = _now;
        if (at is { } planned)
            _planned[bookmark.Id] = (planned.ToUniversalTime(), _order++, payload);
        if (bookmark.Kind != Kind || !Has(execution, s => s.Does.Task is not null))
            Change(execution, s => s with { WaitsFor = Reason(bookmark, activity) });
    }

    private void RunOther(RunCommand.StartRun other)
    {
        if (_depth >= DeepestCall || _request.Others?.Invoke(other.Definition) is not { } definition)
        {
            _others[other.Key] = new(RunStatus.Finished, _now, _now, [], [], [], new HashSet<Connection>(), [], [], _inputs);
            _assumed.Add(
                new(
                    $"The workflow '{other.Definition}' is not looked into; it is taken as done at once.",
                    $"不展开流程“{other.Definition}”，按立即完成计算。"
                )
            );
            return;
        }
        var prefix = other.Definition + "/";
        var choices = _request
            .Choices.Where(c => c.Activity.StartsWith(prefix, StringComparison.Ordinal))
            .Select(c => c with { Activity = c.Activity[prefix.Length..] });
        var inner = new DryRun(
            definition,
            _request with
            {
                Start = _now.ToOffset(_request.Start.Offset),
                Inputs = other.Input,
                Choices = [.. choices],
            },
            _depth + 1
        );
        var result = _others[other.Key] = inner.Go();
        _inner.AddRange(result.Steps.Select(s => s with { Within = s.Within ?? other.Definition }));
        _assumed.AddRange(result.Assumed);
    }

    private static DryStuck Endless(Activity activity, int times) =>
        new(
            activity,
            new(
                $"It came up {times} times; the run goes round and round. Choose an outcome that leaves the loop.",
                $"已出现 {times} 次，流程一直在循环。请选择能离开循环的结果。"
            )
        );
}
