using System.Text.RegularExpressions;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Workflows.Versions;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows;

/// <summary>The identity of a definition, which is also its file's name: kebab-case.</summary>
internal static partial class DefinitionName
{
    public const int Longest = 64;

    public static readonly Phrase Form = new(
        "A workflow's id is made of small letters, digits and hyphens, such as weekly-review.",
        "流程标识由小写字母、数字和连字符组成，例如 weekly-review。"
    );

    [GeneratedRegex(@"^[a-z0-9]+(-[a-z0-9]+)*\z", RegexOptions.ExplicitCapture)]
    private static partial Regex Kebab { get; }

    [GeneratedRegex("[^a-z0-9]+", RegexOptions.ExplicitCapture)]
    private static partial Regex Other { get; }

    public static bool IsValid(string id) => id.Length <= Longest && Kebab.IsMatch(id);

    /// <summary>From the name, as far as it is Latin; numbered until it is free.</summary>
    public static async Task<string> NewAsync(CampaignFlowDb db, string name, CancellationToken cancellationToken)
    {
        var words = Other.Replace(name.ToLowerInvariant(), "-").Trim('-');
        var stem = words.Length is 0 or > Longest - 8 ? "workflow" : words;
        for (var n = 1; ; n++)
        {
            var id = n == 1 && stem != "workflow" ? stem : $"{stem}-{n}";
            if (
                !await db.WorkflowDrafts.AnyAsync(d => d.DefinitionId == id, cancellationToken)
                && !await db.WorkflowVersions.AnyAsync(v => v.DefinitionId == id, cancellationToken)
            )
                return id;
        }
    }
}
