using System.Text.Json;
using CampaignFlow.Engine.Workflows.Activities;

namespace CampaignFlow.Engine.Workflows.Definition;

/// <summary>Workflows used as activities, what starts the workflow by itself, and loops that could never end.</summary>
internal sealed partial class WorkflowReader
{
    private const int DeepestUse = 10;

    // Shared with the readers of used workflows: a few uses of uses can be very many activities.
    private Counter _read = new();
    private string _prefix = "";
    private IReadOnlyList<string> _path = [];

    private sealed class Counter
    {
        internal int Count { get; set; }
    }

    private static PlacedJson Model(PlacedJson document) =>
        document["root"] is null ? document["model"] ?? document["workflowDefinition"] ?? document : document;

    private sealed record Used(WorkflowDefinition Definition, IReadOnlyList<string> Outcomes)
    {
        internal ActivityType Described(string type) =>
            new(
                type,
                "Workflows",
                Phrase.Same(Definition.Name),
                Phrase.Same(Definition.Description ?? ""),
                [.. Definition.Inputs.Select(i => new ActivityInput(i.Name, i.Kind, Phrase.Same(i.DisplayName), new("", "")))],
                [.. Definition.Outputs.Select(o => new ActivityOutput(o.Name, o.Kind, Phrase.Same(o.DisplayName), new("", "")))],
                [.. Outcomes.Append("Done").Distinct(StringComparer.Ordinal)]
            )
            {
                BuiltIn = true,
            };
    }

    /// <returns>Null when it was refused.</returns>
    private Used? ReadUse(PlacedJson item, WorkflowUse use, string id, string name)
    {
        Phrase? refusal = null;
        if (_path.Contains(use.DefinitionId, StringComparer.Ordinal))
        {
            var circle = string.Join(" → ", [.. _path, use.DefinitionId]);
            refusal = new($"uses a workflow that uses this one: {circle}", $"使用的流程又使用了本流程：{circle}");
        }
        else if (_path.Count > DeepestUse)
            refusal = new($"uses workflows more than {DeepestUse} deep", $"流程嵌套使用超过 {DeepestUse} 层");
        var found = refusal is null ? usedBy(use) : null;
        if (refusal is null && found is null)
            refusal = new(
                $"uses the workflow '{use.DefinitionId}', and nothing of that name is published. Publish it first",
                $"使用了流程“{use.DefinitionId}”，但没有已发布的同名流程。请先发布它"
            );
        WorkflowParse? broken = null;
        var document = found is null ? null : WorkflowJson.Placed(found.Json, found.FileName, out broken);
        if (document is not null && Model(document)["options"]?["usableAsActivity"]?.Kind != JsonValueKind.True)
            refusal = new(
                $"uses the workflow '{use.DefinitionId}', which is not meant for that. Set options.usableAsActivity in it",
                $"使用了流程“{use.DefinitionId}”，但它未允许作为活动使用。请在其中设置 options.usableAsActivity"
            );
        if (refusal is { } why)
        {
            Wrong(item, id, new($"'{name}' ({id}) {why.En}.", $"“{name}”（{id}）{why.Zh}。"));
            return null;
        }
        var reader = new WorkflowReader(found!.Json, found.FileName, known, found.Uses ?? usedBy)
        {
            _prefix = id + ":",
            _path = [.. _path, use.DefinitionId],
            _read = _read,
        };
        var (definition, problems) = document is null ? broken! : reader.Read(document);
        _problems.AddRange(problems);
        if (definition is null)
            return null;
        foreach (var (inner, activity) in definition.Activities)
            _activities[inner] = activity;
        // They live and end with the root of the used workflow, so that what it is given is worked out among the others' variables.
        definition.Root.Variables = [.. definition.Variables, .. definition.Root.Variables];
        var outcomes = Items(Model(document!)["outcomes"], "outcomes").Select(o => o.Text).OfType<string>().ToList();
        return new(definition, outcomes);
    }

