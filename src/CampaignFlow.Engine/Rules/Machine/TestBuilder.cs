using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules.Machine;

/// <summary>Turns a rule's conditions into tests, giving each value they read its column.</summary>
/// <param name="column">The place of a column, new or shared.</param>
internal sealed class TestBuilder(Rule rule, Func<Column, int> column)
{
    private string[] roles = rule.ForEach switch
    {
        ForEach.Pair => ["loser", "winner"],
        ForEach.Channel or ForEach.Paused => ["channel"],
        _ => [],
    };

    /// <summary>Facts that have no column of their own; the rule is matched again when one of their metrics changes.</summary>
    public List<Fact.Named> Beside { get; } = [];

    private Asks Subjects => (Asks)((1 << roles.Length) - 1);

    public Test Of(When when) =>
        when switch
        {
            When.All all => new Test.All([.. all.Of.Select(Of)]),
            When.Any any => new Test.Any([.. any.Of.Select(Of)]),
            When.Unless unless => new Test.Not(Of(unless.Of)),
            When.Holds holds => Line(holds.Formula),
            When.NoData none => Silence(none),
            When.Learning learning => new Test.State(column(new Column.Learning()), learning.Expected, Subjects),
            When.Channels channels => Count(channels),
            _ => throw new InvalidOperationException($"{when.GetType().Name} has no test."),
        };

    private Test Line(Formula formula)
    {
        var slots = new (int, Asks)[formula.Facts.Count];
        for (var i = 0; i < slots.Length; i++)
        {
            if (Slot(formula.Facts[i]) is not { } slot)
            {
                Beside.AddRange(formula.Facts.SelectMany(Fact.WithInner).OfType<Fact.Named>());
                return new Test.Slow(formula, rule.Guard, roles);
            }
            slots[i] = slot;
        }
        return new Test.Line(formula, slots);
    }

    private (int Column, Asks Whose)? Slot(Fact fact)
    {
        switch (fact)
        {
            case Fact.Amount amount:
                return (column(new Column.Amount(amount.Money)), Asks.Campaign);
            case Fact.Named named:
                var place = Array.IndexOf(roles, named.Who);
                // Goals of one's own and the others beside a channel belong to the only channel there is.
                if (place < 0 && roles.Length == 1 && named.Who is "goal" or "others")
                    place = 0;
                return place < 0
                    ? (column(Column.Of(named, rule.Guard, null)), Asks.Campaign)
                    : (column(Column.Of(named, rule.Guard, roles[place])), place == 0 ? Asks.First : Asks.Second);
            default:
                return null;
        }
    }

    private Test.Watch Silence(When.NoData none)
    {
        var silent = column(new Column.Silence(none.Days, none.Of));
        if (none.From is { } from)
            return new(silent, (memory, _, _) => Active(memory, channel => WhenTest.IsFrom(channel, from)), Asks.Campaign);
        return roles.Length switch
        {
            0 => new(silent, (memory, _, _) => Active(memory, _ => true), Asks.Campaign),
            1 => new(silent, (memory, first, _) => Active(memory, first), Subjects),
            _ => new(silent, (memory, first, second) => Active(memory, first).Concat(Active(memory, second)), Subjects),
        };
    }

    private static IEnumerable<int> Active(CampaignMemory memory, Func<ChannelState, bool> which)
    {
        var channels = memory.Snapshot.Channels;
        for (var row = 0; row < channels.Count; row++)
            if (channels[row].Active && which(channels[row]))
                yield return row;
    }

    private static int[] Active(CampaignMemory memory, int row) => memory.Snapshot.Channels[row].Active ? [row] : [];

    private Test.Count Count(When.Channels channels)
    {
        var outer = roles;
        roles = [channels.OfCampaigns ? "campaign" : "channel"];
        var of = Of(channels.Of);
        roles = outer;
        return new(channels, of);
    }
}
