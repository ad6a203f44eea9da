using System.Globalization;
using System.Text.RegularExpressions;
using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>Conditions: a line, or all / any / unless lists of them.</summary>
public sealed partial class RuleFile
{
    private const int MostCounted = 100;

    /// <summary>Of a title, an action, a limit.</summary>
    private const int LongestWords = 500;

    /// <summary>Of what was found, when it is said what is wrong with it.</summary>
    private const int LongestQuote = 80;

    private bool inside;

    /// <summary><c>at least 2 channels</c> stands for all numbers; in a portfolio campaigns are counted.</summary>
    internal static readonly string[] WhenKeys =
    [
        "all",
        "any",
        "unless",
        "no data",
        "learning",
        "any channel",
        "every channel",
        "no channel",
        "at least 2 channels",
    ];

    [GeneratedRegex("^(?<many>any|every|no|at least (?<least>[0-9]{1,3})) (channels?|campaigns?)$", RegexOptions.ExplicitCapture)]
    private static partial Regex ChannelsForm { get; }

    [GeneratedRegex("^(?<days>[0-9]{1,4}d)( of (?<of>[a-z_]+))?( from (?<from>\\S.{0,80}))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex NoDataForm { get; }

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
                foreach (var (key, _) in map.Entries.Where(e => !WhenKeys.Contains(e.Key.Text) && Counted(e.Key.Text) is null))
                    BadWord(key, key.Text, KeysHere, "a key", "键");
                var parts = map.Entries.Select(e => Part(e.Key, e.Value)).ToList();
                if (parts.Count == 0)
                    Bad(map, "a condition is missing here", "此处缺少条件");
                return parts.Count == 1 ? parts[0] : new When.All(parts);
        }
    }

    /// <summary>What a condition may begin with here, in the words of what the rule looks at.</summary>
    private IReadOnlyCollection<string> KeysHere =>
        subject == ForEach.Portfolio ? [.. WhenKeys.Select(k => k.Replace("channel", "campaign", StringComparison.Ordinal))] : WhenKeys;

    private When Part(Yaml.Scalar key, Yaml value) =>
        key.Text switch
        {
            "any" => new When.Any(Several(value)),
            "unless" => new When.Unless(new When.Any(Several(value))),
            "no data" => NoData(value),
            "learning" => new When.Learning(YesNo(value)),
            _ => Counted(key.Text) is { } counted ? Channels(key, value, counted) : new When.All(Several(value)),
        };

    private (HowMany HowMany, int Least)? Counted(string key)
    {
        if (ChannelsForm.Match(key) is not { Success: true } match)
            return null;
        if (key.Contains("campaign", StringComparison.Ordinal) != (subject == ForEach.Portfolio))
            return null;
        return match.Groups["many"].Value switch
        {
            "any" => (HowMany.Any, 1),
            "every" => (HowMany.Every, 0),
            "no" => (HowMany.No, 0),
            _ => (HowMany.AtLeast, int.Parse(match.Groups["least"].Value, CultureInfo.InvariantCulture)),
        };
    }

    private When.Channels Channels(Yaml.Scalar key, Yaml value, (HowMany HowMany, int Least) counted)
    {
        if (counted is { HowMany: HowMany.AtLeast, Least: < 1 or > MostCounted })
            Bad(key, $"'at least' counts from 1 to {MostCounted}", $"“at least”的数量为 1 至 {MostCounted}");
        if (inside)
            Bad(key, "one count of channels cannot stand inside another", "渠道计数条件不能嵌套");
        var outer = vocabulary;
        (vocabulary, inside) = (RuleVocabulary.Inside(subject, book), true);
        var of = When(value);
        (vocabulary, inside) = (outer, false);
        return new(counted.HowMany, counted.Least, of, subject == ForEach.Portfolio);
    }

    private When.NoData NoData(Yaml value)
    {
        var words = Words(value);
        if (NoDataForm.Match(words) is not { Success: true } match)
        {
            Form(value, "no data", "1d, 1d of conversions, 1d from google-ads", words);
            return new(1);
        }
        var of = match.Groups["of"] is { Success: true } metric ? metric.Value : null;
        if (of is not null && vocabulary.Term(of) is not { Windowed: true, Parts: null })
            BadWord(value, of, [.. book.Terms.Where(t => t.Parts is null).Select(t => t.Name)], "a reported metric", "上报指标");
        var days = Days(value is Yaml.Scalar scalar ? scalar with { Text = match.Groups["days"].Value } : value);
        return new(days, of, match.Groups["from"] is { Success: true } from ? from.Value : null);
    }

    private List<When> Several(Yaml value)
    {
        if (value is not Yaml.List list)
            return [When(value)];
        if (list.Items.Count == 0)
            Bad(list, "the list of conditions is empty", "条件列表为空");
        return [.. list.Items.Select(When)];
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
        if (node is Yaml.Scalar { Text.Length: > LongestWords } tooLong)
        {
            Bad(node, $"the text is longer than {LongestWords} characters", $"文字超过 {LongestWords} 个字符");
            return tooLong.Text[..LongestWords];
        }
        if (node is Yaml.Scalar { Text.Length: > 0 } scalar)
            return scalar.Text;
        Bad(node, "expected a text here", "此处应为文字");
        return "";
    }

    private int Whole(Yaml node, int least, int most)
    {
        var words = Words(node);
        if (int.TryParse(words, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Bad(node, $"expected a whole number from {least} to {most}, found '{words}'", $"应为 {least} 至 {most} 的整数，实际为“{words}”");
        return least;
    }

    private int Days(Yaml node)
    {
        var words = Words(node);
        if (
            words.EndsWith('d')
            && int.TryParse(words[..^1], CultureInfo.InvariantCulture, out var days)
            && days is >= 1 and <= Window.Longest
        )
            return days;
        Bad(
            node,
            $"expected days such as 2d, from 1d to {Window.Longest}d, found '{words}'",
            $"应为 1d 至 {Window.Longest}d 的天数，例如 2d，实际为“{words}”"
        );
        return 1;
    }

    private void Known(Yaml.Map map, string[] keys)
    {
        foreach (var (key, _) in map.Entries.Where(e => !keys.Contains(e.Key.Text)))
            BadWord(key, key.Text, keys, "a key", "键");
    }

    private void BadWord(Yaml node, string found, IReadOnlyCollection<string> known, string expectedEn, string expectedZh)
    {
        if (found.Length > LongestQuote)
            found = found[..LongestQuote] + "…";
        var hint = Nearest.Ask(found, known);
        var all = string.Join(", ", known);
        Bad(node, $"'{found}' is not {expectedEn} known here{hint.En}; known: {all}", $"未知的{expectedZh}“{found}”{hint.Zh}；可用：{all}");
    }

    private void Bad(Yaml node, string en, string zh) =>
        problems.Add(new(file, node.Line, node.Column, new(en, zh)) { Subject = Path.GetFileNameWithoutExtension(file) });
}
