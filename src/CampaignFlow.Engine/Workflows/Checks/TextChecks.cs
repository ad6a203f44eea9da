using System.Text;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Checks;

/// <summary>
/// What a text that is stored already is read with, but no text may bring in: a name that stands twice in an object, and nesting that
/// the designer cannot open.
/// </summary>
internal static class TextChecks
{
    public static IEnumerable<Problem> Of(WorkflowDefinition definition)
    {
        if (JsonTroubles.Find(Encoding.UTF8.GetBytes(definition.Json), DefinitionJson.Deepest, refuseRepeated: true) is { } trouble)
            yield return new(definition.FileName, trouble.Line, trouble.Column, trouble.Text) { Code = "text" };
    }
}
