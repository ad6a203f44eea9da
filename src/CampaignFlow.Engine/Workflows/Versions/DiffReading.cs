using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Versions;

/// <summary>Compares two definitions activity by activity.</summary>
internal sealed class DiffReading(WorkflowDefinition old, WorkflowDefinition @new, IReadOnlyDictionary<string, string> images)
{
    private static readonly System.Text.Json.JsonSerializerOptions Plain = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly Layout _before = new(old);
    private readonly Layout _after = new(@new);

    internal VersionDiff Read()
    {
        var kept = images.Values.ToHashSet(StringComparer.Ordinal);
        var added = @new
            .Activities.Values.Where(a => !kept.Contains(a.Id))
            .Select(a => new ActivityDiff(null, a, null, _after.ContainerOf(a.Id), false, []));
        return new([.. old.Activities.Values.Select(Compare).OfType<ActivityDiff>(), .. added], [.. Connections()], [.. Workflow()]);
    }

    private ActivityDiff? Compare(Activity before)
    {
        var container = _before.ContainerOf(before.Id);
        if (!images.TryGetValue(before.Id, out var image))
            return new(before, null, container, null, false, []);
        var after = @new.Activities[image];
        var now = _after.ContainerOf(image);
        var moved =
            !string.Equals(container is null ? null : images.GetValueOrDefault(container.Id), now?.Id, StringComparison.Ordinal)
            || _before.PlaceOf(before.Id) != _after.PlaceOf(image);
        var changes = Changes(before, after).ToList();
        return moved || changes.Count > 0 ? new(before, after, container, now, moved, changes) : null;
    }

    private IEnumerable<ValueChange> Changes(Activity before, Activity after)
    {
        if (before.Type != after.Type)
            yield return new(new("Type", "类型"), before.Described.Name, after.Described.Name);
        if (before.Name != after.Name && !(before.Name == before.Id && after.Name == after.Id))
            yield return new(new("Name", "名称"), Phrase.Same(before.Name), Phrase.Same(after.Name));
        if (before.Display != after.Display)
            yield return new(new("Text on the canvas", "画布上的文字"), before.Display, after.Display);
        foreach (var input in before.Inputs.Keys.Union(after.Inputs.Keys, StringComparer.Ordinal))
        {
            var (was, now) = (before.Inputs.GetValueOrDefault(input), after.Inputs.GetValueOrDefault(input));
            if (!VersionDiff.Same(was, now))
                yield return new(Label(before, after, input), Say(was), Say(now));
        }
        foreach (var output in before.Captures.Keys.Union(after.Captures.Keys, StringComparer.Ordinal))
        {
            var (was, now) = (before.Captures.GetValueOrDefault(output), after.Captures.GetValueOrDefault(output));
            if (was != now)
                yield return new(new($"'{output}' is kept in", $"“{output}”存入"), Same(was), Same(now));
        }
        foreach (var label in before.Cases.Select(c => c.Label).Union(after.Cases.Select(c => c.Label), StringComparer.Ordinal))
        {
            var (was, now) = (Case(before, label), Case(after, label));
            if (!VersionDiff.Same(was, now))
                yield return new(new($"Case '{label}'", $"分支“{label}”"), Say(was), Say(now));
        }
        foreach (var change in Variables(before.Variables, after.Variables))
            yield return change;
        var order = before.Children.Where(c => images.GetValueOrDefault(c.Id) is { } i && after.Children.Any(a => a.Id == i)).ToList();
        var orderNow = after.Children.Where(a => order.Any(c => images[c.Id] == a.Id)).ToList();
        if (
            after.Type == "Elsa.Sequence"
            && !order.Select(c => images[c.Id]).SequenceEqual(orderNow.Select(a => a.Id), StringComparer.Ordinal)
        )
            yield return new(new("Order", "顺序"), Names(order), Names(orderNow));
    }

