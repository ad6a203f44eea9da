using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows;

/// <summary>Values that somebody gives a run for the inputs of its workflow: each as the kind that is declared, missing ones stay missing.</summary>
public static class GivenInputs
{
    /// <summary>What a run would stop at, said before it starts.</summary>
    public static IReadOnlyList<Phrase> Problems(WorkflowDefinition definition, IReadOnlyDictionary<string, JsonNode?> given) =>
        [.. Read(definition, given).Where(i => i.Why is not null).Select(i => i.Why!.Value)];

    internal static IEnumerable<(string Name, JsonNode? Value, Phrase? Why)> Read(
        WorkflowDefinition definition,
        IReadOnlyDictionary<string, JsonNode?> given
    )
    {
        foreach (var parameter in definition.Inputs)
            if (given.TryGetValue(parameter.Name, out var value))
                yield return Kinds.TryConvert(value, parameter.Kind, out var converted, out var why)
                    ? (parameter.Name, converted, null)
                    : (
                        parameter.Name,
                        value,
                        new Phrase($"Input '{parameter.Name}' of the workflow: {why.En}.", $"流程输入“{parameter.Name}”：{why.Zh}。")
                    );
    }
}
