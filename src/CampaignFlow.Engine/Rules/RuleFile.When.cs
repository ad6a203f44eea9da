using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>Conditions: a line, or all / any / unless lists of them.</summary>
public sealed partial class RuleFile
{
    private static readonly string[] WhenKeys = ["all", "any", "unless", "no data", "any channel", "learning"];

    private When When(Yaml node)
    {
        switch (node)
        {
            case Yaml.Scalar line:
                var reading = Formula.Condition(line.Text, vocabulary, file, line.Line, line.Column);
                problems.AddRange(reading.Problems);
                return reading.Formula is { } formula ? new When.Holds(formula) : new When.All([]);
            case Yaml.List list:
                return new When.All([.. list.Items.Select(When)]);
            default:
                var map = (Yaml.Map)node;
                Known(map, WhenKeys);
                var parts = map.Entries.Select(e => Part(e.Key.Text, e.Value)).ToList();
                if (parts.Count == 0)
                    Bad(map, "a condition is missing here", "此处缺少条件");
                return parts.Count == 1 ? parts[0] : new When.All(parts);
        }
    }

    private When Part(string key, Yaml value) =>
        key switch
        {
            "any" => new When.Any(Several(value)),
            "unless" => new When.Unless(new When.Any(Several(value))),
            "no data" => new When.NoData(Days(value), AnyChannel: false),
            "learning" => new When.Learning(YesNo(value)),
            "any channel" => AnyChannel(value),
            _ => new When.All(Several(value)),
        };

    private List<When> Several(Yaml value)
    {
        if (value is not Yaml.List list)
            return [When(value)];
        if (list.Items.Count == 0)
            Bad(list, "the list of conditions is empty", "条件列表为空");
        return [.. list.Items.Select(When)];
    }

    private When.NoData AnyChannel(Yaml value)
    {
        if (value is Yaml.Map { Entries: [var only] } && only.Key.Text == "no data")
            return new(Days(only.Value), AnyChannel: true);
        Bad(value, "'any channel' takes { no data: 1d }", "“any channel”应写为 { no data: 1d }");
        return new(1, AnyChannel: true);
    }

    private Formula? Value(Yaml place, string text, int offset, Unit? unit = null)
    {
        var reading = Formula.Value(text, vocabulary, unit, file, place.Line, place.Column + offset);
        problems.AddRange(reading.Problems);
        return reading.Formula;
    }

    private bool YesNo(Yaml node)
    {
        var words = Words(node);
        if (words is not ("true" or "false"))
            Bad(node, $"expected true or false, found '{words}'", $"应为 true 或 false，实际为“{words}”");
        return words == "true";
    }

    private string Words(Yaml node)
    {
        if (node is Yaml.Scalar { Text.Length: > 0 } scalar)
            return scalar.Text;
        Bad(node, "expected a text here", "此处应为文字");
        return "";
    }

    private int Whole(Yaml node, int least, int most)
    {
        var words = Words(node);
        if (int.TryParse(words, System.Globalization.CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Bad(node, $"expected a whole number from {least} to {most}, found '{words}'", $"应为 {least} 至 {most} 的整数，实际为“{words}”");
        return least;
    }

    private int Days(Yaml node)
    {
        var words = Words(node);
        if (
            words.EndsWith('d')
            && int.TryParse(words[..^1], System.Globalization.CultureInfo.InvariantCulture, out var days)
            && days is >= 1 and <= Window.Longest
        )
            return days;
        Bad(node, $"expected days such as 2d, found '{words}'", $"应为天数，例如 2d，实际为“{words}”");
        return 1;
    }

    private void Known(Yaml.Map map, string[] keys)
    {
        foreach (var (key, _) in map.Entries.Where(e => !keys.Contains(e.Key.Text)))
            BadWord(key, key.Text, keys, "a key", "键");
    }

    private void BadWord(Yaml node, string found, IReadOnlyCollection<string> known, string expectedEn, string expectedZh)
    {
        var hint = Nearest.Ask(found, known);
        var all = string.Join(", ", known);
        Bad(node, $"'{found}' is not {expectedEn} known here{hint.En}; known: {all}", $"未知的{expectedZh}“{found}”{hint.Zh}；可用：{all}");
    }

    private void Bad(Yaml node, string en, string zh) =>
        problems.Add(new(file, node.Line, node.Column, new(en, zh)) { Subject = Path.GetFileNameWithoutExtension(file) });
}
