namespace CampaignFlow.Engine.Rules.Lab;

/// <summary>One value of a rule file that a form can show.</summary>
/// <param name="Name">Its place: <c>mode</c>, <c>guard.cooldown</c>, <c>when.2</c>, <c>cases.1.then.0</c>; a name that ends with + is for one more.</param>
/// <param name="Key">What stands before the colon, as in the file; for conditions empty.</param>
/// <param name="Line">0 when the file does not say it yet.</param>
public sealed record FormField(string Name, string Key, string Value, int Line);

/// <summary>Conditions and actions of a rule, or of one of its cases.</summary>
/// <param name="MoreWhen">Name of the field for one more condition; null where the form cannot add one.</param>
public sealed record FormBranch(IReadOnlyList<FormField> When, string? MoreWhen, IReadOnlyList<FormField> Then, string? MoreThen);

/// <summary>
/// A rule file as a form. Form and text are two views of one file: only what was edited is changed in the text, so comments and layout
/// stay, and what a form cannot show stays as text.
/// </summary>
public sealed class RuleForm
{
    internal static readonly string[] Optional = ["priority", "only one of", "choose", "mode", "check"];

    private readonly Yaml.Map map;
    private readonly string text;
    private readonly Dictionary<string, Yaml.Scalar> scalars = new(StringComparer.Ordinal);
    private readonly List<int> onlyAsText = [];

    private RuleForm(Yaml.Map map, string text)
    {
        (this.map, this.text) = (map, text);
        Head = [.. Title(), Of("for each", map["for each"]), .. Optional.Select(k => Of(k, map[k]))];
        Guards = [.. RuleFile.GuardKeys.Select(k => Of("guard." + k, (map["guard"] as Yaml.Map)?[k], k))];
        Branches = map["cases"] is Yaml.List cases
            ? [.. cases.Items.OfType<Yaml.Map>().Select((one, i) => Branch(one, $"cases.{i}."))]
            : [Branch(map, "")];
    }

    /// <summary>Title, <c>for each</c>, priority, group, choice, mode and schedule.</summary>
    public IReadOnlyList<FormField> Head { get; }
    public IReadOnlyList<FormField> Guards { get; }
    public IReadOnlyList<FormBranch> Branches { get; }

    /// <summary>Lines that say more than a form can show.</summary>
    public IReadOnlyList<int> OnlyAsText => [.. onlyAsText.Distinct().Order()];

    /// <returns>Null when the text is no YAML with keys: then there is only the text.</returns>
    public static RuleForm? Read(string text) => Yaml.Read(text, "").Root is Yaml.Map map ? new(map, text) : null;

    /// <summary>The words that <c>for each</c> and <c>mode</c> may say.</summary>
    public static IReadOnlyList<string> Subjects => [.. RuleFile.Subjects.Keys];
    public static IReadOnlyList<string> Modes => RuleFile.Modes;
    public static IReadOnlyList<string> Schedules => Schedule.Forms;
    public static IReadOnlyList<string> Actions => RuleFile.ActionKeys;

    /// <summary>One more action as the field of a list's new line takes it.</summary>
    public static string ActionLine(string kind, string words) => $"{kind}: {YamlText.Of(words)}";

    /// <summary>The file with these values; a field that is not named, or says what it said, changes nothing.</summary>
    /// <param name="values">By name of the field. Empty takes an optional line away.</param>
    public string With(IReadOnlyDictionary<string, string> values)
    {
        var edits = new FormEdits(text);
        foreach (var (name, value) in values.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            var words = value.ReplaceLineEndings(" ").Trim();
            if (scalars.TryGetValue(name, out var scalar))
                Change(edits, name, scalar, words);
            else if (words.Length > 0)
                Add(edits, name, words);
        }
        var guards = (map["guard"] as Yaml.Map)?.Entries ?? [];
        if (guards.Count > 0 && guards.All(g => edits.IsRemoved(g.Value.Line)) && !values.Any(IsNewGuard))
            edits.RemoveLine(map.Entries.First(e => e.Key.Text == "guard").Key.Line);
        return edits.Apply();
    }

    private bool IsNewGuard(KeyValuePair<string, string> value) =>
        value.Key.StartsWith("guard.", StringComparison.Ordinal)
        && !scalars.ContainsKey(value.Key)
        && !string.IsNullOrWhiteSpace(value.Value);

