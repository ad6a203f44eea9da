using System.Globalization;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Expressions.Script;
using CampaignFlow.Engine.Workflows.Activities;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Stepping;

/// <summary>Inputs, variables and outputs of an execution.</summary>
internal sealed partial class Burst
{
    private long _written;

    /// <summary>The input's value in the type it asks for; null when it is missing.</summary>
    internal JsonNode? Value(Execution self, string input)
    {
        var activity = ActivityOf(self);
        JsonNode? value = null;
        if (self.Inputs?.TryGetValue(input, out value) == true)
            Seen(self, input, value);
        else if (activity.Inputs.TryGetValue(input, out var expression))
            Seen(self, input, value = Evaluate(self, expression, $"'{activity.Name}': input '{input}'"));
        else
            return null;
        if (value is null && activity.Described.Inputs.FirstOrDefault(i => i.Name == input) is { Required: true })
            throw new ActivityFault($"'{activity.Name}': input '{input}' is empty, but it is required.");
        return value;
    }

    internal string? Text(Execution self, string input) => Value(self, input) is { } value ? Values.ToText(Values.FromJson(value)) : null;

    /// <summary>What a dry run has chosen instead of the conditions of this activity: True, False, or a case's label.</summary>
    internal string? Chosen(Execution self) => choose?.Invoke(ActivityOf(self));

    /// <summary>Whether the activity's condition holds; missing is false, as an undefined condition in a script is.</summary>
    internal bool Condition(Execution self) => Chosen(self) is { } chosen ? chosen == "True" : Truth(self, "Condition");

    internal bool Truth(Execution self, string input) => Value(self, input) is { } value && Values.Truth(Values.FromJson(value));

    internal long Whole(Execution self, string input) => Value(self, input) is { } value ? (long)Values.Number(value) : 0;

