using System.Globalization;
using System.Text;
using System.Text.Json;
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
    public static WorkflowParse Parse(string json, string fileName, IReadOnlyCollection<ActivityType> known)
    {
        var size = Encoding.UTF8.GetByteCount(json);
        if (size > LargestBytes)
            return Refused(
                fileName,
                0,
                0,
                new(
                    string.Create(CultureInfo.InvariantCulture, $"The document has {size:N0} bytes; at most {LargestBytes:N0} are read."),
                    string.Create(CultureInfo.InvariantCulture, $"文件大小为 {size:N0} 字节，最多读取 {LargestBytes:N0} 字节。")
                )
            );
        PlacedJson document;
        try
        {
            document = PlacedJson.Parse(json.TrimStart('\uFEFF'));
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            var at = broken as JsonException;
            var what = broken.Message.Split(" LineNumber:")[0].Split(" Path:")[0];
            return Refused(
                fileName,
                (int)(at?.LineNumber ?? 0) + 1,
                (int)(at?.BytePositionInLine ?? 0) + 1,
                new($"This is not valid JSON. {what}", $"不是合法的 JSON。{what}")
            );
        }
        return new WorkflowReader(json, fileName, known).Read(document);
    }

    private static WorkflowParse Refused(string file, int line, int column, Phrase text) =>
        new(null, [new Problem(file, line, column, text)]);
}
