using System.Globalization;
using System.Text.Json;

namespace CampaignFlow.Engine.Workflows.Definition;

/// <summary>A workflow that another one uses as an activity.</summary>
/// <param name="VersionId">The version the designer pinned, as it stands in the document.</param>
/// <param name="Version">Number of the version, when the document names one.</param>
public sealed record WorkflowUse(string DefinitionId, string? VersionId, int? Version)
{
    /// <returns>Null when the activity is an ordinary one.</returns>
    internal static WorkflowUse? Of(PlacedJson item) =>
        item["workflowDefinitionId"]?.Text is { Length: > 0 } id
            ? new(
                id,
                item["workflowDefinitionVersionId"]?.Text is { Length: > 0 } version ? version : null,
                item["version"]?.Scalar is { } scalar
                && int.TryParse(scalar.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                && number > 0
                    ? number
                    : null
            )
            : null;

    internal static IEnumerable<WorkflowUse> In(PlacedJson document)
    {
        var open = new Stack<PlacedJson>([document]);
        while (open.TryPop(out var place))
        {
            foreach (var part in place.Properties.Values.Concat(place.Items))
                open.Push(part);
            if (place.Kind == JsonValueKind.Object && place["type"]?.Text is { Length: > 0 } && Of(place) is { } use)
                yield return use;
        }
    }
}

/// <summary>The version that was found for a <see cref="WorkflowUse"/>.</summary>
public sealed record UsedWorkflow(string FileName, string Json)
{
    /// <summary>Finds what it uses itself; null: where the using workflow finds its own.</summary>
    public Func<WorkflowUse, UsedWorkflow?>? Uses { get; init; }
}
