using System.Globalization;
using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Engine.Tests.Rules;

/// <summary>What is absurd is refused with a sentence; what cannot be never moves money.</summary>
public class RuleBoundsTests
{
    private const string Head = "rule: r\nfor each: channel in a campaign\n";

    [Theory]
    [InlineData("roas(999999999d) > 1", "windows go from 1d to 400d, found 999999999d")]
    [InlineData("roas(401d) > 1", "windows go from 1d to 400d, found 401d")]
    [InlineData("roas(1.5d) > 1", "windows go from 1d to 400d, found 1.5d")]
    [InlineData(
        "roas(7d, previuos) > 1",
        "'previuos' is not known after a window; did you mean 'previous'?; write previous or week_before"
    )]
    [InlineData("spend(flight, previous) > 1 EUR", "previous needs a number of days, such as 7d")]
    [InlineData("pace(revenue, weekdys) > 1", "'weekdys' is not a way to pace; did you mean 'weekdays'?; write weekdays or curve")]
    [InlineData("usual(revenue, 7d) > 1 EUR", "usual compares the same weekdays, so it needs at least 28d")]
    [InlineData("top(0, roas, 7d)", "top needs a number from 1 to 100, found '0'")]
    [InlineData("top(2, roas)", "unexpected ')', expected ','")]
    [InlineData("forecast(page_load) > 1s", "a level such as 'page_load' has no forecast")]
    [InlineData("forcast(revenue) > 1 EUR", "'forcast' is not a known name; did you mean 'forecast'?")]
    [InlineData("spend(7d) > 9999999999999 EUR", "numbers go up to 1000000000000")]
    [InlineData("spend(7d) > 99999999999999999999999999999999999999 EUR", "'99999999999999999999999999999999999999' is not a number")]
    [InlineData("mark == \"x\"", null)]
    [InlineData("channel.mark > \"x\"", "unexpected '>', expected '==' or '!=' and a text in quotes")]
    [InlineData("days_left > 5", "cannot compare a duration with a number")]
    [InlineData("flight_left > 5d", "cannot compare a ratio with a duration")]
    public void A_line_that_means_nothing_is_refused(string when, string? expected) =>
        Assert.Equal(
            expected,
            Formula.Condition(when, RuleVocabulary.For(ForEach.Channel)).Problems is [var first, ..] ? first.Text.En : null
        );

    [Theory]
    [InlineData("ask: owner to do it in 9999d, else stop", "a time goes from 1h to 90d, found 9999d")]
    [InlineData("task: analyst to look in 0d", "a time goes from 1h to 90d, found 0d")]
    [InlineData("task: analyst", "'task' reads 'analyst to find the reason in 2d', found 'analyst'")]
    [InlineData("mark: chanel as donor", "'chanel' is not who can be marked known here; did you mean 'channel'?")]
    [InlineData("mark: channel donor", "'mark' reads 'channel as receiver', found 'channel donor'")]
    [InlineData("hold: everything", "'everything' is not what can be held known here")]
    [InlineData("start: ../../etc", "'start' takes one name of letters, digits, '-', '_' and '.', found '../../etc'")]
    [InlineData("resume: channel", "'resume' needs 'for each: paused channel in a campaign'")]
    [InlineData("lift: 10% of budget", "'lift' reads '10% of budget from reserve', found '10% of budget'")]
    [InlineData("scale: to 3", "expected money, found a number")]
    [InlineData("revert: all", "'revert' reads 'last shift', found 'all'")]
    [InlineData("lift: 1 EUR from reserve\n  - cut: 1 EUR to reserve", "one case moves money once; write two rules")]
    public void An_action_that_means_nothing_is_refused(string then, string expected) =>
        Assert.Contains(
            RuleFile.Parse($"{Head}when: roas(7d) > 1\nthen:\n  - {then}\n", "r.yaml").Problems,
            p => p.Text.En.StartsWith(expected, StringComparison.Ordinal)
        );

    [Fact]
    public void A_megabyte_of_yaml_is_refused_at_once() =>
        Assert.Equal("the file is larger than 64 KB", Only(Head + "when: roas(7d) > 1\n" + new string('#', 1_000_000)));

    [Fact]
    public void A_bomb_of_aliases_is_refused()
    {
        var bomb = string.Join(
            '\n',
            Enumerable.Range(0, 20).Select(i => $"k{i}: &a{i} [ {string.Join(", ", Enumerable.Repeat(i == 0 ? "x" : $"*a{i - 1}", 9))} ]")
        );
        Assert.StartsWith("rule files do not take anchors and aliases", Only(bomb), StringComparison.Ordinal);
    }

