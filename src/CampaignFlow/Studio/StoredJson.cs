using System.Text.Encodings.Web;
using System.Text.Json;
using CampaignFlow.Engine.Workflows;

namespace CampaignFlow.Studio;

/// <summary>How definitions are written: readable for people who compare files, Chinese as it is.</summary>
internal static class StoredJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        MaxDepth = DefinitionJson.DeepestAnswer,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
