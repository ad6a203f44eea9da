using System.Text.Json;
using CampaignFlow.Engine.Workflows.Activities;

namespace CampaignFlow.Engine.Workflows.Definition;

internal sealed partial class WorkflowReader
{
    private Activity? ReadActivity(PlacedJson item, string? loop)
    {
        if (++_read.Count > WorkflowJson.MostActivities)
            throw new TooManyActivities("No more is read.");
        if (item.Kind != JsonValueKind.Object || item["type"]?.Text is not { Length: > 0 } type)
        {
            Wrong(item, item["id"]?.Text, new("An activity needs a \"type\".", "活动需要 \"type\"。"));
            return null;
        }
        var id = item["id"]?.Text;
        if (string.IsNullOrWhiteSpace(id))
            id = $"{type[(type.LastIndexOf('.') + 1)..]}-{++_unnamed}";
        var name = Named(item, id);
        id = _prefix + id;
        var use = _types.ContainsKey(type) ? null : WorkflowUse.Of(item);
        var used = use is null ? null : ReadUse(item, use, id, name);
        if (use is not null && used is null)
        {
            _refused.Add(id);
            return null;
        }
        if ((used is null ? _types.GetValueOrDefault(type) : used.Described(type)) is not { } described)
        {
            _refused.Add(id);
            var en = Suggest(type, _types.Keys, " Did you mean '{0}'?", out var zh);
            Wrong(
                item["type"]!,
                id,
                new(
                    $"Activity '{name}' ({id}) is of type '{type}', which is not supported.{en}",
                    $"活动“{name}”（{id}）的类型“{type}”不受支持。{zh}"
                )
            );
            return null;
        }
        var activity = new Activity
        {
            Id = id,
            Name = name,
            Display = Displayed(item["metadata"]),
            Type = type,
            Described = described,
            Uses = use?.DefinitionId,
            Line = item.Line,
            Column = item.Column,
            CanStart =
                item["canStartWorkflow"]?.Kind == JsonValueKind.True
                || item["customProperties"]?["canStartWorkflow"]?.Kind == JsonValueKind.True,
        };
        if (_activities.TryGetValue(id, out var first))
            Wrong(
                item["id"]!,
                id,
                new(
                    $"Two activities have the id '{id}': '{first.Name}' (line {first.Line}) and '{name}'.",
                    $"两个活动使用了同一个标识“{id}”：“{first.Name}”（第 {first.Line} 行）和“{name}”。"
                )
            );
        _activities[id] = activity;
        // Before the inputs: an activity's own expressions may refer to its variables.
        activity.Variables = Variables(item["variables"]);
        ReadInputs(item, activity);
        activity.Captures = Captures(item, described);
        if (used is not null)
            activity.Slots = new Dictionary<string, Activity>(StringComparer.Ordinal) { ["Root"] = used.Definition.Root };
        else if (BuiltInActivities.Find(type) is { } builtIn)
            ReadParts(item, activity, builtIn, builtIn.IsLoop ? id : loop);
        ReadTries(item, activity);
        activity.Ports = PortsOf(activity, activity.Cases);
        if (type == "Elsa.Flowchart")
            activity.Graph = ReadGraph(item, activity);
        if (type == "Elsa.Break" && loop is null)
            Wrong(
                item,
                id,
                new($"'{name}' ({id}) breaks out of a loop but is not inside one.", $"“{name}”（{id}）要跳出循环，但它不在循环里。")
            );
        return activity;
    }

    private static Phrase? Displayed(PlacedJson? metadata) =>
        metadata?["displayText"]?.Text is { Length: > 0 } text
            ? new(text, metadata["displayTextZh"]?.Text is { Length: > 0 } zh ? zh : text)
            : null;

    private static string Named(PlacedJson item, string id) =>
        item["name"]?.Text is { Length: > 0 } name ? name
        : item["metadata"]?["displayText"]?.Text is { Length: > 0 } shown ? shown
        : id;

    private void ReadParts(PlacedJson item, Activity activity, BuiltInActivity builtIn, string? loop)
    {
        if (builtIn.HasChildren)
            activity.Children = [.. Items(item["activities"], "activities").Select(child => ReadActivity(child, loop)).OfType<Activity>()];
        var slots = new Dictionary<string, Activity>(StringComparer.Ordinal);
        foreach (var slot in builtIn.Slots)
            if (item[Camel(slot)] is { } child && ReadActivity(child, loop) is { } read)
                slots[slot] = read;
        if (activity.Type == "Elsa.SendHttpRequest" && item["expectedStatusCodes"] is { Kind: JsonValueKind.Array } codes)
            foreach (var code in codes.Items.Where(c => c["activity"] is not null))
                if (ReadActivity(code["activity"]!, loop) is { } read)
                    slots[code["statusCode"]?.Scalar?.ToString() ?? ""] = read;
        activity.Slots = slots;
        if (builtIn.IsLoop && activity.Slots.Count == 0 && item["body"] is null)
            Wrong(
                item,
                activity.Id,
                new($"The loop '{activity.Name}' ({activity.Id}) has no body.", $"循环“{activity.Name}”（{activity.Id}）没有循环体。")
            );
        if (builtIn.HasCases)
            activity.Cases = Cases(item, activity, loop);
        foreach (var problem in builtIn.Check(activity))
            Wrong(
                item,
                activity.Id,
                new($"'{activity.Name}' ({activity.Id}): {problem.En}", $"“{activity.Name}”（{activity.Id}）：{problem.Zh}")
            );
    }