    [Fact]
    public void Long_words_are_refused_before_anything_looks_for_a_form_in_them()
    {
        var words = string.Concat(Enumerable.Repeat("a to b, else c ", 4_000));
        Assert.Contains("the text is longer than 500 characters", All($"{Head}when: roas(7d) > 1\nthen:\n  - ask: {words}\n"));
        Assert.Contains(
            All($"{Head}{new string('k', 1_000)}: 1\n"),
            p => p.StartsWith("'" + new string('k', 80) + "…' is not a key", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Of_ten_thousand_rules_those_within_the_limit_are_used_and_the_rest_is_named()
    {
        var set = RuleSet.Load(
            Enumerable.Range(0, 10_000).Select(i => ($"r{i:00000}.yaml", $"{Head}when: roas(7d) > 1\nthen: {{ notify: me }}\n")).Reverse()
        );
        Assert.Equal(("r00000", "r00199", 200), (set.Rules[0].Id, set.Rules[^1].Id, set.Rules.Count));
        Assert.Equal(
            "r00200.yaml: there are more than 200 rules; this one and all after it by name are not used",
            Assert.Single(set.Problems).ToString()
        );
    }

    [Theory]
    [InlineData(-5_00, 10, "a reports spend of -500 on 2026-03-27, which cannot be")]
    [InlineData(5_00, double.NaN, "a reports conversions of NaN on 2026-03-27, which cannot be")]
    [InlineData(5_00, double.PositiveInfinity, "a reports conversions of Infinity on 2026-03-27, which cannot be")]
    [InlineData(5_00, -1, "a reports conversions of -1 on 2026-03-27, which cannot be")]
    public void A_number_that_cannot_be_is_unknown_and_named(long spend, double conversions, string expected)
    {
        var days = World.Days(28, 10_00, 5_00, 5);
        days[^2] = World.Day(2, spend, 5_00, conversions);
        var snapshot = World.Of(World.Channel("a", 100_00, days), World.Channel("b", 100_00, World.Days(28, 10_00, 90_00, 5)));
        var rule = World.Rule(
            "rule: r\nfor each: pair of channels (loser, winner) in a campaign\nwhen: loser.cpa(7d) >= 0 or loser.cpa(7d) < 0\nthen: { shift: 10% of loser.budget to winner }\n"
        );
        var verdict = RuleEngine.Evaluate([rule], snapshot).Of("a");
        Assert.Equal(VerdictKind.Unknown, verdict.Kind);
        Assert.Contains(expected, verdict.Why.En, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("twice")]
    [InlineData("negative budget")]
    [InlineData("endless flight")]
    [InlineData("flight backwards")]
    public void A_snapshot_that_cannot_be_decides_nothing(string fault)
    {
        var a = World.Channel("a", 100_00, World.Days(28, 10_00, 5_00, 5));
        var good = World.Of(a, World.Channel("b", 100_00, World.Days(28, 10_00, 90_00, 5)));
        var bad = fault switch
        {
            "twice" => good with { Channels = [a, a] },
            "negative budget" => good with { Channels = [a with { BudgetMinor = -1 }, good.Channels[1]] },
            "endless flight" => good with { FlightEnd = DateOnly.MaxValue },
            _ => good with { FlightEnd = good.FlightStart.AddDays(-1) },
        };
        var verdict = Assert.Single(RuleEngine.Evaluate([World.PairRule()], bad));
        Assert.Equal((VerdictKind.Unknown, 0), (verdict.Kind, verdict.Actions.Count));
        Assert.NotEmpty(verdict.Why.En);
    }

    [Theory]
    [InlineData("1_000_000_000_000 EUR")]
    [InlineData("loser.budget / 0")]
    [InlineData("loser.budget * 1_000_000_000_000")]
    [InlineData("0 EUR - loser.budget")]
    public void No_amount_moves_more_than_a_step(string amount)
    {
        var snapshot = World.Of(
            World.Channel("a", 100_00, World.Days(28, 10_00, 5_00, 5)),
            World.Channel("b", 100_00, World.Days(28, 10_00, 90_00, 5))
        );
        var verdict = RuleEngine.Evaluate([World.PairRule(shift: amount)], snapshot).Of("a");
        var moved = verdict.Kind == VerdictKind.Fired ? verdict.Actions.OfType<RuleAction.Shift>().Sum(s => s.AmountMinor) : 0;
        Assert.InRange(moved, 0, 16_00); // 8% of 200 EUR
    }

    [Fact]
    public void Reading_a_line_takes_no_notice_of_the_machines_culture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Assert.Empty(Formula.Condition("roas(7d) > 1.5 and ctr(7d) < 0.5%", RuleVocabulary.For(ForEach.Channel)).Problems);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static string Only(string text) => Assert.Single(RuleFile.Parse(text, "r.yaml").Problems).Text.En;

    private static List<string> All(string text) => [.. RuleFile.Parse(text, "r.yaml").Problems.Select(p => p.Text.En)];
}
