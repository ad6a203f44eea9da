using System.Globalization;
using System.Text.RegularExpressions;
using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>Actions: short phrases with one form each.</summary>
public sealed partial class RuleFile
{
    internal static readonly string[] ActionKeys =
    [
        "shift",
        "lift",
        "cut",
        "scale",
        "revert",
        "pause",
        "resume",
        "mark",
        "notify",
        "ask",
        "task",
        "issue",
        "experiment",
        "start",
        "signal",
        "hold",
        "advance",
    ];

    private const string AllBudgetChanges = "all budget changes";
    private const int LongestDays = 90;

    [GeneratedRegex(
        "^(?<who>.+?) (?<what>(to|for) .+?)( in (?<in>[0-9]{1,4}[hd]))?, else (?<else>.+?)( after (?<after>[0-9]{1,4}[hd]))?$",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex AskForm { get; }

    [GeneratedRegex("^(?<who>.+?) to (?<what>.+?)( in (?<in>[0-9]{1,4}[hd]))?$", RegexOptions.ExplicitCapture)]
    private static partial Regex TaskForm { get; }

    [GeneratedRegex("^(?<role>[a-z]+) as (?<word>[a-z0-9-]{1,40})$", RegexOptions.ExplicitCapture)]
    private static partial Regex MarkForm { get; }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,80}$", RegexOptions.ExplicitCapture)]
    private static partial Regex NameForm { get; }

    /// <summary>The channels that actions may name.</summary>
    private string[] Roles =>
        subject switch
        {
            ForEach.Pair => ["loser", "winner"],
            ForEach.Channel or ForEach.Paused => ["channel"],
            _ => [],
        };

    private List<AskedAction> Then(Yaml node)
    {
        var items = node is Yaml.List list ? list.Items : [node];
        if (items.Count == 0)
            Bad(node, "'then' needs at least one action", "“then”至少需要一个动作");
        var actions = new List<AskedAction>();
        foreach (var item in items)
        {
            if (item is not Yaml.Map map)
            {
                Bad(
                    item,
                    $"an action reads 'key: value' with one of {string.Join(", ", ActionKeys)}",
                    $"动作应写为“键: 值”，键为 {string.Join("、", ActionKeys)}"
                );
                continue;
            }
            Known(map, ActionKeys);
            foreach (var (key, value) in map.Entries.Where(e => ActionKeys.Contains(e.Key.Text)))
                if (Action(key.Text, value, Words(value)) is { } action)
                    actions.Add(action);
        }
        Fit(node, actions);
        return actions;
    }

    /// <summary>One move of money at a time; and what others build on must not depend on money.</summary>
    private void Fit(Yaml node, List<AskedAction> actions)
    {
        if (
            actions.Count(a => a is AskedAction.Shift or AskedAction.Lift or AskedAction.Cut or AskedAction.Scale or AskedAction.Revert) > 1
        )
            Bad(node, "one case moves money once; write two rules", "每种情形只能有一个资金动作；请分成两条规则");
        if (
            actions.Exists(a => a is AskedAction.Mark)
            && actions.Exists(a => a is not (AskedAction.Mark or AskedAction.Notify or AskedAction.Task or AskedAction.Issue))
        )
            Bad(
                node,
                "a rule that marks may only notify, give a task or open an issue beside it: others build on its marks",
                "带标记的规则只能同时通知、派任务或建问题，因为其他规则依赖其标记"
            );
    }

    private AskedAction? Action(string key, Yaml node, string words) =>
        key switch
        {
            "shift" => Shift(node, words),
            "lift" => Reserve(node, key, words, " from reserve") is { } amount ? new AskedAction.Lift(Roles[^1], amount) : null,
            "cut" => Reserve(node, key, words, " to reserve") is { } amount ? new AskedAction.Cut(Roles[0], amount) : null,
            "scale" => Scale(node, words),
            "revert" => Revert(node, words),
            "pause" => Role(node, words) is { } role ? new AskedAction.Pause(role) : null,
            "resume" => Resume(node, words),
            "mark" => Mark(node, words),
            "notify" => new AskedAction.Notify(words),
            "ask" => Ask(node, words),
            "task" => Task(node, words),
            "issue" => new AskedAction.Issue(RuleWords.Authored(words)),
            "experiment" => new AskedAction.Experiment(RuleWords.Authored(words)),
            "start" => Named(node, key, words) ? new AskedAction.Start(words) : null,
            "signal" => Named(node, key, words) ? new AskedAction.Signal(words) : null,
            "hold" => Hold(node, words),
            _ => new AskedAction.Advance(words),
        };

    private AskedAction.Shift? Shift(Yaml node, string words)
    {
        const string To = " to winner";
        if (subject != ForEach.Pair)
            Bad(node, "'shift' needs a pair of channels in 'for each'", "“shift”要求 for each 为渠道对");
        else if (!words.EndsWith(To, StringComparison.Ordinal))
            Form(node, "shift", "15% of loser.budget to winner", words);
        else if (Value(node, words[..^To.Length], 0, Unit.Money) is { } amount)
            return new(amount);
        return null;
    }

    /// <summary>Money from or to the reserve: of one channel, so not in pairs.</summary>
    private Formula? Reserve(Yaml node, string key, string words, string end)
    {
        if (!OneChannel(node, key))
            return null;
        if (words.EndsWith(end, StringComparison.Ordinal))
            return Value(node, words[..^end.Length], 0, Unit.Money);
        Form(node, key, "10% of budget" + end, words);
        return null;
    }

    private AskedAction.Scale? Scale(Yaml node, string words)
    {
        const string To = "to ";
        if (!OneChannel(node, "scale"))
            return null;
        if (words.StartsWith(To, StringComparison.Ordinal))
            return Value(node, words[To.Length..], To.Length, Unit.Money) is { } target ? new(Roles[0], target) : null;
        Form(node, "scale", "to 120% of budget", words);
        return null;
    }

    private AskedAction.Revert? Revert(Yaml node, string words)
    {
        if (!OneChannel(node, "revert"))
            return null;
        if (words == "last shift")
            return new(Roles[0]);
        Form(node, "revert", "last shift", words);
        return null;
    }

    private bool OneChannel(Yaml node, string key)
    {
        if (subject == ForEach.Channel)
            return true;
        Bad(node, $"'{key}' needs 'for each: channel in a campaign'", $"“{key}”要求 for each: channel in a campaign");
        return false;
    }

    private AskedAction.Resume? Resume(Yaml node, string words)
    {
        if (subject == ForEach.Paused)
            return Role(node, words) is { } role ? new(role) : null;
        Bad(node, "'resume' needs 'for each: paused channel in a campaign'", "“resume”要求 for each: paused channel in a campaign");
        return null;
    }

    private string? Role(Yaml node, string words)
    {
        if (Roles.Contains(words))
            return words;
        BadWord(node, words, Roles, "a channel", "渠道");
        return null;
    }

    private AskedAction.Mark? Mark(Yaml node, string words)
    {
        string[] who = subject == ForEach.Portfolio ? ["portfolio"] : [.. Roles, "campaign"];
        if (MarkForm.Match(words) is not { Success: true } match)
            Form(node, "mark", $"{who[0]} as receiver", words);
        else if (!who.Contains(match.Groups["role"].Value))
            BadWord(node, match.Groups["role"].Value, who, "who can be marked", "可标记对象");
        else
            return new(match.Groups["role"].Value, match.Groups["word"].Value);
        return null;
    }

    private AskedAction.Ask? Ask(Yaml node, string words)
    {
        if (AskForm.Match(words) is { Success: true } match)
        {
            var within = match.Groups["in"].Success ? match.Groups["in"].Value : match.Groups["after"].Value;
            return new(
                match.Groups["who"].Value,
                RuleWords.Authored(match.Groups["what"].Value),
                Time(node, within),
                match.Groups["else"].Value
            );
        }
        Form(node, "ask", "campaign owner to confirm in 24h, else resume", words);
        return null;
    }

    private AskedAction.Task? Task(Yaml node, string words)
    {
        if (TaskForm.Match(words) is { Success: true } match)
            return new(match.Groups["who"].Value, RuleWords.Authored(match.Groups["what"].Value), Time(node, match.Groups["in"].Value));
        Form(node, "task", "analyst to find the reason in 2d", words);
        return null;
    }

    private AskedAction.Hold? Hold(Yaml node, string words)
    {
        string[] known = [AllBudgetChanges, .. Roles];
        if (known.Contains(words))
            return new(words);
        BadWord(node, words, known, "what can be held", "可暂停对象");
        return null;
    }

    private bool Named(Yaml node, string key, string words)
    {
        var good = NameForm.IsMatch(words);
        if (!good)
            Bad(
                node,
                $"'{key}' takes one name of letters, digits, '-', '_' and '.', found '{words}'",
                $"“{key}”应为由字母、数字、“-”“_”“.”组成的名称，实际为“{words}”"
            );
        return good;
    }

    /// <summary>What nobody dates waits a day.</summary>
    private TimeSpan Time(Yaml node, string words)
    {
        if (words.Length == 0)
            return TimeSpan.FromHours(24);
        var number = int.Parse(words[..^1], CultureInfo.InvariantCulture);
        var time = words[^1] == 'd' ? TimeSpan.FromDays(number) : TimeSpan.FromHours(number);
        if (time > TimeSpan.Zero && time <= TimeSpan.FromDays(LongestDays))
            return time;
        Bad(node, $"a time goes from 1h to {LongestDays}d, found {words}", $"时限为 1h 至 {LongestDays}d，实际为 {words}");
        return TimeSpan.FromHours(24);
    }
}
