using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Rules.Machine;
using FsCheck;
using FsCheck.Fluent;

namespace CampaignFlow.Engine.Tests.Rules.Machine;

/// <summary>
/// The machine against an oracle without columns, joins or memory: every condition of every rule asked anew of every subject of the
/// whole world.
/// </summary>
public class RuleMachineProperties
{
    private static readonly string[] Lines =
    [
        "cpa(7d) > 1.2 * goal.cpa",
        "roas(7d) < campaign.roas(7d)",
        "roas(3d..1d) > others.roas(7d)",
        "spend(yesterday) > 50 EUR and conversions(yesterday) == 0",
        "spend(7d) > 10 USD or clicks(7d) >= 500",
        "rank(roas, 7d) > 2 and share(spend, 7d) < 40%",
        "bottom(1, cpa, 7d)",
        "change(revenue, 7d) < -5%",
        "trend(cvr, 14d) < 1%",
        "consecutive(2, roas(1d) < goal.roas)",
        "probability(roas(14d) > 1.5) > 60%",
        "budget > average.budget and since_change >= 3d",
        "learning or leads(7d) > 1",
        "page_load(1d) > 3s",
    ];

    private static readonly string[] PairLines =
    [
        "loser.cpa(7d) > 1.1 * winner.cpa(7d)",
        "loser.roas(7d) < campaign.roas(7d)",
        "winner.roas(7d) > 1.2 * loser.roas(7d)",
        "winner.conversions(7d) >= 5",
        "loser.budget > winner.budget or winner.clicks(3d) > 300",
        "probability(winner.roas(7d) > loser.roas(7d)) > 70%",
        "goal.roas > 1",
    ];

    private static readonly string[] CampaignLines =
    [
        "spend(7d) > 90% * budget",
        "roas(7d) < goal.roas",
        "pace(revenue) < 90%",
        "forecast(spend) > budget",
        "days_left < 30d",
    ];

    private static readonly string[] Counted = ["any channel", "every channel", "no channel", "at least 2 channels"];