    private void Change(FormEdits edits, string name, Yaml.Scalar scalar, string words)
    {
        if (words == scalar.Text)
            return;
        if (words.Length == 0 && CanGo(name))
            edits.RemoveLine(scalar.Line);
        else
            edits.Replace(scalar.Raw!.Value, YamlText.Of(words, scalar.Quote));
    }

    /// <summary>A line of its own that the file can do without.</summary>
    private bool CanGo(string name) =>
        (Optional.Contains(name) || name.StartsWith("guard.", StringComparison.Ordinal) || IsOneOfSeveral(name))
        && FormEdits.StandsAlone(text, scalars[name].Line, scalars.Values.Count(s => s.Line == scalars[name].Line));

    private bool IsOneOfSeveral(string name) =>
        name.LastIndexOf('.') is > 0 and var dot && scalars.Keys.Count(k => k.StartsWith(name[..(dot + 1)], StringComparison.Ordinal)) > 1;

    private void Add(FormEdits edits, string name, string words)
    {
        if (name.StartsWith("guard.", StringComparison.Ordinal))
        {
            var line = $"{name["guard.".Length..]}: {YamlText.Of(words)}";
            if ((map["guard"] as Yaml.Map)?.Entries is [.., var last])
                edits.InsertAfter(last.Value.Line, last.Key.Column - 1, line);
            else
                edits.AppendBlock("guard:", line);
        }
        else if (name.EndsWith('+'))
            One(edits, name, words);
        else if (Optional.Contains(name))
            edits.Append($"{name}: {YamlText.Of(words)}");
    }

    private void One(FormEdits edits, string name, string words)
    {
        var stem = name[..^1];
        var last = scalars.Where(s => s.Key.StartsWith(stem, StringComparison.Ordinal)).Select(s => s.Value).MaxBy(s => s.Line);
        if (last is null)
            return;
        var then = stem.EndsWith("then.", StringComparison.Ordinal);
        // An action reads "key: words" and is written as it is; a condition may need quotes.
        var item = then ? words : YamlText.Of(words);
        if (edits.DashOf(last.Line) is { } dash)
            edits.InsertAfter(last.Line, dash, "- " + item);
        else if (!then)
            edits.Replace(last.Raw!.Value, YamlText.Of($"({last.Text}) and ({words})", last.Quote));
    }

    private IEnumerable<FormField> Title() =>
        map["rule"] is Yaml.Map both ? [Of("rule.en", both["en"], "en"), Of("rule.zh", both["zh"], "zh")] : [Of("rule", map["rule"])];

    private FormField Of(string name, Yaml? node, string? key = null)
    {
        if (node is Yaml.Scalar { Raw: not null } scalar)
            scalars[name] = scalar;
        else if (node is not null)
            onlyAsText.Add(node.Line);
        return new(name, key ?? name, (node as Yaml.Scalar)?.Text ?? "", node?.Line ?? 0);
    }

    private FormBranch Branch(Yaml.Map one, string prefix)
    {
        var when = Items(one["when"], "all")
            .Select((n, i) => Of($"{prefix}when.{i}", n, ""))
            .Where(f => scalars.ContainsKey(f.Name))
            .ToList();
        var then = new List<FormField>();
        foreach (var (node, i) in Items(one["then"], null).Select((n, i) => (n, i)))
            if (node is Yaml.Map { Entries: [var only] })
                then.Add(Of($"{prefix}then.{i}", only.Value, only.Key.Text));
            else
                onlyAsText.Add(node.Line);
        return new(
            when,
            when.Count > 0 ? $"{prefix}when.+" : null,
            then,
            then.Count > 0 && FormEdits.Dash(text, then[^1].Line) is not null ? $"{prefix}then.+" : null
        );
    }

    /// <summary>The lines of a list, or of the list under <paramref name="inner"/>; everything beside it stays as text.</summary>
    private IEnumerable<Yaml> Items(Yaml? node, string? inner)
    {
        switch (node)
        {
            case Yaml.List list:
                return list.Items;
            case Yaml.Map within when inner is not null:
                foreach (var (key, _) in within.Entries.Where(e => e.Key.Text != inner))
                    onlyAsText.Add(key.Line);
                return within[inner] is { } under ? Items(under, null) : [];
            case null:
                return [];
            default:
                return [node];
        }
    }
}
