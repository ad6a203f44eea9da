using System.Text.Json.Nodes;
using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Checks;

/// <summary>Fixed values of inputs: names that nobody knows, lists that must not be empty, and what the activity's own check finds.</summary>
internal static class InputChecks
{
    internal static IEnumerable<Problem> Of(WorkflowDefinition definition, IReadOnlyCollection<NameList> names)
    {
        var known = names
            .GroupBy(n => n.Of, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.SelectMany(n => n.Names).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        if (known.TryGetValue(NameList.Event, out var events))
            events.UnionWith(
                definition.Activities.Values.Where(a => a.Type == "Elsa.PublishEvent").SelectMany(a => Texts(a, "EventName") ?? [])
            );
        return definition.Activities.Values.SelectMany(a => Named(definition, a, known).Concat(Own(definition, a)));
    }

    private static IEnumerable<Problem> Named(WorkflowDefinition definition, Activity activity, Dictionary<string, HashSet<string>> known)
    {
        foreach (var input in activity.Described.Inputs.Where(i => i.NameOf is not null))
        {
            if (Texts(activity, input.Name) is not { } given)
                continue;
            if (given.Count == 0 && input.Required)
                yield return Empty(definition, activity, input);
            if (known.TryGetValue(input.NameOf!, out var allowed))
                foreach (var name in given.Where(n => n.Length > 0 && !allowed.Contains(n)).Distinct(StringComparer.Ordinal))
                    yield return Unknown(definition, activity, input, name, allowed);
        }
    }

    private static Problem Empty(WorkflowDefinition definition, Activity activity, ActivityInput input)
    {
        var name = DefinitionCheck.Called(activity);
        return DefinitionCheck.Found(
            definition,
            activity,
            Severity.Error,
            "missing-" + input.NameOf,
            new($"{name.En}: input '{input.Name}' names nobody.", $"{name.Zh}：输入“{input.Name}”为空。"),
            new($"Fill in '{input.Label.En}'.", $"请填写“{input.Label.Zh}”。")
        );
    }

    private static Problem Unknown(
        WorkflowDefinition definition,
        Activity activity,
        ActivityInput input,
        string given,
        HashSet<string> allowed
    )
    {
        var name = DefinitionCheck.Called(activity);
        var near =
            given.Length > 64 ? new(".", "。")
            : Nearest.Ask(given, allowed) is { En.Length: > 0 } ask ? ask
            : new Phrase(".", "。");
        if (input.NameOf == NameList.Event)
            return DefinitionCheck.Found(
                definition,
                activity,
                Severity.Note,
                "event-unheard",
                new(
                    $"{name.En} waits for the event '{given}', which nothing known here publishes{near.En}",
                    $"{name.Zh}等待事件“{given}”，但没有已知的发布者{near.Zh}"
                ),
                new("Publish it in a workflow or from outside.", "请在流程中或由外部发布该事件。")
            );
        var all = string.Join(", ", allowed.Order(StringComparer.Ordinal).Take(20));
        return DefinitionCheck.Found(
            definition,
            activity,
            input.NameOf == NameList.Workflow ? Severity.Warning : Severity.Error,
            "unknown-" + input.NameOf,
            new(
                $"{name.En}: input '{input.Name}' is '{given}', and there is no such {input.NameOf}{near.En}",
                $"{name.Zh}：输入“{input.Name}”的值“{given}”不存在{near.Zh}"
            ),
            all.Length == 0 ? new("Make it first.", "请先创建。") : new($"Use one of {all}.", $"可用：{all}。")
        );
    }

    private static IEnumerable<Problem> Own(WorkflowDefinition definition, Activity activity)
    {
        if (activity.Described.Check is not { } check)
            yield break;
        var name = DefinitionCheck.Called(activity);
        var constants = activity.Inputs.Where(i => i.Value.IsConstant).ToDictionary(i => i.Key, i => i.Value.Value, StringComparer.Ordinal);
        foreach (var (en, zh) in check(constants))
            yield return new Problem(definition.FileName, activity.Line, activity.Column, new($"{name.En}: {en}", $"{name.Zh}：{zh}"))
            {
                Code = "input",
                Subject = activity.Id,
            };
    }

    /// <returns>Null when the value is only known in a run, or is not text.</returns>
    private static List<string>? Texts(Activity activity, string input) =>
        !activity.Inputs.TryGetValue(input, out var expression) || !expression.IsConstant ? null
        : expression.Value is JsonArray list ? [.. list.Select(i => i?.ToString() ?? "")]
        : expression.Value is JsonValue value ? [value.ToString()]
        : null;
}
