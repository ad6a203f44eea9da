using CampaignFlow.Engine.Rules;
using FsCheck;
using FsCheck.Fluent;

namespace CampaignFlow.Engine.Tests.Rules;

public class RuleEngineProperties
{
    private static readonly Rule[] Rules =
    [
        .. Directory
            .GetFiles(Repository.Path("rules"), "*.yaml")
            .Where(f => !RuleSet.IsCases(f))
            .Select(f => RuleFile.Parse(File.ReadAllText(f), Path.GetFileName(f)).Rule!),
        World.PairRule("mode: auto", "eager", "40% of loser.budget"),
        World.PairRule("priority: 60\nguard: { change at most: 50%, move at most: 30% }", "bold", "30 EUR"),
        World.ChannelRule("roas(3d) < 0.5", "pause: channel", "only one of: channel-safety", "harsh"),
        World.ChannelRule("roas(7d) > others.roas(7d) and channel.mark != \"weak\"", "mark: channel as strong", id: "strong"),
        World.ChannelRule("probability(roas(7d) < campaign.roas(7d)) > 80%", "mark: channel as weak", id: "weak"),
        World.ChannelRule("channel.mark == \"strong\"", "lift: 10% of budget from reserve", id: "lift"),
        World.ChannelRule("channel.mark == \"weak\" and bottom(2, roas, 7d)", "cut: 10% of budget to reserve", "priority: 40", "cut"),
        World.ChannelRule("roas(3d) < 1.5", "scale: to 90% of budget", "mode: auto", "scale"),
        World.ChannelRule("since_change > 3d and roas(3d) < roas(3d, previous)", "revert: last shift", id: "revert"),
        World.ChannelRule("learning", "hold: channel", id: "hold-learner"),
    ];

    [Fact]
    public void The_order_of_files_and_channels_changes_nothing() =>
        ForWorlds(
            (random, world) =>
            {
                var shuffled = world with { Channels = [.. world.Channels.OrderBy(_ => random.Next())] };
                Rule[] rules = [.. Rules.OrderBy(_ => random.Next())];
                Assert.Equal(Told(RuleEngine.Evaluate(Rules, world)), Told(RuleEngine.Evaluate(rules, shuffled)));
            }
        );

    [Fact]
    public void Fired_changes_never_break_a_limit() =>
        ForWorlds(
            (_, world) =>
            {
                var verdicts = RuleEngine.Evaluate(Rules, world).Where(v => v.Kind == VerdictKind.Fired).ToList();
                var shifts = verdicts.SelectMany(v => v.Actions.OfType<RuleAction.Shift>().Select(s => (v.Rule, Shift: s))).ToList();
                var paused = verdicts.SelectMany(v => v.Actions.OfType<RuleAction.Pause>().Select(p => p.Channel)).ToList();
                var touched = shifts
                    .SelectMany(s => new[] { s.Shift.From, s.Shift.To })
                    .Concat(paused)
                    .Concat(verdicts.SelectMany(v => v.Actions.OfType<RuleAction.Revert>()).SelectMany(r => new[] { r.From, r.To }))
                    .Concat(verdicts.SelectMany(v => v.Actions.OfType<RuleAction.Lift>()).Select(l => l.Channel))
                    .Concat(verdicts.SelectMany(v => v.Actions.OfType<RuleAction.Cut>()).Select(c => c.Channel))
                    .ToList();
                Assert.Equal(touched.Count, touched.Distinct().Count());
                foreach (var (rule, shift) in shifts)
                {
                    var (from, to) = (Find(shift.From), Find(shift.To));
                    Assert.True(shift.AmountMinor > 0);
                    Assert.True(from.BudgetMinor - shift.AmountMinor >= from.FloorMinor, "floor");
                    Assert.True(to.BudgetMinor + shift.AmountMinor <= to.CeilingMinor, "ceiling");
                    var step = Rules.Single(r => r.Id == rule).Guard.ChangeAtMost;
                    Assert.True(shift.AmountMinor <= step * Math.Min(from.BudgetMinor, to.BudgetMinor), "step");
                    Assert.True(from.Shiftable && from is { Active: true, Learning: false } && to is { Active: true, Learning: false });
                }
                // The reserve gives no more than it has; no channel leaves its limits.
                var lifts = verdicts.SelectMany(v => v.Actions.OfType<RuleAction.Lift>()).ToList();
                var cuts = verdicts.SelectMany(v => v.Actions.OfType<RuleAction.Cut>()).ToList();
                Assert.True(lifts.Sum(l => l.AmountMinor) <= (world.ReserveMinor ?? 0), "reserve");
                Assert.True(world.ReserveMinor is not null || lifts.Count + cuts.Count == 0, "no reserve");
                Assert.All(
                    lifts,
                    l => Assert.True(l.AmountMinor > 0 && Find(l.Channel).BudgetMinor + l.AmountMinor <= Find(l.Channel).CeilingMinor)
                );
                Assert.All(
                    cuts,
                    c => Assert.True(c.AmountMinor > 0 && Find(c.Channel).BudgetMinor - c.AmountMinor >= Find(c.Channel).FloorMinor)
                );
                // Every rule keeps to its own daily limit, counting what came before it.
                var moved = world.Changes.Where(c => c.Date == world.Today && c.To is not null).Sum(c => c.AmountMinor);
                foreach (var (rule, shift) in shifts)
                {
                    moved += shift.AmountMinor;
                    Assert.True(moved <= Rules.Single(r => r.Id == rule).Guard.MoveAtMost * world.DailyTotalMinor, "daily total");
                }
                Assert.True(paused.Count == 0 || world.Channels.Count(c => c.Active) > paused.Count, "last channel");
                Assert.True(!world.BudgetsHeld || touched.Count == 0, "held");

                ChannelState Find(string code) => world.Channels.Single(c => c.Code == code);
            }
        );