    private List<SwitchCase> Cases(PlacedJson item, Activity activity, string? loop)
    {
        var cases = new List<SwitchCase>();
        foreach (var @case in Items(item["cases"], "cases"))
        {
            var label = @case["label"]?.Text ?? "";
            var where = new Phrase($"condition of case '{label}'", $"分支“{label}”的条件");
            var condition = @case["condition"] is { } given
                ? ReadExpression(given["expression"] ?? given, activity, where, "Boolean")
                : null;
            if (label.Length == 0 || condition is null)
                Wrong(
                    @case,
                    activity.Id,
                    new(
                        $"A case of '{activity.Name}' ({activity.Id}) needs a label and a condition.",
                        $"“{activity.Name}”（{activity.Id}）的分支需要标签和条件。"
                    )
                );
            else
                cases.Add(new(label, condition, @case["activity"] is { } child ? ReadActivity(child, loop) : null));
        }
        foreach (var twice in cases.GroupBy(c => c.Label, StringComparer.Ordinal).Where(g => g.Count() > 1))
            Wrong(
                item["cases"]!,
                activity.Id,
                new(
                    $"'{activity.Name}' ({activity.Id}) has two cases '{twice.Key}'.",
                    $"“{activity.Name}”（{activity.Id}）有两个“{twice.Key}”分支。"
                )
            );
        return cases;
    }

    private static List<string> PortsOf(Activity activity, IReadOnlyList<SwitchCase> cases)
    {
        var ports = new List<string>(activity.Described.Outcomes);
        if (ports.Count == 0)
            ports.Add("Done");
        if (activity.Type == "Elsa.FlowSwitch")
            ports.AddRange(cases.Select(c => c.Label));
        if (activity.Described.OutcomesInput is { } input && activity.Inputs.TryGetValue(input, out var list))
            ports.AddRange(
                list is { IsConstant: true, Value: System.Text.Json.Nodes.JsonArray names } ? names.Select(n => n!.ToString())
                : list.IsConstant ? []
                : ["*"]
            );
        if (activity.Timeout?.Outcome is { } late && !ports.Contains(late, StringComparer.Ordinal))
            ports.Add(late);
        return ports;
    }

    private FlowGraph? ReadGraph(PlacedJson item, Activity flowchart)
    {
        var children = flowchart.Children.Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
        var connections = new List<Connection>();
        var broken = false;
        foreach (var connection in Items(item["connections"], "connections"))
        {
            var from = Endpoint(connection, "source", "sourcePort");
            var to = Endpoint(connection, "target", "targetPort");
            if (!Exists(connection, from, flowchart, children) || !Exists(connection, to, flowchart, children))
            {
                broken = true;
                continue;
            }
            var source = _activities[from.Id!];
            var port = from.Port is { Length: > 0 } given ? given : source.Ports[0];
            if (!source.Ports.Contains(port, StringComparer.Ordinal) && !source.Ports.Contains("*", StringComparer.Ordinal))
            {
                var ports = string.Join(", ", source.Ports);
                Wrong(
                    connection,
                    source.Id,
                    new(
                        $"'{source.Name}' ({source.Id}) has no outcome '{port}'; its outcomes are {ports}.",
                        $"“{source.Name}”（{source.Id}）没有结果“{port}”；可用的结果：{ports}。"
                    )
                );
            }
            if (to.Port is { Length: > 0 } entry && !string.Equals(entry, "In", StringComparison.OrdinalIgnoreCase))
                Wrong(connection, to.Id, new($"Connections lead into port 'In', not '{entry}'.", $"连线应接入端口“In”，而不是“{entry}”。"));
            if (!connections.Exists(c => c.Source == source.Id && c.Port == port && c.Target == to.Id))
                connections.Add(new(connections.Count, source.Id, port, to.Id!));
        }
        return broken || children.Count < flowchart.Children.Count
            ? null
            : new(StartOf(item, flowchart, connections), [.. children], connections);
    }

    private string? Local(string? id) => id is null ? null : _prefix + id;

    private (string? Id, string? Port) Endpoint(PlacedJson connection, string end, string port) =>
        connection[end] is { Kind: JsonValueKind.Object } place
            ? (Local((place["activity"] ?? place["activityId"])?.Text), place["port"]?.Text)
            : (Local(connection[end]?.Text), connection[port]?.Text);

    private bool Exists(PlacedJson connection, (string? Id, string? Port) end, Activity flowchart, HashSet<string> children)
    {
        if (end.Id is not null && children.Contains(end.Id))
            return true;
        // An activity that could not be read has been reported already.
        if (end.Id is not null && _refused.Contains(end.Id))
            return false;
        Wrong(
            connection,
            flowchart.Id,
            new(
                $"A connection of '{flowchart.Name}' ({flowchart.Id}) refers to activity '{end.Id}', which is not in it.",
                $"“{flowchart.Name}”（{flowchart.Id}）的一条连线指向活动“{end.Id}”，但其中没有这个活动。"
            )
        );
        return false;
    }

    private string? StartOf(PlacedJson item, Activity flowchart, List<Connection> connections)
    {
        if (flowchart.Children.Count == 0)
            return null;
        var marked = Local(item["start"] is { Kind: JsonValueKind.Object } start ? start["id"]?.Text : item["start"]?.Text);
        var found =
            flowchart.Children.FirstOrDefault(c => c.Id == marked)
            ?? flowchart.Children.FirstOrDefault(c => c.Type == "Elsa.Start")
            ?? flowchart.Children.FirstOrDefault(c => c.CanStart)
            ?? flowchart.Children.FirstOrDefault(c =>
                !connections.Exists(x => x.Target == c.Id) && !flowchart.Children.Any(other => other.Compensation == c.Id)
            );
        if (found is not null)
            return found.Id;
        // Elsa begins with the first one; where nothing waits or decides, that could never end.
        RefuseEndlessLoop(item, flowchart, connections);
        return flowchart.Children[0].Id;
    }

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
