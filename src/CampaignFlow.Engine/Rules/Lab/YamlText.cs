using System.Text;

namespace CampaignFlow.Engine.Rules.Lab;

/// <summary>Words as YAML: plain where that means the same everywhere a rule may have them, else in quotes.</summary>
internal static class YamlText
{
    /// <param name="quote">The quotes that were there before stay.</param>
    public static string Of(string words, char? quote = null) =>
        quote switch
        {
            '\'' => $"'{words.Replace("'", "''", StringComparison.Ordinal)}'",
            '"' => Quoted(words),
            _ => IsPlain(words) ? words : Quoted(words),
        };

    private static bool IsPlain(string words) =>
        Value($"k: {words}\n") == words && Value($"k: {{ a: {words}, b: c }}\n") == words && Value($"k:\n  - {words}\n") == words;

    private static string? Value(string yaml) =>
        (Yaml.Read(yaml, "").Root as Yaml.Map)?["k"] switch
        {
            Yaml.Scalar { Quote: null } scalar => scalar.Text,
            Yaml.Map { Entries: [{ Value: Yaml.Scalar { Quote: null } inner }, _] } => inner.Text,
            Yaml.List { Items: [Yaml.Scalar { Quote: null } item] } => item.Text,
            _ => null,
        };

    private static string Quoted(string words)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in words)
            quoted.Append(
                c switch
                {
                    '"' => "\\\"",
                    '\\' => @"\\",
                    '\t' => "\\t",
                    _ when char.IsControl(c) => " ",
                    _ => c.ToString(),
                }
            );
        return quoted.Append('"').ToString();
    }
}
