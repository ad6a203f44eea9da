using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Activities;

/// <summary>Every activity that the stepper runs without calling the product.</summary>
public static class BuiltInActivities
{
    private static readonly BuiltInActivity[] Each =
    [
        new Flowchart(),
        new Sequence(),
        new FlowDecision(),
        new FlowSwitch(),
        new FlowFork(),
        new FlowJoin(),
        new If(),
        new Switch(),
        new ForEach(),
        new While(),
        new For(),
        new Parallel(),
        new ParallelForEach(),
        new Break(),
        new Start(),
        new End(),
        new Finish(),
        new Complete(),
        new Fault(),
        new SetVariable(),
        new SetOutput(),
        new WriteLine(),
        new SetName(),
        new Correlate(),
        new Delay(),
        new Timer(),
        new StartAt(),
        new Cron(),
        new Event(),
        new PublishEvent(),
        new RunTask(),
        new HttpEndpoint(),
        new SendHttpRequest("SendHttpRequest"),
        new SendHttpRequest("FlowSendHttpRequest"),
        new ExecuteWorkflow(),
        new DispatchWorkflow(),
        new Compensate(),
    ];

    private static readonly Dictionary<string, BuiltInActivity> ByType = Each.ToDictionary(a => a.Type.Type, StringComparer.Ordinal);

    /// <summary>Their descriptions, for the designer and the checker.</summary>
    public static IReadOnlyList<ActivityType> All { get; } =
    [.. Each.Select(a => a.Type with { HasChildren = a.HasChildren, Slots = a.Slots })];

    private static readonly Composite UsedWorkflow = new();

    internal static BuiltInActivity? Find(string type) => ByType.GetValueOrDefault(type);

    /// <summary>Null for activities of the product.</summary>
    internal static BuiltInActivity? Of(Activity activity) => activity.Uses is null ? Find(activity.Type) : UsedWorkflow;
}
