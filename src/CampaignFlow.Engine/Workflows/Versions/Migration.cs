using CampaignFlow.Engine.Workflows.Activities;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;

namespace CampaignFlow.Engine.Workflows.Versions;

/// <summary>Where a run stands, seen from what the two versions do not have in common.</summary>
public enum ChangePlace
{
    Before,
    At,
    After,
}

/// <summary>An activity at work or waiting, and what it becomes; null: it has no successor.</summary>
public sealed record Landing(Activity From, Activity? To);

/// <summary>What becomes of one run.</summary>
public sealed record MigrationOutcome(ChangePlace Place, IReadOnlyList<Landing> Landings, IReadOnlyList<Phrase> Refusals)
{
    /// <summary>The run as the newer version goes on with it; null when it is refused.</summary>
    public RunState? State { get; init; }

    /// <summary>The newer version has something to do at once: <see cref="RunEvent.Migrated"/> has to be stepped.</summary>
    public bool GoesOn { get; init; }

    /// <summary>Activities that start with that.</summary>
    public IReadOnlyList<Activity> Starts { get; init; } = [];
}

/// <summary>
/// Carries runs of one version over to another. Execution ids, bookmarks and due times stay; nothing that is finished opens again, no
/// gate or approval is passed over, and where that cannot be kept the run is refused with a sentence and stays what it is.
/// </summary>
/// <param name="name">What an activity is called in a sentence; its name in the definition when null.</param>
public sealed partial class Migration(ActivityMapping mapping, Func<Activity, Phrase>? name = null)
{
    private readonly Layout _old = new(mapping.Old);
    private readonly Layout _new = new(mapping.New);
    private readonly Func<Activity, Phrase> _name = name ?? (activity => Phrase.Same(activity.Name));

    public VersionDiff Diff { get; } = VersionDiff.Of(mapping.Old, mapping.New, mapping);

    /// <summary>The given state is left as it is.</summary>
    public MigrationOutcome Carry(RunState state, DateTimeOffset now)
    {
        if (mapping.Problems.Count > 0)
            return new(ChangePlace.Before, [], mapping.Problems);
        if (state.Status is RunStatus.Finished or RunStatus.Cancelled)
            return new(ChangePlace.After, [], [new("The run is over.", "该运行已结束。")]);
        if (state is { Next: 1, Executions.Count: 0 })
            return Begin(state);
        var standing = Standing.Of(state, mapping.Old, _old);
        var landings = standing.At.Select(id => new Landing(mapping.Old.Activities[id], Find(mapping[id]))).ToList();
        var refusals = new List<Phrase>();
        var after = Land(state, refusals);
        if (refusals.Count == 0)
            KeepOrder(standing, refusals);
        var outcome = new MigrationOutcome(PlaceOf(standing), landings, refusals);
        if (refusals.Count > 0)
            return outcome;
        var carried = RunCopy.Of(state) with
        {
            Executions = [.. state.Executions.Select(e => Carried(e, state, after, standing, refusals))],
            Compensable = CompensableOf(state, refusals),
            Outputs = OutputsOf(state),
            Variables = VariablesOf(state, after, refusals),
            Input = InputOf(state, refusals),
        };
        return refusals.Count > 0 ? outcome : GoOn(outcome with { State = carried }, now);
    }

    // What started it by itself has to be there still.
    private MigrationOutcome Begin(RunState state)
    {
        if (state.Trigger is not { } trigger)
            return new(ChangePlace.Before, [], []) { State = RunCopy.Of(state) };
        return Find(mapping[trigger.Activity]) is { } now
            ? new(ChangePlace.Before, [], []) { State = RunCopy.Of(state) with { Trigger = trigger with { Activity = now.Id } } }
            : new(ChangePlace.Before, [], [NoSuccessor(mapping.Old.Activities[trigger.Activity])]);
    }

    // Every live execution needs an activity of its own type in the container that its parent has become.
    private Dictionary<string, Activity> Land(RunState state, List<Phrase> refusals)
    {
        var after = new Dictionary<string, Activity>(StringComparer.Ordinal);
        foreach (var execution in state.Executions)
        {
            var was = mapping.Old.Activities[execution.Activity];
            if (Find(mapping[was.Id]) is { } now)
                after[execution.Id] = now;
            else
                refusals.Add(NoSuccessor(was));
            if (execution.Status == ExecutionStatus.Called)
                refusals.Add(Say(was, "{0} is at work right now; try again in a moment.", "{0}正在执行，请稍后重试。"));
        }
        // What undoes a step stands wherever the undoing began.
        foreach (var execution in state.Executions.Where(e => e.Compensates is null && after.ContainsKey(e.Id)))
        {
            var container = _new.ContainerOf(after[execution.Id].Id);
            var parent = execution.Parent is null ? null : after.GetValueOrDefault(execution.Parent);
            if (execution.Parent is null ? container is not null : parent is not null && parent.Id != container?.Id)
                refusals.Add(
                    Say(
                        mapping.Old.Activities[execution.Activity],
                        "The run stands at {0}, which stands inside something else in the newer version.",
                        "该运行停在{0}，而它在新版本中位于另一个容器里。"
                    )
                );
        }
        return after;
    }

    private Phrase NoSuccessor(Activity was) =>
        mapping.New.Activities.TryGetValue(was.Id, out var other) && other.Type != was.Type
            ? new(
                $"The run stands at {Quoted(was).En}, which is a {other.Described.Name.En} in the newer version.",
                $"该运行停在{Quoted(was).Zh}，而它在新版本中变成了“{other.Described.Name.Zh}”。"
            )
            : Say(
                was,
                "The run stands at {0}, which the newer version does not have: say what it becomes.",
                "该运行停在{0}，新版本中没有它：请指定它对应什么。"
            );

    private Execution Carried(
        Execution execution,
        RunState state,
        Dictionary<string, Activity> after,
        Standing standing,
        List<Phrase> refusals
    )
    {
        var was = mapping.Old.Activities[execution.Activity];
        var now = after[execution.Id];
        var carrying = new Carrying(
            was,
            now,
            mapping,
            standing.Past,
            [.. state.Executions.Where(e => e.Parent == execution.Id).Select(e => after[e.Id])],
            _name,
            refusals
        );
        var memory =
            execution.Memory is null ? null
            : BuiltInActivities.Of(now) is { } builtIn ? builtIn.Carried(execution.Memory, carrying)
            : execution.Memory;
        return execution with
        {
            Activity = now.Id,
            Memory = memory,
            Bookmarks = [.. execution.Bookmarks],
            Compensates = execution.Compensates is { } undone ? CarriedUndo(undone, refusals) : null,
        };
    }

    private MigrationOutcome GoOn(MigrationOutcome outcome, DateTimeOffset now)
    {
        var step = Stepper.Step(mapping.New, outcome.State!, new RunEvent.Migrated(), now);
        return outcome with
        {
            GoesOn = step.Commands.Count > 0,
            Starts =
            [
                .. step
                    .Commands.OfType<RunCommand.Journal>()
                    .Where(j => j.Entry is { What: "Started", Activity: not null })
                    .Select(j => mapping.New.Activities[j.Entry.Activity!]),
            ],
        };
    }

    private Activity? Find(string? id) => id is null ? null : mapping.New.Activities[id];

    private Phrase Quoted(Activity activity) => Carrying.Quoted(_name(activity));

    private Phrase Say(Activity activity, string en, string zh) =>
        new(
            en.Replace("{0}", Quoted(activity).En, StringComparison.Ordinal),
            zh.Replace("{0}", Quoted(activity).Zh, StringComparison.Ordinal)
        );
}
