using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Rules.Lab;

namespace CampaignFlow.Engine.Tests.Rules.Lab;

public class AnalysisTests
{
    private static readonly History Steady = Books.Of(28, (c, _) => c == "good" ? 2 : 1, "good", "fair");

    [Fact]
    public void The_naive_rule_is_refused_with_the_factor_that_the_history_gives()
    {
        var report = RuleLab.Examine(Books.Rule(Books.Naive, "naive"), [], Steady);

        var finding = Assert.Single(report.Findings, f => f.Code == "unbounded-compounding");
        // 27 mornings: one channel grows by a fifth each, the other stands still.
        var factor = (Math.Pow(1.2, 27) + 1) / 2;
        Assert.Contains($"unbounded compounding: × {factor:N0} in 28 days (27 changes", finding.Text.En, StringComparison.Ordinal);
        Assert.Contains("无界复利：28 天内放大", finding.Text.Zh, StringComparison.Ordinal);
        Assert.Equal((Severity.Error, "naive.yaml", 6, 9), (finding.Severity, finding.File, finding.Line, finding.Column));
        Assert.NotNull(finding.Cure);
        Assert.False(report.MayPublish);
        Assert.Equal(factor, report.Free!.Growth, 0.01 * factor);
    }

    [Theory]
    [InlineData("roas(yesterday) > 1.2 and budget < 150 EUR", "scale: to 120% of budget", false)] // it says where it ends
    [InlineData("roas(yesterday) > 1.2 and 150 EUR >= budget", "lift: 20% of budget from reserve", false)]
    [InlineData("roas(yesterday) > 1.2 and budget < 2 * average.budget", "scale: to 120% of budget", true)] // a limit that grows along is none
    [InlineData("roas(yesterday) > 1.2 or budget < 150 EUR", "scale: to 120% of budget", true)]
    [InlineData("roas(yesterday) > 1.2", "lift: 20% of budget from reserve", true)]
    [InlineData("roas(yesterday) > 1.2", "scale: to 180 EUR", false)]
    [InlineData("roas(yesterday) > 1.2", "lift: 5 EUR from reserve", false)]
    [InlineData("roas(yesterday) > 1.2", "cut: 20% of budget to reserve", false)]
    [InlineData("roas(yesterday) > 99", "scale: to 120% of budget", false)] // never fires here
    public void Only_a_rise_without_an_end_compounds(string when, string then, bool refused)
    {
        var rule = World.ChannelRule(when, then, "mode: auto");
        var findings = RuleLab.Examine(rule, [], Steady).Findings;
        Assert.Equal(refused, findings.Any(f => f.Code == "unbounded-compounding"));
    }

    [Fact]
    public void Without_a_history_a_rise_of_its_own_budget_is_a_warning() =>
        Assert.Equal(Severity.Warning, Assert.Single(RuleLab.Analyse(Books.Rule(Books.Naive), []), f => f.Code == "may-compound").Severity);

    [Theory]
    [InlineData("roas(7d) > 1", "roas(7d) < 2", true)] // between 1 and 2 both act
    [InlineData("roas(7d) > 2", "roas(7d) < 1", false)]
    [InlineData("roas(7d) > campaign.roas(7d)", "campaign.roas(7d) > roas(7d)", false)]
    [InlineData("roas(7d) > campaign.roas(7d)", "0.5 * campaign.roas(7d) < roas(7d)", true)]
    [InlineData("roas(7d) > 1 and cvr(7d) > 2%", "cvr(7d) < 1%", false)]
    [InlineData("cpa(7d) < 20 EUR", "20 EUR <= cpa(7d)", false)]
    public void One_raises_what_the_other_lowers(string raises, string lowers, bool seen)
    {
        var up = World.ChannelRule(raises, "lift: 5 EUR from reserve", "mode: auto", "up");
        var down = World.ChannelRule(lowers, "cut: 5 EUR to reserve", "mode: auto", "down");
        var findings = RuleLab.Analyse(up, [down]);
        Assert.Equal(seen, findings.Any(f => f is { Code: "contradiction", Severity: Severity.Error, Line: > 0 }));
        var settled = World.ChannelRule(lowers, "cut: 5 EUR to reserve", "priority: 70\nmode: auto", "down");
        Assert.DoesNotContain(RuleLab.Analyse(up, [settled]), f => f.Severity == Severity.Error);
    }

    [Fact]
    public void A_pair_and_a_channel_rule_can_want_the_same_money()
    {
        var shift = World.PairRule("mode: auto", "shift");
        var finding = Assert.Single(RuleLab.Analyse(shift, [World.PairRule("mode: auto", "twin")]), f => f.Code == "overlap");
        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.Contains("twin", finding.Text.En, StringComparison.Ordinal);
        var twin = World.PairRule("only one of: shifts\nmode: auto", "twin");
        Assert.Equal(
            Severity.Note,
            Assert
                .Single(RuleLab.Analyse(World.PairRule("only one of: shifts\nmode: auto", "shift"), [twin]), f => f.Code == "overlap")
                .Severity
        );
    }

