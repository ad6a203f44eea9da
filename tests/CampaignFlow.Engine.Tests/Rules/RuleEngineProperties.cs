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
    public void Fired_changes_never_break_a_limit() => ForWorlds((_, world) => AssertWithinLimits(world));

    [Fact]
    public void Limits_set_by_people_are_kept_too() =>
        ForWorlds(
            (random, world) =>
                AssertWithinLimits(
                    world with
                    {
                        Limits = new Dictionary<string, GuardLimits>
                        {
                            [GuardLimits.AllRules] = new()
                            {
                                ChangeAtMost = random.Next(1, 20) / 100.0,
                                MoveAtMost = random.Next(1, 10) / 100.0,
                                CooldownDays = random.Next(8),
                                ChangesPerWeek = random.Next(4),
                            },
                        },
                    }
                )
        );

    [Theory]
    [InlineData(1998607803)] // a rule that only watches and one that acts speak of the same channel
    [InlineData(1919685263)] // the way back of a shift leads to a paused channel
    [InlineData(436494153)]
    public void A_world_that_once_broke_a_limit_keeps_it(int seed) => AssertWithinLimits(RandomWorld.Any(new Random(seed)));

    /// <param name="Acts">False when its rule only observes.</param>
    private sealed record Change(string Rule, bool Acts, string? From, string? To, long? AmountMinor)
    {
        public IEnumerable<string> Touched => new[] { From, To }.OfType<string>();
    }

    private static List<Change> Changes(IEnumerable<Verdict> verdicts) =>
        [
            .. verdicts
                .Where(v => v.Kind == VerdictKind.Fired)
                .SelectMany(v =>
                    v.Actions.Select(a =>
                        a switch
                        {
                            RuleAction.Shift s => Of(v, s.From, s.To, s.AmountMinor),
                            RuleAction.Revert r => Of(v, r.From, r.To, r.AmountMinor),
                            RuleAction.Lift l => Of(v, null, l.Channel, l.AmountMinor),
                            RuleAction.Cut c => Of(v, c.Channel, null, c.AmountMinor),
                            RuleAction.Pause p => Of(v, p.Channel, null, null),
                            _ => null,
                        }
                    )
                )
                .OfType<Change>(),
        ];

    private static Change Of(Verdict verdict, string? from, string? to, long? amount) =>
        new(verdict.Rule, verdict.Mode is not Mode.Observe, from, to, amount);

    private static void AssertWithinLimits(Snapshot world)
    {
        var all = Changes(RuleEngine.Evaluate(Rules, world));
        var acting = all.FindAll(c => c.Acts);
        Assert.True(!world.BudgetsHeld || all.Count == 0, "held");
        Assert.True(world.ReserveMinor is not null || all.TrueForAll(c => c.AmountMinor is null || c is { From: not null, To: not null }));
        foreach (var change in all)
            AssertAlone(change, world);
        // What acts shares the reserve, the day's total, the channels and the cooldowns; what only observes takes nothing from it.
        var touched = acting.SelectMany(c => c.Touched).ToList();
        Assert.Equal(touched.Count, touched.Distinct().Count());
        Assert.True(acting.Where(c => c.From is null).Sum(c => c.AmountMinor) <= (world.ReserveMinor ?? 0), "reserve");
        var paused = acting.Count(c => c.AmountMinor is null);
        Assert.True(paused == 0 || world.Channels.Count(c => c.Active) > paused, "last channel");
        var before = world.Changes.Select(c => (c.From, c.To, c.Date, Moved: c.To is null ? 0 : c.AmountMinor)).ToList();
        foreach (var change in acting)
        {
            var guard = GuardOf(change.Rule, world);
            bool Of(string? from, string? to) => change.Touched.Any(t => t == from || t == to);
            int Since(int days, bool perChannel) =>
                before.Count(b => b.Date > world.Today.AddDays(-days) && (!perChannel || Of(b.From, b.To)));
            Assert.Equal(0, Since(guard.CooldownDays, guard.CooldownPerChannel));
            Assert.True(guard.AtMost is not { PerChannel: false } most || Since(most.Days, perChannel: false) < most.Changes, "at most");
            Assert.True(guard.ChangesPerWeek is not { } weekly || Since(7, perChannel: false) < weekly, "weekly");
            before.Add((change.From, change.To, world.Today, change.AmountMinor ?? 0));
            var moved = before.Where(b => b.Date == world.Today).Sum(b => b.Moved);
            Assert.True(change.AmountMinor is null || moved <= guard.MoveAtMost * world.DailyTotalMinor, "daily total");
        }
    }

    private static void AssertAlone(Change change, Snapshot world)
    {
        var sides = change.Touched.Select(code => world.Channels.Single(c => c.Code == code)).ToList();
        Assert.All(sides, c => Assert.True(c is { Active: true, Learning: false }, "rests or learns"));
        var from = sides.Find(c => c.Code == change.From);
        Assert.True(from is null or { Shiftable: true }, "contract");
        if (change.AmountMinor is not { } amount)
            return;
        Assert.True(amount > 0);
        Assert.True(amount <= GuardOf(change.Rule, world).ChangeAtMost * sides.Min(c => c.BudgetMinor), "step");
        Assert.True(change.From is not null || amount <= world.ReserveMinor, "reserve");
        foreach (var side in sides)
            if (side == from)
                Assert.True(side.BudgetMinor - amount >= side.FloorMinor, "floor");
            else
                Assert.True(side.BudgetMinor + amount <= side.CeilingMinor, "ceiling");
    }

    private static GuardSet GuardOf(string id, Snapshot world)
    {
        var rule = Rules.Single(r => r.Id == id);
        return (world.Limits.TryGetValue(GuardLimits.AllRules, out var limits) ? limits.Tighten(rule) : rule).Guard;
    }

    private static void ForWorlds(Action<Random, Snapshot> test) =>
        Prop.ForAll(
                Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
                seed =>
                {
                    var random = new Random(seed);
                    test(random, RandomWorld.Any(random));
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private static IEnumerable<string> Told(IEnumerable<Verdict> verdicts) =>
        verdicts.Select(v =>
            $"{v.Rule} {string.Join(',', v.Subject.OrderBy(s => s.Key).Select(s => s.Value))} {v.Kind} {v.BlockedBy} {v.Why.En} {string.Join(',', v.Actions)}"
        );
}
