using System.Globalization;
using System.Text;
using CampaignFlow.Engine.Expressions.Script;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows;

/// <summary>A definition, or what is wrong with the document. <see cref="Definition"/> is null when there is any problem.</summary>
public sealed record WorkflowParse(WorkflowDefinition? Definition, IReadOnlyList<Problem> Problems);

/// <summary>Reads Elsa 3 definitions (JSON).</summary>
public static class WorkflowJson
{
    public const int LargestBytes = 5 * 1024 * 1024;
    public const int MostActivities = 2_000;

    /// <param name="known">Activity types of the product; the stepper's own are always known.</param>
    /// <param name="used">Finds workflows that this one uses as activities; null when there are none.</param>
    public static WorkflowParse Parse(
        string json,
        string fileName,
        IReadOnlyCollection<ActivityType> known,
        Func<WorkflowUse, UsedWorkflow?>? used = null
    )
    {
        if (Placed(json, fileName, out var refused) is not { } document)
            return refused!;
        return new WorkflowReader(json, fileName, known, used ?? (_ => null)).Read(document);
    }

    /// <summary>Which workflows the document uses as activities, as far as it can be read.</summary>
    public static IReadOnlyList<WorkflowUse> Uses(string json) =>
        Placed(json, "", out _) is { } document ? [.. WorkflowUse.In(document).Distinct()] : [];

    /// <summary>What conditions of the document may name, as far as it can be read.</summary>
    public static RuleNames Names(
        string json,
        string fileName,
        IReadOnlyCollection<ActivityType> known,
        Func<WorkflowUse, UsedWorkflow?>? used = null
    ) => new WorkflowReader(json, fileName, known, used ?? (_ => null)).Names(Placed(json, fileName, out _));

    internal static PlacedJson? Placed(string json, string fileName, out WorkflowParse? refused)
    {
        refused = null;
        var size = Encoding.UTF8.GetByteCount(json);
        if (size > LargestBytes)
        {
            refused = Refused(
                fileName,
                0,
                0,
                new(
                    string.Create(CultureInfo.InvariantCulture, $"The document has {size:N0} bytes; at most {LargestBytes:N0} are read."),
                    string.Create(CultureInfo.InvariantCulture, $"文件大小为 {size:N0} 字节，最多读取 {LargestBytes:N0} 字节。")
                )
            );
            return null;
        }
        var bytes = Encoding.UTF8.GetBytes(json.TrimStart('\uFEFF'));
        if (JsonTroubles.Find(bytes, DefinitionJson.DeepestStored, refuseRepeated: false) is not { } trouble)
            return PlacedJson.Parse(bytes);
        refused = Refused(fileName, trouble.Line, trouble.Column, trouble.Text);
        return null;
    }

    private static WorkflowParse Refused(string file, int line, int column, Phrase text) =>
        new(null, [new Problem(file, line, column, text)]);
}
