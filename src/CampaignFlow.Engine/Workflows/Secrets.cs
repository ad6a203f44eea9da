using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace CampaignFlow.Engine.Workflows;

/// <summary>
/// Values whose name says that they are secret (<c>Authorization</c>, <c>api_key</c>, <c>Password</c>, a parameter of an address): the
/// run uses them, and nothing that a person reads or exports shows them.
/// </summary>
public static partial class Secrets
{
    /// <summary>What stands in their place.</summary>
    public const string Hidden = "•••";

    private static readonly string[] Marks =
    [
        "authorization",
        "password",
        "passwd",
        "passphrase",
        "secret",
        "apikey",
        "accesskey",
        "privatekey",
        "token",
        "credential",
        "cookie",
    ];

    /// <param name="name">Of an input, a variable, a header or a property; its case and what is not a letter do not matter.</param>
    public static bool IsSecret(string name)
    {
        var letters = string.Concat(name.Where(char.IsLetter)).ToLowerInvariant();
        return Array.Exists(Marks, mark => letters.Contains(mark, StringComparison.Ordinal));
    }

    /// <summary>True when the value is not to be shown as it is.</summary>
    public static bool Holds(string name, JsonNode? value) => !JsonNode.DeepEquals(value, Masked(name, value));

    /// <summary>A copy that may be shown. Numbers, truths and what is empty hide nothing.</summary>
    public static JsonNode? Masked(string name, JsonNode? value) =>
        value switch
        {
            null => null,
            JsonObject or JsonArray when IsSecret(name) => JsonValue.Create(Hidden),
            JsonObject map => new JsonObject(map.Select(p => KeyValuePair.Create(p.Key, Masked(p.Key, p.Value)))),
            JsonArray list => new JsonArray([.. list.Select(item => Masked("", item))]),
            _ when value.GetValueKind() != JsonValueKind.String => value.DeepClone(),
            _ => JsonValue.Create(Masked(name, value.ToString())),
        };

    private static string Masked(string name, string text) =>
        text.Length == 0 ? text
        : IsSecret(name) ? Hidden
        : text.StartsWith("http", StringComparison.OrdinalIgnoreCase) ? InAddress(text)
        : text;

    /// <summary>An address without its password and without parameters that are secret.</summary>
    private static string InAddress(string address) =>
        Parameter()
            .Replace(
                UserInfo().Replace(address, "${scheme}" + Hidden + "@"),
                match => IsSecret(match.Groups["name"].Value) ? match.Groups["name"].Value + "=" + Hidden : match.Value
            );

    [GeneratedRegex("^(?<scheme>https?://)[^/?#@]+@", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex UserInfo();

    [GeneratedRegex("(?<=[?&])(?<name>[^=&#?]+)=[^&#]*", RegexOptions.ExplicitCapture)]
    private static partial Regex Parameter();
}
