using System.Globalization;
using System.Text.RegularExpressions;
using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>Guards: short phrases with one form each.</summary>
public sealed partial class RuleFile
{
    internal static readonly string[] GuardKeys =
    [
        "ignore last",
        "ignore",
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
    private const string PromotionDays = "promotion days";

    [GeneratedRegex("^(?<count>[0-9]{1,6}) changes? per (?<scope>campaign|channel) per (?<time>day|week)$", RegexOptions.ExplicitCapture)]
    private static partial Regex LimitForm { get; }

    [GeneratedRegex("^(?<days>[0-9]{1,4}d) per (?<scope>campaign|channel)$", RegexOptions.ExplicitCapture)]
    private static partial Regex CooldownForm { get; }

    [GeneratedRegex("^(?<count>[0-9]{1,12}) (?<metric>[a-z_]+)( in (?<days>[0-9]{1,4})d)?$", RegexOptions.ExplicitCapture)]
    private static partial Regex SampleForm { get; }

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
            "ignore" => Ignore(guard, node, words),
            "certainty" => guard with { Certainty = Percent(node, words) },
            "change at most" => guard with { ChangeAtMost = Percent(node, words) },
            "move at most" => guard with { MoveAtMost = Percent(node, Without(words, " per day")) },
            "keep at least" => guard with { KeepAtLeast = Value(node, Without(words, " per day"), 0, Unit.Money) },
            "cooldown" => Cooldown(guard, node, words),
            "at most" => AtMost(guard, node, words),
            "at least" => AtLeast(guard, node, words),
            _ => Never(guard, node, words),
        };

    private GuardSet Ignore(GuardSet guard, Yaml node, string words)
    {
        if (words != PromotionDays)
            Form(node, "ignore", PromotionDays, words);
        return guard with { IgnorePromotions = true };
    }

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