    /// <summary>Triggers of the workflow itself: the activity it begins with, or those of its flowchart that are marked as its starts.</summary>
    private List<WorkflowTrigger> TriggersOf(Activity root)
    {
        var triggers = new List<WorkflowTrigger>();
        if (_prefix.Length > 0)
            return triggers;
        var may =
            root.Graph is not null ? root.Children.ToHashSet()
            : root.Children.Count > 0 ? [root.Children[0]]
            : new HashSet<Activity> { root };
        foreach (var activity in _activities.Values.Where(a => a.CanStart && !a.Id.Contains(':')))
        {
            if (BuiltInActivities.Of(activity) is not { TriggerInputs.Count: > 0 } builtIn)
                continue;
            var open = builtIn.TriggerInputs.FirstOrDefault(i => activity.Inputs.GetValueOrDefault(i) is { IsConstant: false });
            if (!may.Contains(activity))
                Wrong(
                    activity,
                    new(
                        "is marked as a start of the workflow, but a run cannot begin inside a container. Move it to the outermost flowchart, or take the mark away.",
                        "被标记为流程的起点，但运行不能从容器内部开始。请把它移到最外层流程图，或取消标记。"
                    )
                );
            else if (open is not null)
                Wrong(
                    activity,
                    new(
                        $"starts the workflow, so input '{open}' must be a fixed value: there is no run yet that could work it out.",
                        $"会启动流程，因此输入“{open}”必须是固定值：此时还没有可计算它的运行。"
                    )
                );
            else if (builtIn.TriggerInputs.All(activity.Inputs.ContainsKey))
                triggers.AddRange(builtIn.Triggers(activity).Select(s => new WorkflowTrigger(activity.Id, s.Kind, s.Key)));
        }
        RefuseSelfStarts(triggers);
        return triggers;
    }

    // A run that starts the next one by its own event would go on for ever.
    private void RefuseSelfStarts(List<WorkflowTrigger> triggers)
    {
        var names = triggers.Where(t => t.Kind == Bookmark.Event).Select(t => t.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var activity in _activities.Values.Where(a => a.Type == "Elsa.PublishEvent"))
            if (
                activity.Inputs.GetValueOrDefault("EventName") is { IsConstant: true, Value: { } name }
                && names.Contains(name.ToString())
                && activity.Inputs.GetValueOrDefault("IsLocalEvent")?.Value?.ToString() is not "true"
            )
                Wrong(
                    activity,
                    new(
                        $"publishes the event '{name}', which starts this workflow: each run would start the next. Use another event, or mark it as local.",
                        $"发布了会启动本流程的事件“{name}”：每次运行都会再启动一次。请改用其他事件，或将其设为本地事件。"
                    )
                );
    }

    // Activities that go on at once by their only outcome, in a circle: such a run would never come to rest.
    private void RefuseEndlessLoop(PlacedJson item, Activity flowchart, List<Connection> connections)
    {
        var circling = flowchart
            .Children.Where(c => BuiltInActivities.Of(c) is { PassesThrough: true })
            .ToDictionary(c => c.Id, StringComparer.Ordinal);
        var next = connections
            .Where(c => circling.ContainsKey(c.Source) && circling.ContainsKey(c.Target))
            .ToLookup(c => c.Source, c => c.Target, StringComparer.Ordinal);
        // Whoever leads to nobody is in no circle; what is left at the end leads into one.
        while (circling.Keys.FirstOrDefault(id => !next[id].Any(circling.ContainsKey)) is { } end)
            circling.Remove(end);
        if (circling.Count == 0)
            return;
        var path = new List<string>();
        for (var at = circling.Keys.First(); !path.Contains(at, StringComparer.Ordinal); at = next[at].First(circling.ContainsKey))
            path.Add(at);
        var again = next[path[^1]].First(circling.ContainsKey);
        var names = string.Join(" → ", path.SkipWhile(id => id != again).Append(again).Select(id => $"'{circling[id].Name}' ({id})"));
        Wrong(
            item,
            flowchart.Id,
            new(
                $"'{flowchart.Name}' ({flowchart.Id}) has no start, and its loop {names} neither waits nor ends. Add a Start activity, and a decision or a wait.",
                $"“{flowchart.Name}”（{flowchart.Id}）没有起点，且循环 {names} 既不等待也不结束。请添加“开始”活动，并加入判断或等待。"
            )
        );
    }

    private void Wrong(Activity activity, Phrase text) =>
        _problems.Add(
            new Problem(
                file,
                activity.Line,
                activity.Column,
                new($"'{activity.Name}' ({activity.Id}) {text.En}", $"“{activity.Name}”（{activity.Id}）{text.Zh}")
            )
            {
                Subject = activity.Id,
            }
        );
}
