using System.Security.Cryptography;
using System.Text;
using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>A rule, or everything that is wrong with its file.</summary>
public sealed record RuleReading(Rule? Rule, IReadOnlyList<Problem> Problems);

/// <summary>Reads one rule file. Every problem is reported, not only the first.</summary>
public sealed partial class RuleFile
{
    /// <summary>Of a file in UTF-8; a larger one is refused unread.</summary>
    public const int LargestBytes = 64 * 1024;

    internal static readonly string[] Keys =
    [
        "rule",
        "for each",
        "priority",
        "only one of",
        "when",
        "cases",
        "choose",
        "then",
        "guard",
        "mode",
        "check",
    ];

    internal static readonly Dictionary<string, ForEach> Subjects = new(StringComparer.Ordinal)
    {
        ["pair of channels (loser, winner) in a campaign"] = ForEach.Pair,
        ["channel in a campaign"] = ForEach.Channel,
        ["paused channel in a campaign"] = ForEach.Paused,
        ["campaign"] = ForEach.Campaign,
        ["portfolio"] = ForEach.Portfolio,
    };

    internal static readonly string[] Modes = ["observe", "ask", "ask above 3% of daily budget", "auto"];

    private readonly string file;
    private readonly MetricBook book;
    private readonly List<Problem> problems = [];
    private ForEach subject;
    private Vocabulary vocabulary = RuleVocabulary.For(ForEach.Campaign);

    private RuleFile(string file, MetricBook book) => (this.file, this.book) = (file, book);

    /// <param name="book">The metrics it may name; null: the standard ones.</param>
    public static RuleReading Parse(string text, string fileName, MetricBook? book = null)
    {
        var (root, problem) = Yaml.Read(text, fileName);
        if (problem is not null)
            return new(null, [problem]);
        var reader = new RuleFile(fileName, book ?? MetricBook.Standard);
        var rule = reader.Rule(root!, text);
        return new(reader.problems.Count == 0 ? rule : null, reader.problems);
    }

    private Rule? Rule(Yaml root, string text)
    {
        if (root is not Yaml.Map map)
        {
            Bad(root, "a rule file holds keys such as 'rule:', 'when:' and 'then:'", "规则文件应包含 rule、when、then 等键");
            return null;
        }
        Known(map, Keys);
        foreach (var needed in new[] { "rule", "for each" })
            if (map[needed] is null)
                Bad(map, $"the key '{needed}' is missing", $"缺少键“{needed}”");
        subject = Subject(map["for each"]);
        vocabulary = RuleVocabulary.For(subject, book);
        var schedule = map["check"] is { } check ? Check(check) : Schedule.Daily;
        return new()
        {
            Id = Path.GetFileNameWithoutExtension(file),
            Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))),
            Text = text,
            Title = Title(map["rule"]),
            ForEach = subject,
            Priority = map["priority"] is { } priority ? Whole(priority, 0, 1000) : Rules.Rule.UsualPriority,
            OnlyOneOf = map["only one of"] is { } group ? Words(group) : null,
            Branches = Branches(map),
            Choose = map["choose"] is { } choose ? Choice(choose) : null,
            Guard = map["guard"] is { } guard ? Guard(guard) : GuardSet.Usual,
            Mode = map["mode"] is { } mode ? Mode(mode) : new AskedMode.Ask(),
            Check = schedule.Sentence.En,
            Schedule = schedule,
        };
    }

    private Phrase Title(Yaml? node)
    {
        if (node is not Yaml.Map both)
            return Phrase.Same(node is null ? "" : Words(node));
        Known(both, ["en", "zh"]);
        if (both["en"] is { } en && both["zh"] is { } zh)
            return new(Words(en), Words(zh));
        Bad(both, "a title in two languages needs both 'en' and 'zh'", "双语标题需同时写 en 与 zh");
        return default;
    }

    /// <summary>What the schedule can do; a file may not promise more.</summary>
    private Schedule Check(Yaml node)
    {
        var words = Words(node);
        if (Schedule.Read(words) is { } schedule)
            return schedule;
        BadWord(node, words, Schedule.Forms, "when to look", "检查时间");
        return Schedule.Daily;
    }

    private ForEach Subject(Yaml? node)
    {
        if (node is null)
            return ForEach.Campaign;
        var words = string.Join(' ', Words(node).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (Subjects.TryGetValue(words, out var found))
            return found;
        BadWord(node, words, Subjects.Keys, "what the rule looks at", "规则对象");
        return ForEach.Campaign;
    }

    private List<Branch> Branches(Yaml.Map map)
    {
        if (map["cases"] is not { } cases)
            return [Branch(map)];
        if (map["when"] is { } stray)
            Bad(stray, "write either 'when' and 'then' or 'cases', not both", "“when/then”与“cases”只能写一种");
        if (cases is not Yaml.List { Items.Count: > 0 } list)
        {
            Bad(cases, "'cases' needs a list of 'when' and 'then'", "“cases”应为 when/then 列表");
            return [];
        }
        var branches = new List<Branch>();
        foreach (var item in list.Items)
            if (item is Yaml.Map one)
            {
                Known(one, ["when", "then"]);
                branches.Add(Branch(one));
            }
            else
                Bad(item, "a case needs 'when' and 'then'", "每个 case 需要 when 与 then");
        return branches;
    }

    private Branch Branch(Yaml.Map map)
    {
        foreach (var needed in new[] { "when", "then" })
            if (map[needed] is null)
                Bad(map, $"the key '{needed}' is missing", $"缺少键“{needed}”");
        return new(map["when"] is { } when ? When(when) : new When.All([]), map["then"] is { } then ? Then(then) : []);
    }

    private Choice? Choice(Yaml node)
    {
        if (subject != ForEach.Pair)
            Bad(node, "'choose' picks a winner, so it needs a pair of channels", "“choose”用于挑选接收方，仅适用于渠道对");
        var words = Words(node);
        var highest = words.StartsWith("highest ", StringComparison.Ordinal);
        if (highest || words.StartsWith("lowest ", StringComparison.Ordinal))
        {
            var start = words.IndexOf(' ', StringComparison.Ordinal) + 1;
            return Value(node, words[start..], start) is { } value ? new(highest, value) : null;
        }
        Bad(
            node,
            $"'choose' reads 'highest' or 'lowest' and a value, found '{words}'",
            $"“choose”应为 highest 或 lowest 加数值，实际为“{words}”"
        );
        return null;
    }

    private AskedMode Mode(Yaml node)
    {
        const string Above = "ask above ";
        var words = Words(node);
        if (words.StartsWith(Above, StringComparison.Ordinal))
        {
            // "3% of daily budget" is how people say it; the name in formulas is campaign.daily_budget.
            var amount = words[Above.Length..];
            amount = amount.EndsWith(" of daily budget", StringComparison.Ordinal)
                ? amount.Replace("daily budget", "campaign.daily_budget", StringComparison.Ordinal)
                : amount;
            return Value(node, amount, Above.Length, Unit.Money) is { } formula ? new AskedMode.AskAbove(formula) : new AskedMode.Ask();
        }
        switch (words)
        {
            case "observe":
                return new AskedMode.Observe();
            case "auto":
                return new AskedMode.Auto();
            case "ask":
                return new AskedMode.Ask();
            default:
                BadWord(node, words, Modes, "a mode", "执行方式");
                return new AskedMode.Ask();
        }
    }
}
