using System.Globalization;
using System.Text.RegularExpressions;
using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>Actions and guards: short phrases with one form each.</summary>
public sealed partial class RuleFile
{
    private static readonly string[] ActionKeys = ["shift", "pause", "notify", "ask", "hold", "advance"];

    private static readonly string[] GuardKeys =
    [
        "ignore last",
        "certainty",
        "cooldown",
        "at most",
        "change at most",
        "move at most",
        "keep at least",
        "never",
        "at least",
    ];

    private const string NeverTheLast = "pause the last active channel";

    [GeneratedRegex(
        "^(?<who>.+?) (?<what>(to|for) .+?)( in (?<in>[0-9]+[hd]))?, else (?<else>.+?)( after (?<after>[0-9]+[hd]))?$",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex AskForm { get; }

    [GeneratedRegex("^(?<count>[0-9]+) changes? per (?<scope>campaign|channel) per (?<time>day|week)$", RegexOptions.ExplicitCapture)]
    private static partial Regex LimitForm { get; }

    [GeneratedRegex("^(?<days>[0-9]+d) per (?<scope>campaign|channel)$", RegexOptions.ExplicitCapture)]
    private static partial Regex CooldownForm { get; }

    [GeneratedRegex("^(?<count>[0-9]+) (?<metric>[a-z_]+)( in (?<days>[0-9]+)d)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex SampleForm { get; }

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
        return actions;
    }

    private AskedAction? Action(string key, Yaml node, string words) =>
        key switch
        {
            "shift" => Shift(node, words),
            "pause" => Pause(node, words),
            "notify" => new AskedAction.Notify(words),
            "ask" => Ask(node, words),
            "hold" => new AskedAction.Hold(words),
            _ => new AskedAction.Advance(words),
        };

    private AskedAction.Shift? Shift(Yaml node, string words)
    {
        const string To = " to winner";
        if (subject != ForEach.Pair)
            Bad(node, "'shift' needs a pair of channels in 'for each'", "“shift”要求 for each 为渠道对");
        else if (!words.EndsWith(To, StringComparison.Ordinal))
            Bad(
                node,
                $"'shift' reads '15% of loser.budget to winner', found '{words}'",
                $"“shift”应写为“15% of loser.budget to winner”，实际为“{words}”"
            );
        else if (Value(node, words[..^To.Length], 0, Unit.Money) is { } amount)
            return new(amount);
        return null;
    }

    private AskedAction.Pause? Pause(Yaml node, string words)
    {
        string[] roles = subject switch
        {
            ForEach.Pair => ["loser", "winner"],
            ForEach.Channel => ["channel"],
            _ => [],
        };
        if (roles.Contains(words))
            return new(words);
        BadWord(node, words, roles, "a channel", "渠道");
        return null;
    }

    private AskedAction.Ask? Ask(Yaml node, string words)
    {
        if (AskForm.Match(words) is { Success: true } match)
        {
            var within = match.Groups["in"].Success ? match.Groups["in"].Value : match.Groups["after"].Value;
            return new(match.Groups["who"].Value, match.Groups["what"].Value, Time(within), match.Groups["else"].Value);
        }
        Bad(
            node,
            $"'ask' reads 'campaign owner to confirm in 24h, else resume', found '{words}'",
            $"“ask”应写为“campaign owner to confirm in 24h, else resume”，实际为“{words}”"
        );
        return null;
    }

    /// <summary>A question nobody dates waits a day.</summary>
    private static TimeSpan Time(string words) =>
        words.Length == 0 ? TimeSpan.FromHours(24)
        : double.Parse(words[..^1], CultureInfo.InvariantCulture) is var number && words[^1] == 'd' ? TimeSpan.FromDays(number)
        : TimeSpan.FromHours(number);

    private GuardSet Guard(Yaml node)
    {
        var guard = GuardSet.Usual;
        if (node is not Yaml.Map map)
        {
            Bad(node, "'guard' needs keys such as 'cooldown: 3d per channel'", "“guard”应包含 cooldown 等键");
            return guard;
        }
        Known(map, GuardKeys);
        foreach (var (key, value) in map.Entries.Where(e => GuardKeys.Contains(e.Key.Text)))
            guard = Guarded(guard, key.Text, value, Words(value));
        return guard;
    }

    private GuardSet Guarded(GuardSet guard, string key, Yaml node, string words) =>
        key switch
        {
            "ignore last" => guard with { IgnoreLastDays = Days(node) },
            "certainty" => guard with { Certainty = Percent(node, words) },
            "change at most" => guard with { ChangeAtMost = Percent(node, words) },
            "move at most" => guard with { MoveAtMost = Percent(node, Without(words, " per day")) },
            "keep at least" => guard with { KeepAtLeast = Value(node, Without(words, " per day"), 0, Unit.Money) },
            "cooldown" => Cooldown(guard, node, words),
            "at most" => AtMost(guard, node, words),
            "at least" => AtLeast(guard, node, words),
            _ => Never(guard, node, words),
        };

    private GuardSet Cooldown(GuardSet guard, Yaml node, string words)
    {
        if (CooldownForm.Match(words) is { Success: true } match)
            return guard with
            {
                CooldownDays = Days(new Yaml.Scalar(node.Line, node.Column, match.Groups["days"].Value)),
                CooldownPerChannel = match.Groups["scope"].Value == "channel",
            };
        Form(node, "cooldown", "3d per channel", words);
        return guard;
    }

    private GuardSet AtMost(GuardSet guard, Yaml node, string words)
    {
        if (
            LimitForm.Match(words) is { Success: true } match
            && int.TryParse(match.Groups["count"].Value, CultureInfo.InvariantCulture, out var count)
        )
            return guard with
            {
                AtMost = new(count, match.Groups["scope"].Value == "channel", match.Groups["time"].Value == "week" ? 7 : 1),
            };
        Form(node, "at most", "2 changes per campaign per week", words);
        return guard;
    }

    private GuardSet AtLeast(GuardSet guard, Yaml node, string words)
    {
        if (SampleForm.Match(words) is not { Success: true } match)
            Form(node, "at least", "30 conversions", words);
        else if (vocabulary.Term(match.Groups["metric"].Value) is { Additive: true } metric)
        {
            int? days = match.Groups["days"].Success
                ? Days(new Yaml.Scalar(node.Line, node.Column, match.Groups["days"].Value + "d"))
                : null;
            return guard with { AtLeast = new(double.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture), metric, days) };
        }
        else
            BadWord(
                node,
                match.Groups["metric"].Value,
                [.. vocabulary.Terms.Where(t => t.Additive).Select(t => t.Name)],
                "a metric that adds up",
                "可累加指标"
            );
        return guard;
    }

    /// <summary>The engine never pauses the last channel anyway; the words are there for the reader.</summary>
    private GuardSet Never(GuardSet guard, Yaml node, string words)
    {
        if (words != NeverTheLast)
            Form(node, "never", NeverTheLast, words);
        return guard;
    }

    private double Percent(Yaml node, string words)
    {
        if (
            words.EndsWith('%')
            && double.TryParse(words[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
            && percent is > 0 and <= 100
        )
            return percent / 100;
        Bad(
            node,
            $"expected a percentage above 0% and up to 100%, found '{words}'",
            $"应为大于 0% 且不超过 100% 的百分比，实际为“{words}”"
        );
        return 1;
    }

    private void Form(Yaml node, string key, string form, string found) =>
        Bad(node, $"'{key}' reads '{form}', found '{found}'", $"“{key}”应写为“{form}”，实际为“{found}”");

    private static string Without(string words, string end) => words.EndsWith(end, StringComparison.Ordinal) ? words[..^end.Length] : words;
}