    [Fact]
    public void Matching_agrees_with_a_brute_force_oracle_after_every_change() =>
        ForSeeds(random =>
        {
            var rules = Rules(random);
            var machine = new RuleMachine(RuleNetwork.OfCampaigns(rules));
            var world = Enumerable.Range(0, 3).ToDictionary(i => $"k{i}", i => RandomWorld.Any(random) with { Campaign = $"k{i}" });
            var told = new HashSet<string>();
            foreach (var campaign in world.Values)
                machine.Put(campaign);
            for (var step = 0; step < 8; step++)
            {
                foreach (var a in machine.Fire())
                {
                    told.RemoveWhere(t => t.StartsWith($"{a.Rule.Id} {a.Campaign} {a.First} {a.Second} ", StringComparison.Ordinal));
                    if (a.Holds != false)
                        told.Add(
                            $"{a.Rule.Id} {a.Campaign} {a.First} {a.Second} {(a.Branch is { } b ? a.Rule.Branches.ToList().IndexOf(b) : "?")}"
                        );
                }
                Assert.Equal(Oracle(rules, world.Values).Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
                Assert.Empty(machine.Fire()); // it ends: nothing changed since
                var code = $"k{random.Next(3)}";
                world[code] = Step(random, world[code], machine, told);
            }
        });

    [Fact]
    public void Permuting_the_rules_changes_nothing() =>
        ForSeeds(random =>
        {
            var rules = Rules(random);
            var world = RandomWorld.Any(random);
            Assert.Equal(Fired(rules, world), Fired([.. rules.OrderBy(_ => random.Next())], world));
        });

    private static IEnumerable<string> Fired(Rule[] rules, Snapshot world)
    {
        var machine = new RuleMachine(RuleNetwork.OfCampaigns(rules));
        machine.Put(world);
        return machine.Fire().Select(a => $"{a.Rule.Id} {a.First} {a.Second} {a.Holds}").Order(StringComparer.Ordinal);
    }

    /// <summary>A restated or new day, another goal or budget, or a channel that stops.</summary>
    private static Snapshot Step(Random random, Snapshot campaign, RuleMachine machine, HashSet<string> told)
    {
        var row = random.Next(campaign.Channels.Count);
        var channel = campaign.Channels[row];
        switch (random.Next(5))
        {
            case 0:
                var goals = campaign with
                {
                    Goals = new Dictionary<string, double> { ["cpa"] = random.Next(1, 50_00), ["roas"] = random.Next(4) },
                };
                machine.Put(goals);
                return goals;
            case 1:
                var paused = With(campaign, row, channel with { Active = !channel.Active });
                machine.Put(paused);
                told.RemoveWhere(t => t.Contains($" {campaign.Campaign} ", StringComparison.Ordinal));
                return paused;
            case 2:
                var budget = With(campaign, row, channel with { BudgetMinor = random.Next(1, 400_00), Learning = !channel.Learning });
                machine.Put(budget);
                return budget;
            default:
                var day = World.Day(
                    random.Next(12),
                    random.Next(5) == 0 ? null : random.Next(-10, 90_00),
                    random.Next(200_00),
                    random.Next(4) == 0 ? null
                        : random.Next(4) == 0 ? double.NaN
                        : random.Next(9),
                    random.Next(200)
                );
                if (random.Next(3) == 0)
                    day = day with { More = new Dictionary<string, double> { ["page_load"] = random.NextDouble() / 600 } };
                Assert.True(machine.Change(campaign.Campaign, channel.Code, day));
                return With(
                    campaign,
                    row,
                    channel with
                    {
                        Days = [.. channel.Days.Where(d => d.Date != day.Date).Append(day).OrderBy(d => d.Date)],
                    }
                );
        }
    }

    private static Snapshot With(Snapshot campaign, int row, ChannelState channel) =>
        campaign with
        {
            Channels = [.. campaign.Channels.Select((c, i) => i == row ? channel : c)],
        };

    private static IEnumerable<string> Oracle(Rule[] rules, IEnumerable<Snapshot> world)
    {
        foreach (var campaign in world)
        foreach (var rule in rules)
        foreach (var roles in Subjects(rule, campaign))
        {
            var numbers = new SnapshotNumbers(campaign);
            var facts = new SnapshotFacts(numbers, new Certainty(numbers), rule.Guard, roles, new Marks());
            var truths = rule.Branches.Select(b => WhenTest.Holds(b.When, facts)).ToList();
            var first = truths.IndexOf(true);
            if (first < 0 && !truths.Contains(null))
                continue;
            var codes = roles.Values.Select(c => c.Code).Concat(["", ""]).Take(2);
            yield return $"{rule.Id} {campaign.Campaign} {string.Join(' ', codes)} {(first < 0 ? "?" : first)}";
        }
    }

    private static IEnumerable<Dictionary<string, ChannelState>> Subjects(Rule rule, Snapshot campaign)
    {
        var active = campaign.Channels.Where(c => c.Active == (rule.ForEach != ForEach.Paused)).ToList();
        return rule.ForEach switch
        {
            ForEach.Campaign =>
            [
                [],
            ],
            ForEach.Pair => active.SelectMany(l =>
                active.Where(w => w != l).Select(w => new Dictionary<string, ChannelState> { ["loser"] = l, ["winner"] = w })
            ),
            _ => active.Select(c => new Dictionary<string, ChannelState> { ["channel"] = c }),
        };
    }

    private static Rule[] Rules(Random random) => [.. Enumerable.Range(0, 6).Select(i => Rule(random, $"r{i}"))];

    private static Rule Rule(Random random, string id)
    {
        var (subject, lines, more) = random.Next(4) switch
        {
            0 => ("pair of channels (loser, winner) in a campaign", PairLines, new[] { "no data: 2d" }),
            1 => ("campaign", CampaignLines, [Channels(random), "no data: 1d from c1", "any channel: { no data: 1d of conversions }"]),
            2 => ("paused channel in a campaign", Lines, ["learning: true"]),
            _ => ("channel in a campaign", Lines, ["learning: false", "no data: 1d", "no data: 2d of leads"]),
        };
        string Line() => Any(random, [.. lines, .. more]);
        string Cases(int count) =>
            string.Concat(
                Enumerable
                    .Range(0, count)
                    .Select(_ =>
                        $"  - when:\n      all:\n        - {Line()}\n        - any:\n            - {Line()}\n            - {Line()}\n      unless:\n        - {Line()}\n    then:\n      - notify: x\n"
                    )
            );
        var guard = random.Next(3) == 0 ? $"guard:\n  ignore last: {random.Next(1, 4)}d\n" : "";
        return World.Rule($"rule: {id}\nfor each: {subject}\ncases:\n{Cases(random.Next(1, 4))}{guard}", id);
    }

    private static string Channels(Random random) =>
        $"{Any(random, Counted)}: {{ all: [ '{Any(random, Lines)}', '{Any(random, Lines)}' ] }}";

    private static string Any(Random random, string[] of) => of[random.Next(of.Length)];

    private static void ForSeeds(Action<Random> test) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed => test(new Random(seed)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(25));
}