    internal TimeSpan? Span(Execution self, string input) =>
        Text(self, input) is { } text && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span) ? span : null;

    internal IReadOnlyList<string> Texts(Execution self, string input) =>
        Value(self, input) is JsonArray list ? [.. list.Select(item => Values.ToText(Values.FromJson(item)))] : [];

    internal JsonArray Items(Execution self, string input) =>
        Value(self, input) switch
        {
            null => [],
            JsonArray list => list,
            var other => throw new ActivityFault(
                $"'{ActivityOf(self).Name}': input '{input}' must be a list, but it is {other.GetValueKind().ToString().ToLowerInvariant()}."
            ),
        };

    internal bool Holds(Execution self, SwitchCase @case) =>
        Evaluate(self, @case.Condition, $"'{ActivityOf(self).Name}': condition of case '{@case.Label}'") is { } value
        && Values.Truth(Values.FromJson(value));

    internal void SetVariable(Execution self, string name, JsonNode? value) => Store(self, self, name, value);

    internal void SetOutput(Execution self, string name, JsonNode? value)
    {
        if (!state.Outputs.TryGetValue(self.Activity, out var outputs))
            state.Outputs[self.Activity] = outputs = new(StringComparer.Ordinal);
        outputs[name] = value?.DeepClone();
        Put(_results, self, name, outputs[name]);
        Grew(self, $"output '{name}'", value);
        // The variable that keeps it stands outside: a used workflow's own one of that name is not meant.
        if (ActivityOf(self).Captures.TryGetValue(name, out var variable))
            Store(self, ParentOf(self), variable, value);
    }

    private void Store(Execution self, Execution? from, string name, JsonNode? value)
    {
        var scope = ScopeOf(from, name) ?? throw new ActivityFault($"'{ActivityOf(self).Name}': there is no variable '{name}' in reach.");
        var declared = DeclaredIn(scope, name);
        if (!Kinds.TryConvert(value, declared?.Kind ?? "Object", out var converted, out var why))
            throw new ActivityFault($"'{ActivityOf(self).Name}': variable '{name}': {why.En}.");
        state.Variables[scope][name] = converted?.DeepClone();
        Grew(self, $"variable '{name}'", converted);
    }

    /// <summary>An output of the workflow that the activity is written in.</summary>
    internal void SetWorkflowOutput(Execution self, string name, JsonNode? value)
    {
        if (UsedWorkflowOf(self) is { } used && ActivityOf(used).Described.Outputs.Any(o => o.Name == name))
        {
            SetOutput(used, name, value);
            return;
        }
        state.Output[name] = value?.DeepClone();
        Grew(self, $"output '{name}' of the workflow", value);
    }

    internal JsonNode? LastOutput(Execution self, string name) => state.Outputs.GetValueOrDefault(self.Activity)?.GetValueOrDefault(name);

    /// <summary>The nearest workflow used as an activity that it lies in; null when it is the run's own.</summary>
    internal Execution? UsedWorkflowOf(Execution self)
    {
        var at = ParentOf(self);
        while (at is not null && ActivityOf(at).Uses is null)
            at = ParentOf(at);
        return at;
    }

    // A value is measured when it is set, the whole state only once much was written.
    private void Grew(Execution self, string what, JsonNode? value)
    {
        var size = RunSize.Of(value);
        if (size > RunSize.LargestValue)
            throw new ActivityFault(
                $"'{ActivityOf(self).Name}': {what} would hold {RunSize.Text(size)}; at most {RunSize.Text(RunSize.LargestValue)} are kept."
            );
        _written += size;
        if (_written < RunSize.LargestValue / 16)
            return;
        _written = 0;
        if (RunSize.TooLarge(state, definition) is { } why)
            throw new ActivityFault($"'{ActivityOf(self).Name}': {why}");
    }

    private JsonNode? Evaluate(Execution self, Expression expression, string where)
    {
        JsonNode? value;
        try
        {
            value = expression.Syntax switch
            {
                "Variable" => Variable(self, expression.Value!.GetValue<string>(), out var found)
                    ? found
                    : throw new ActivityFault($"{where}: there is no variable '{expression.Value}' in reach."),
                "Input" => Input(self, expression.Value!.GetValue<string>(), out var given) ? given : null,
                "JavaScript" or "Rule" => expression.Script!.Evaluate(Scope(self)),
                _ => expression.Value,
            };
        }
        catch (ScriptException failed)
        {
            throw new ActivityFault($"{where}: {failed.Message} (in {expression.Script!.Text})");
        }
        return Kinds.TryConvert(value, expression.Kind, out var converted, out var why)
            ? converted
            : throw new ActivityFault($"{where}: {why.En}.");
    }

    private ScriptScope Scope(Execution self) =>
        new(
            (string name, out JsonNode? value) => Variable(self, name, out value),
            (string name, out JsonNode? value) => Input(self, name, out value),
            (activity, name) => Output(self, activity, name),
            () => Visible(self),
            () => Inputs(self),
            state.CorrelationId
        );

    // A workflow used as an activity sees what it was given, then what the run was given.
    private bool Input(Execution self, string name, out JsonNode? value)
    {
        for (var used = UsedWorkflowOf(self); used is not null; used = UsedWorkflowOf(used))
            if (Composite.InputsOf(used).TryGetPropertyValue(name, out value))
                return true;
        return state.Input.TryGetValue(name, out value);
    }

    private JsonObject Inputs(Execution self)
    {
        var all = new JsonObject(state.Input.Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())));
        var inside = new Stack<Execution>();
        for (var used = UsedWorkflowOf(self); used is not null; used = UsedWorkflowOf(used))
            inside.Push(used);
        foreach (var (name, value) in inside.SelectMany(Composite.InputsOf))
            all[name] = value?.DeepClone();
        return all;
    }

    private bool Variable(Execution self, string name, out JsonNode? value)
    {
        value = null;
        return ScopeOf(self, name) is { } scope && state.Variables[scope].TryGetValue(name, out value);
    }

    // From the execution outwards; the workflow's own variables come last.
    private string? ScopeOf(Execution? self, string name)
    {
        for (var at = self; at is not null; at = ParentOf(at))
            if (state.Variables.TryGetValue(at.Id, out var values) && values.ContainsKey(name))
                return at.Id;
        return state.Variables.TryGetValue("", out var global) && global.ContainsKey(name) ? "" : null;
    }

    private Variable? DeclaredIn(string scope, string name)
    {
        var declared = scope.Length == 0 ? definition.Variables : ActivityOf(Find(scope)!).Variables;
        return declared.FirstOrDefault(v => v.Name == name);
    }

    private JsonObject Visible(Execution self)
    {
        var all = new JsonObject();
        var scopes = new Stack<string>();
        for (var at = self; at is not null; at = ParentOf(at))
            scopes.Push(at.Id);
        foreach (
            var values in new[] { "" }
                .Concat(scopes)
                .Select(s => state.Variables.GetValueOrDefault(s))
                .OfType<Dictionary<string, JsonNode?>>()
        )
        foreach (var (name, value) in values)
            all[name] = value?.DeepClone();
        return all;
    }

    private JsonNode? Output(Execution self, string activity, string? name)
    {
        var id =
            ActivityNamed(self, activity)
            ?? throw new ScriptException(0, new($"There is no activity '{activity}'.", $"没有名为“{activity}”的活动。"));
        if (!state.Outputs.TryGetValue(id, out var outputs))
            return null;
        return name is not null ? outputs.GetValueOrDefault(name)
            : outputs.TryGetValue("Result", out var result) ? result
            : outputs.Count == 1 ? outputs.Values.First()
            : null;
    }

    // Ids of a used workflow's activities begin with the id of the activity that stands for it.
    private string? ActivityNamed(Execution self, string activity)
    {
        var within = UsedWorkflowOf(self) is { } used ? used.Activity + ":" : "";
        if (definition.Activities.ContainsKey(within + activity))
            return within + activity;
        return definition
            .Activities.Values.FirstOrDefault(a =>
                a.Name == activity && a.Id.StartsWith(within, StringComparison.Ordinal) && !a.Id.AsSpan(within.Length).Contains(':')
            )
            ?.Id;
    }
}
