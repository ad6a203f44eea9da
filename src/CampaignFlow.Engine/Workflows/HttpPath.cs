namespace CampaignFlow.Engine.Workflows;

/// <summary>
/// Paths of HTTP endpoints below <c>/hooks</c>: <c>orders/{id}/paid</c>. Capitals do not matter; a part in braces takes one segment,
/// <c>{*rest}</c> at the end takes all that follow.
/// </summary>
public static class HttpPath
{
    public const int Longest = 200;

    public static IReadOnlyList<string> Methods { get; } = ["GET", "POST", "PUT", "PATCH", "HEAD", "DELETE"];

    /// <summary>Without slashes at its ends, in small letters outside braces.</summary>
    public static string Normal(string path) =>
        string.Join(
            '/',
            path.Split('/', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(part => part.StartsWith('{') ? part : part.ToLowerInvariant())
        );

    public static bool IsRoute(string path) => path.Contains('{', StringComparison.Ordinal);

    /// <returns>Why the path cannot be an endpoint's, without a full stop; null when it can.</returns>
    public static Phrase? Problem(string path)
    {
        var parts = path.Split('/');
        if (path.Length is 0 or > Longest)
            return new($"a path has 1 to {Longest} characters", $"路径应为 1 至 {Longest} 个字符");
        for (var i = 0; i < parts.Length; i++)
        {
            var (part, last) = (parts[i], i == parts.Length - 1);
            if (part.IndexOfAny(['?', '#', ' ', '\\']) >= 0 || part is "." or "..")
                return new($"'{part}' cannot be part of a path", $"“{part}”不能作为路径的一部分");
            if (!part.Contains('{', StringComparison.Ordinal) && !part.Contains('}', StringComparison.Ordinal))
                continue;
            var name = Parameter(part)?.TrimStart('*');
            if (string.IsNullOrEmpty(name) || !name.All(c => char.IsLetterOrDigit(c) || c == '_') || (part[1] == '*' && !last))
                return new(
                    $"'{part}' is not a part such as {{id}}, or {{*rest}} at the end",
                    $"“{part}”不是 {{id}} 这样的参数，也不是结尾的 {{*rest}}"
                );
        }
        return null;
    }

    /// <param name="path">Of the request, as it was sent; values keep their capitals.</param>
    /// <returns>Values of the parts in braces; null when the path is another.</returns>
    public static IReadOnlyDictionary<string, string>? Match(string route, string path)
    {
        var wanted = route.Split('/');
        var sent = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < wanted.Length; i++)
        {
            var parameter = Parameter(wanted[i]);
            if (parameter?.StartsWith('*') == true)
            {
                values[parameter[1..]] = string.Join('/', sent.Skip(i));
                return values;
            }
            if (i >= sent.Length || (parameter is null && !string.Equals(wanted[i], sent[i], StringComparison.OrdinalIgnoreCase)))
                return null;
            if (parameter is not null)
                values[parameter] = sent[i];
        }
        return wanted.Length == sent.Length ? values : null;
    }

    private static string? Parameter(string part) => part is ['{', .., '}'] && part.Length > 2 ? part[1..^1] : null;
}
