using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Rules.Lab;

namespace CampaignFlow.Engine.Tests.Rules.Lab;

public class BacktestTests
{
    private const string StopLoss = """
        rule: Stop
        for each: channel in a campaign
        when: roas(2d) < 0.5
        then:
          - pause: channel
        mode: auto
        """;

    [Fact]
    public void A_morning_knows_nothing_that_came_later()
    {
        // Day 5 first looks like a loss and is restated to a gain on day 9.
        var history = Books.Of(14, (_, _) => 2, "search", "social");
        IReadOnlyList<HistoryFact> late =
        [
            .. history.Facts.Select(f =>
                f.Channel == "search" && f.Numbers.Date.DayNumber - Books.Start.DayNumber is 4 or 5
                    ? f with
                    {
                        Numbers = f.Numbers with { RevenueMinor = 0 },
                    }
                    : f
            ),
            Books.Fact("search", 4, 2, 9),
            Books.Fact("search", 5, 2, 9),
        ];
        var rule = Books.Rule(StopLoss);

        var asKnown = Backtest.Run([rule], history with { Facts = late });
        var asItTurnedOut = Backtest.Run([rule], history);

        var pause = Assert.Single(asKnown.Firings);
        Assert.Equal((Books.Start.AddDays(6), "pause", "search"), (pause.Day, pause.Action, pause.From));
        Assert.Empty(asItTurnedOut.Firings);
        Assert.Equal(2, history.Final.Count / 14);
    }

    [Fact]
    public void A_day_that_is_not_known_yet_is_unknown_and_moves_nothing()
    {
        var history = Books.Of(14, (_, _) => 0.1, "search", "social");
        var late = history with { Facts = [.. history.Facts.Select(f => f with { KnownAt = f.KnownAt.AddDays(3) })] };
        var report = Backtest.Run([Books.Rule(StopLoss)], late);
        Assert.Empty(report.Firings);
        Assert.All(report.Silences, s => Assert.Equal(VerdictKind.Unknown, s.Kind));
    }

    [Fact]
    public void A_paused_channel_reports_nothing_more_and_the_last_one_stays()
    {
        var report = Backtest.Run([Books.Rule(StopLoss)], Books.Of(10, (_, _) => 0.1, "search", "social"));
        Assert.Equal("search", Assert.Single(report.Firings).From);
        Assert.Contains(report.Silences, s => s.By == "last channel");
    }

    [Fact]
    public void Limits_of_the_real_guards_hold_and_the_total_stays()
    {
        var rule = World.PairRule("guard:\n  cooldown: 3d per channel\nmode: auto");
        var report = Backtest.Run([rule], Books.Of(28, (c, _) => c == "good" ? 3 : 1, "good", "poor"));

        Assert.True(report.KeepsTotal);
        Assert.Equal(200_00, report.TotalEndMinor);
        Assert.Equal(50_00, report.Channels.Single(c => c.Code == "poor").EndMinor); // its floor
        Assert.Equal(150_00, report.Channels.Single(c => c.Code == "good").EndMinor);
        Assert.True(report.RoasAfter > report.RoasBefore);
        var days = report.Moves.Select(m => m.Day.DayNumber).ToList();
        Assert.All(days.Zip(days.Skip(1)), pair => Assert.True(pair.Second - pair.First >= 3));
        Assert.Equal(50_00 / 200_00d, report.Churn, 6);
    }

    [Fact]
    public void The_worst_day_is_the_one_on_which_the_move_was_wrong()
    {
        // The loser turns into the winner for one day after the money has gone.
        var history = Books.Of(
            20,
            (c, d) =>
                d == 15 ? (c == "poor" ? 9 : 0.5)
                : c == "good" ? 3
                : 1,
            "good",
            "poor"
        );
        var report = Backtest.Run([World.PairRule("mode: auto")], history);
        Assert.Equal(Books.Start.AddDays(15), report.WorstDay!.Day);
        Assert.True(report.WorstDay.EffectMinor < 0);
    }

    [Fact]
    public void A_question_counts_as_answered_with_yes_and_an_observer_moves_nothing()
    {
        var history = Books.Of(14, (c, _) => c == "good" ? 3 : 1, "good", "poor");
        var asked = Backtest.Run([World.PairRule("mode: ask")], history);
        var observed = Backtest.Run([World.PairRule("mode: observe")], history);
        Assert.NotEmpty(asked.Moves);
        Assert.All(asked.Moves, m => Assert.True(m.Asks));
        Assert.NotEmpty(observed.Firings);
        Assert.Empty(observed.Moves);
        Assert.Equal(100_00, observed.Channels[0].EndMinor);
    }

    [Fact]
    public void Rules_that_want_the_same_channel_clash_by_day()
    {
        var history = Books.Of(14, (c, _) => c == "good" ? 3 : 1, "good", "poor") with { ReserveMinor = 500_00 };
        var first = World.PairRule("priority: 60\nmode: auto", "first");
        var second = World.ChannelRule("roas(7d) < 2", "lift: 10% of budget from reserve", "mode: auto", "second");
        var report = Backtest.Run([first, second], history);
        Assert.Contains(report.Clashes, c => c is { Channel: "poor", Rule: "second", Other: "first", Opposed: true });
        Assert.True(report.KeepsTotal);
    }

    [Fact]
    public void Sigma_is_kept_to_the_cent_whatever_the_numbers()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var random = new Random(seed);
            var history = Books.Of(30, (_, _) => random.NextDouble() * 4, "a", "b", "c", "d") with
            {
                ReserveMinor = seed % 2 == 0 ? 77_01 : null,
            };
            var shift = World.PairRule("mode: auto", "shift", $"{random.Next(1, 60)}% of loser.budget");
            var lift = World.ChannelRule("roas(3d) > 2.5", "lift: 7% of budget from reserve", "mode: auto", "lift");
            var cut = World.ChannelRule("roas(3d) < 1.5", "cut: 9% of budget to reserve", "mode: auto", "cut");
            var report = Backtest.Run([shift, lift, cut], history);
            Assert.True(report.KeepsTotal);
            Assert.All(report.Channels, c => Assert.All(c.Minor, m => Assert.InRange(m, 50_00, 200_00)));
            Assert.Equal(
                report.Channels.Select(c => c.EndMinor),
                Backtest.Run([cut, lift, shift], history).Channels.Select(c => c.EndMinor)
            );
        }
    }
}
