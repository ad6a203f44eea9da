using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Versions;

/// <summary>What a run knows: variables, outputs and inputs.</summary>
public sealed partial class Migration
{
    private Dictionary<string, Dictionary<string, JsonNode?>> OutputsOf(RunState state) =>
        state
            .Outputs.Where(o => mapping[o.Key] is not null)
            .ToDictionary(
                o => mapping[o.Key]!,
                o => new Dictionary<string, JsonNode?>(o.Value, StringComparer.Ordinal),
                StringComparer.Ordinal
            );

    private Dictionary<string, JsonNode?> InputOf(RunState state, List<Phrase> refusals)
    {
        var input = new Dictionary<string, JsonNode?>(state.Input, StringComparer.Ordinal);
        foreach (var parameter in mapping.New.Inputs.Where(p => input.ContainsKey(p.Name)))
            if (Kinds.TryConvert(input[parameter.Name], parameter.Kind, out var converted, out var why))
                input[parameter.Name] = converted;
            else
                refusals.Add(new($"Input '{parameter.Name}' of the run: {why.En}.", $"该运行的输入“{parameter.Name}”：{why.Zh}。"));
        return input;
    }

    private Dictionary<string, Dictionary<string, JsonNode?>> VariablesOf(
        RunState state,
        Dictionary<string, Activity> after,
        List<Phrase> refusals
    )
    {
        var variables = new Dictionary<string, Dictionary<string, JsonNode?>>(StringComparer.Ordinal);
        Scope("", mapping.Old.Variables, mapping.New.Variables);
        // One that has not run yet declares its own when it does.
        foreach (var execution in state.Executions.Where(e => state.Variables.ContainsKey(e.Id) || !state.Queue.Contains(e.Id)))
            Scope(execution.Id, mapping.Old.Activities[execution.Activity].Variables, after[execution.Id].Variables);
        return variables;

        void Scope(string scope, IReadOnlyList<Variable> declared, IReadOnlyList<Variable> wanted)
        {
            var had = state.Variables.GetValueOrDefault(scope) ?? new(StringComparer.Ordinal);
            // A loop's current item is declared by nobody and stays.
            var has = had.Where(v => !declared.Any(d => d.Name == v.Key)).ToDictionary(v => v.Key, v => v.Value, StringComparer.Ordinal);
            foreach (var variable in wanted)
            {
                var before = declared.FirstOrDefault(d => d.Id == variable.Id) ?? declared.FirstOrDefault(d => d.Name == variable.Name);
                if (before is null || !had.TryGetValue(before.Name, out var value))
                    has[variable.Name] = variable.Initial?.DeepClone();
                else if (Kinds.TryConvert(value, variable.Kind, out var converted, out var why))
                    has[variable.Name] = converted?.DeepClone();
                else
                    refusals.Add(new($"Variable '{variable.Name}': {why.En}.", $"变量“{variable.Name}”：{why.Zh}。"));
            }
            if (has.Count > 0)
                variables[scope] = has;
        }
    }
}
