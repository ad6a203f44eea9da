using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules.Machine;

/// <summary>Which of a rule's subjects a condition looks at.</summary>
[Flags]
internal enum Asks
{
    Campaign = 0,
    First = 1,
    Second = 2,
}

/// <summary>
/// A condition over the columns of a memory: 1 holds, 0 does not, NaN is unknown. What <see cref="WhenTest"/> explains with words, this
/// decides fast.
/// </summary>
internal abstract class Test(Asks asks)
{
    public Asks Asks => asks;

    /// <param name="first">Row of the channel, or of the loser.</param>
    /// <param name="second">Row of the winner.</param>
    public abstract double Truth(CampaignMemory memory, int first, int second);

    /// <summary>One false settles it; then one unknown does.</summary>
    public static double Every(IReadOnlyList<Test> tests, CampaignMemory memory, int first, int second)
    {
        var every = 1d;
        for (var i = 0; i < tests.Count; i++)
        {
            var truth = tests[i].Truth(memory, first, second);
            if (truth == 0)
                return 0;
            every *= truth;
        }
        return every;
    }

    private static Asks Of(IReadOnlyList<Test> tests) => tests.Aggregate(Asks.Campaign, (all, test) => all | test.Asks);

    public sealed class All(IReadOnlyList<Test> tests) : Test(Of(tests))
    {
        public IReadOnlyList<Test> Tests => tests;

        public override double Truth(CampaignMemory memory, int first, int second) => Every(tests, memory, first, second);
    }

    public sealed class Any(IReadOnlyList<Test> tests) : Test(Of(tests))
    {
        public override double Truth(CampaignMemory memory, int first, int second)
        {
            var none = 1d;
            for (var i = 0; i < tests.Count; i++)
            {
                var truth = tests[i].Truth(memory, first, second);
                if (truth == 1)
                    return 1;
                none *= 1 - truth;
            }
            return 1 - none;
        }
    }

    public sealed class Not(Test test) : Test(test.Asks)
    {
        public override double Truth(CampaignMemory memory, int first, int second) => 1 - test.Truth(memory, first, second);
    }

    /// <summary>A line of the language; each slot of the formula is a column of the campaign, the first or the second channel.</summary>
    public sealed class Line(Formula formula, (int Column, Asks Whose)[] slots)
        : Test(slots.Aggregate(Asks.Campaign, (all, slot) => all | slot.Whose))
    {
        [ThreadStatic]
        private static double[]? values;

        public override double Truth(CampaignMemory memory, int first, int second)
        {
            if (values is null || values.Length < slots.Length)
                values = new double[Math.Max(slots.Length, 16)];
            for (var i = 0; i < slots.Length; i++)
            {
                var (column, whose) = slots[i];
                values[i] = memory.Cell(
                    column,
                    whose switch
                    {
                        Asks.First => first,
                        Asks.Second => second,
                        _ => CampaignMemory.Whole,
                    }
                );
            }
            return formula.Evaluate(values);
        }
    }

    /// <summary>Holds when it does for every channel that is asked; unknown when none is.</summary>
    public sealed class Watch(int column, Func<CampaignMemory, int, int, IEnumerable<int>> rows, Asks asks) : Test(asks)
    {
        public override double Truth(CampaignMemory memory, int first, int second)
        {
            var every = double.NaN;
            foreach (var row in rows(memory, first, second))
            {
                if (memory.Cell(column, row) == 0)
                    return 0;
                every = 1;
            }
            return every;
        }
    }

    /// <summary>True when some subject's cell is what is expected.</summary>
    public sealed class State(int column, bool expected, Asks asks) : Test(asks)
    {
        public override double Truth(CampaignMemory memory, int first, int second)
        {
            var some =
                (Asks.HasFlag(Asks.First) && memory.Cell(column, first) == 1)
                || (Asks.HasFlag(Asks.Second) && memory.Cell(column, second) == 1);
            return some == expected ? 1 : 0;
        }
    }

    /// <summary>For how many of the active channels a condition holds.</summary>
    public sealed class Count(When.Channels channels, Test of) : Test(Asks.Campaign)
    {
        public override double Truth(CampaignMemory memory, int first, int second)
        {
            var (each, yes, unknown) = (0, 0, 0);
            var all = memory.Snapshot.Channels;
            for (var row = 0; row < all.Count; row++)
            {
                if (!all[row].Active)
                    continue;
                each++;
                var truth = of.Truth(memory, row, CampaignMemory.Whole);
                yes += truth == 1 ? 1 : 0;
                unknown += double.IsNaN(truth) ? 1 : 0;
            }
            return WhenTest.Counted(channels, each, yes, unknown) is { } reached ? (reached ? 1 : 0) : double.NaN;
        }
    }

    /// <summary>What depends on two channels at once, on draws or on marks is asked of the snapshot itself.</summary>
    /// <param name="roles">Names of the first and second channel in the rule.</param>
    public sealed class Slow(Formula formula, GuardSet guard, string[] roles) : Test((Asks)((1 << roles.Length) - 1))
    {
        public override double Truth(CampaignMemory memory, int first, int second)
        {
            var channels = new Dictionary<string, ChannelState>(StringComparer.Ordinal);
            if (roles.Length > 0)
                channels[roles[0]] = memory.Snapshot.Channels[first];
            if (roles.Length > 1)
                channels[roles[1]] = memory.Snapshot.Channels[second];
            return formula.Evaluate(memory.Facts(guard, channels).Values(formula.Facts));
        }
    }
}