    [Fact]
    public void Money_that_comes_and_goes_on_the_history_is_refused()
    {
        // The better channel changes every other day and nothing makes the rule wait.
        var history = Books.Of(28, (c, d) => (d / 2 % 2 == 0) == (c == "a") ? 3 : 1, "a", "b");
        const string Rule = """
            rule: Follow yesterday
            for each: pair of channels (loser, winner) in a campaign
            when: winner.roas(yesterday) > 1.5 * loser.roas(yesterday)
            then:
              - shift: 8 EUR to winner
            mode: auto
            """;
        var finding = Assert.Single(RuleLab.Examine(Books.Rule(Rule), [], history).Findings, f => f.Code == "oscillation");
        Assert.Equal(Severity.Error, finding.Severity);
        Assert.Contains("back the way it came", finding.Text.En, StringComparison.Ordinal);
        Assert.Contains(RuleLab.Analyse(Books.Rule(Rule), []), f => f is { Code: "oscillation", Severity: Severity.Warning });
        Assert.DoesNotContain(RuleLab.Analyse(Books.Rule(Rule + "\nguard:\n  cooldown: 7d per channel"), []), f => f.Code == "oscillation");
    }

    [Fact]
    public void Thresholds_without_a_distance_are_named() =>
        Assert.Contains(
            RuleLab.Analyse(Books.Rule(Books.Naive.Replace("< 0.8", "< 1.2", StringComparison.Ordinal)), []),
            f => f.Code == "oscillation" && f.Text.En.Contains("roas(yesterday)", StringComparison.Ordinal)
        );

    [Theory]
    [InlineData("roas(2d) > 1", "", Severity.Error)] // both days are too young
    [InlineData("roas(7d) > 1", "", Severity.Warning)]
    [InlineData("roas(7d) > 1", "guard:\n  ignore last: 3d", null)]
    [InlineData("roas(10d..4d) > 1", "", null)]
    [InlineData("ctr(1d) > 1%", "", null)] // clicks are complete at once
    public void A_window_must_be_older_than_the_lag(string when, string rest, Severity? expected)
    {
        var late = Steady with { Channels = [.. Steady.Channels.Select(c => c with { LagDays = 3 })] };
        var rule = World.ChannelRule(when, "cut: 5 EUR to reserve", $"{rest}\nmode: auto");
        var finding = RuleLab.Examine(rule, [], late).Findings.FirstOrDefault(f => f.Code == "window-shorter-than-lag");
        Assert.Equal(expected, finding?.Severity);
    }

    [Theory]
    [InlineData(1, 3, "4d..2d", "the 3 days that its numbers need (seen in the numbers of slow)")]
    [InlineData(3, 1, "4d..2d", "the 3 days that its numbers need (set for slow)")]
    [InlineData(3, null, "4d..2d", "the 3 days that its numbers need (set for slow)")]
    public void The_longer_of_the_set_and_the_observed_lag_counts_and_is_named(int set, int? seen, string window, string says)
    {
        var channels = Steady.Channels.Select(
            (c, i) => c with { Name = i == 0 ? "slow" : c.Name, LagDays = i == 0 ? set : 0, ObservedLagDays = i == 0 ? seen : 0 }
        );
        var rule = World.ChannelRule($"roas({window}) > 1", "cut: 5 EUR to reserve", "mode: auto");
        var finding = RuleLab
            .Examine(rule, [], Steady with { Channels = [.. channels] })
            .Findings.Single(f => f.Code == "window-shorter-than-lag");
        Assert.Contains(says, finding.Text.En, StringComparison.Ordinal);
    }

    [Fact]
    public void A_short_history_shows_nothing() =>
        Assert.Contains(
            RuleLab.Examine(World.PairRule("mode: auto"), [], Books.Of(13, (_, _) => 1, "a", "b")).Findings,
            f => f is { Code: "short-history", Severity: Severity.Error }
        );

    [Fact]
    public void Shipped_rules_get_along()
    {
        var rules = RuleSet
            .Load(Directory.GetFiles(Repository.Path("rules"), "*.yaml").Select(f => (Path.GetFileName(f), File.ReadAllText(f))))
            .Rules;
        foreach (var rule in rules)
            Assert.DoesNotContain(RuleLab.Analyse(rule, [.. rules.Where(r => r.Id != rule.Id)]), f => f.Severity == Severity.Error);
    }
}