    private IEnumerable<ConnectionDiff> Connections()
    {
        var before = Links(old).ToList();
        var after = Links(@new).ToList();
        var was = before
            .Where(c => images.ContainsKey(c.Source) && images.ContainsKey(c.Target))
            .Select(c => (images[c.Source], c.Port, images[c.Target]))
            .ToHashSet();
        var now = after.Select(c => (c.Source, c.Port, c.Target)).ToHashSet();
        foreach (var c in before)
            if (
                !images.TryGetValue(c.Source, out var source)
                || !images.TryGetValue(c.Target, out var target)
                || !now.Contains((source, c.Port, target))
            )
                yield return new(old.Activities[c.Source], c.Port, old.Activities[c.Target], Added: false);
        foreach (var c in after.Where(c => !was.Contains((c.Source, c.Port, c.Target))))
            yield return new(@new.Activities[c.Source], c.Port, @new.Activities[c.Target], Added: true);
    }

    private IEnumerable<ValueChange> Workflow()
    {
        if (old.Name != @new.Name)
            yield return new(new("Name", "名称"), Phrase.Same(old.Name), Phrase.Same(@new.Name));
        if (old.Description != @new.Description)
            yield return new(new("Description", "说明"), Same(old.Description), Same(@new.Description));
        foreach (var change in Variables(old.Variables, @new.Variables))
            yield return change;
        foreach (
            var change in Parameters("Input", "输入", old.Inputs, @new.Inputs)
                .Concat(Parameters("Output", "输出", old.Outputs, @new.Outputs))
        )
            yield return change;
    }

    private static IEnumerable<ValueChange> Variables(IReadOnlyList<Variable> before, IReadOnlyList<Variable> after)
    {
        foreach (var name in before.Select(v => v.Name).Union(after.Select(v => v.Name), StringComparer.Ordinal))
        {
            var (was, now) = (before.FirstOrDefault(v => v.Name == name), after.FirstOrDefault(v => v.Name == name));
            if (was is null || now is null || was.Kind != now.Kind || !JsonNode.DeepEquals(was.Initial, now.Initial))
                yield return new(new($"Variable '{name}'", $"变量“{name}”"), Say(was), Say(now));
        }

        static Phrase? Say(Variable? variable) =>
            variable is null ? null : Phrase.Same(variable.Initial is null ? variable.Kind : $"{variable.Kind} = {Text(variable.Initial)}");
    }

    private static IEnumerable<ValueChange> Parameters(
        string en,
        string zh,
        IReadOnlyList<WorkflowParameter> before,
        IReadOnlyList<WorkflowParameter> after
    )
    {
        foreach (var name in before.Select(p => p.Name).Union(after.Select(p => p.Name), StringComparer.Ordinal))
        {
            var (was, now) = (before.FirstOrDefault(p => p.Name == name), after.FirstOrDefault(p => p.Name == name));
            if (was?.Kind != now?.Kind)
                yield return new(new($"{en} '{name}'", $"{zh}“{name}”"), Same(was?.Kind), Same(now?.Kind));
        }
    }

    private static IEnumerable<Connection> Links(WorkflowDefinition definition) =>
        definition.Activities.Values.Where(a => a.Graph is not null).SelectMany(a => a.Graph!.Connections);

    private static Phrase Label(Activity before, Activity after, string input) =>
        (after.Described.Inputs.FirstOrDefault(i => i.Name == input) ?? before.Described.Inputs.FirstOrDefault(i => i.Name == input))
            is { Label: { En.Length: > 0 } label }
            ? label
            : Phrase.Same(input);

    private static Expression? Case(Activity activity, string label) => activity.Cases.FirstOrDefault(c => c.Label == label)?.Condition;

    private static Phrase? Say(Expression? expression) =>
        expression?.Syntax switch
        {
            null => null,
            "JavaScript" or "Rule" => Phrase.Same(expression.Script!.Text),
            "Variable" => new($"variable {expression.Value}", $"变量 {expression.Value}"),
            "Input" => new($"input {expression.Value}", $"输入 {expression.Value}"),
            _ => expression.Value is null ? null : Phrase.Same(Text(expression.Value)),
        };

    private static string Text(JsonNode value) =>
        value is JsonValue text && text.TryGetValue<string>(out var plain) ? plain : value.ToJsonString(Plain);

    private static Phrase? Same(string? text) => text is null ? null : Phrase.Same(text);

    private static Phrase Names(List<Activity> activities) => Phrase.Same(string.Join(", ", activities.Select(a => a.Name)));
}
