using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Engine.Tests.Rules;

/// <summary>Campaigns as chance has them: gaps, pauses, learning channels, no goals, no reserve.</summary>
internal static class RandomWorld
{
    public static Snapshot Any(Random random)
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
