using CampaignFlow.Engine.Rules.Lab;

namespace CampaignFlow.Rules.Lab;

/// <summary>What the lab's two editors send: the text, or the text as it was and the form's fields.</summary>
internal static class LabFields
{
    public const string Text = "text";
    public const string Version = "version";
    private const string Prefix = "f:";
    private const string More = "more:";
    private const int MostFields = 400;
    private const int LongestText = 100_000;

    public static bool IsForm(IFormCollection form) => form.Keys.Any(k => k.StartsWith(Prefix, StringComparison.Ordinal));

    public static string NameOf(FormField field) => Prefix + field.Name;

    /// <summary>Name of the choice that says which action a new line is.</summary>
    public static string KindOf(string more) => More + more;

    public static string NameOf(string more) => Prefix + more;

    /// <summary>The whole file after the edit.</summary>
    public static string TextOf(IFormCollection form)
    {
        var text = form[Text].ToString().ReplaceLineEndings("\n");
        if (text.Length > LongestText)
            text = text[..LongestText];
        if (!IsForm(form) || RuleForm.Read(text) is not { } rule)
            return text;
        var values = form.Where(f => f.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .Take(MostFields)
            .ToDictionary(f => f.Key[Prefix.Length..], f => f.Value.ToString(), StringComparer.Ordinal);
        foreach (var name in values.Keys.Where(k => k.EndsWith("then.+", StringComparison.Ordinal)).ToList())
            values[name] = Action(values[name], form[KindOf(name)].ToString());
        return rule.With(values);
    }

    /// <summary>Both the kind and its words are needed for a new action.</summary>
    private static string Action(string words, string kind) =>
        string.IsNullOrWhiteSpace(words) || !RuleForm.Actions.Contains(kind)
            ? ""
            : RuleForm.ActionLine(kind, words.ReplaceLineEndings(" ").Trim());
}
