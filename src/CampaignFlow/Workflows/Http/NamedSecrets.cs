using System.Text.RegularExpressions;

namespace CampaignFlow.Workflows.Http;

/// <summary>
/// Secrets of the server's settings (section <c>Secrets</c>) that definitions name and never hold: <c>Bearer {{secret:shop}}</c> in a
/// request's authorization or headers. They are filled in when the request leaves, and stored nowhere.
/// </summary>
public sealed partial class NamedSecrets(IConfiguration settings)
{
    /// <exception cref="OutboundRefusal">The settings have no secret of that name.</exception>
    public string Fill(string header) =>
        Mark()
            .Replace(
                header,
                match =>
                    settings["Secrets:" + match.Groups["name"].Value] is { Length: > 0 } secret
                        ? secret
                        : throw new OutboundRefusal(
                            $"This server has no secret '{match.Groups["name"].Value}': set Secrets__{match.Groups["name"].Value} and try again."
                        )
            );

    [GeneratedRegex(@"\{\{\s*secret:(?<name>[A-Za-z0-9_-]{1,64})\s*\}\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Mark();
}