    private static void ForWorlds(Action<Random, Snapshot> test) =>
        Prop.ForAll(
                Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
                seed =>
                {
                    var random = new Random(seed);
                    test(random, Any(random));
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private static IEnumerable<string> Told(IEnumerable<Verdict> verdicts) =>
        verdicts.Select(v =>
            $"{v.Rule} {string.Join(',', v.Subject.OrderBy(s => s.Key).Select(s => s.Value))} {v.Kind} {v.BlockedBy} {v.Why.En} {string.Join(',', v.Actions)}"
        );

    internal static Snapshot Any(Random random)
    {
        var channels = Enumerable.Range(0, random.Next(1, 7)).Select(i => Channel(random, $"c{i}")).ToArray();
        var world = World.Of(channels);
        return world with
        {
            BudgetsHeld = random.Next(10) == 0,
            ReserveMinor = random.Next(3) == 0 ? null : random.Next(50_00),
            Goals = random.Next(3) == 0 ? new Dictionary<string, double>() : new() { ["cpa"] = random.Next(1, 50_00), ["roas"] = 2 },
            FlightBudgetMinor = random.Next(2) == 0 ? null : random.Next(1_000_00, 100_000_00),
            Changes =
            [
                .. Enumerable
                    .Range(0, random.Next(3))
                    .Select(_ => new BudgetChange(
                        "x",
                        $"c{random.Next(6)}",
                        $"c{random.Next(6)}",
                        random.Next(20_00),
                        world.Today.AddDays(-random.Next(8)),
                        random.Next(4) == 0
                    )),
            ],
        };
    }

    private static ChannelState Channel(Random random, string code)
    {
        long budget = random.Next(1, 400_00);
        var (spend, value, orders) = (random.Next(1, 90_00), random.NextDouble() * 5, random.Next(0, 30));
        var days = Enumerable
            .Range(0, 28)
            .Where(_ => random.Next(200) != 0)
            .Select(i =>
                World.Day(
                    28 - i,
                    spend,
                    (long)(spend * value * random.NextDouble() * 2),
                    orders == 0 ? 0 : random.Next(orders),
                    random.Next(20) + 90
                )
            )
            .ToArray();
        return new(
            code,
            code,
            budget,
            random.Next((int)budget + 1),
            budget + random.Next(100_00),
            random.Next(6) != 0,
            random.Next(8) != 0,
            days
        )
        {
            Learning = random.Next(8) == 0,
        };
    }
}
