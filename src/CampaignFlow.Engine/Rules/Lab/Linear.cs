using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules.Lab;

/// <summary>A side of a comparison that is a number times one fact.</summary>
/// <param name="Named">Null: the number alone.</param>
internal sealed record Linear(double Times, Fact.Named? Named)
{
    /// <returns>Null when it is more than that.</returns>
    public static Linear? Of(Node node) =>
        node switch
        {
            Node.Literal literal => new(literal.Value, null),
            Node.Read { Fact: Fact.Named named } => new(1, named),
            Node.Read { Fact: Fact.Amount amount } => new(amount.Money.Minor, null),
            Node.Negative negative => Of(negative.Of) is { } of ? of with { Times = -of.Times } : null,
            Node.Arithmetic { Sign: '*' } product => (Of(product.Left), Of(product.Right)) switch
            {
                ({ Named: null } k, { } x) => x with { Times = k.Times * x.Times },
                ({ } x, { Named: null } k) => x with { Times = k.Times * x.Times },
                _ => null,
            },
            Node.Arithmetic { Sign: '/' } quotient => (Of(quotient.Left), Of(quotient.Right)) is ({ } x, { Named: null, Times: not 0 } k)
                ? x with
                {
                    Times = x.Times / k.Times,
                }
                : null,
            _ => null,
        };

    public static bool IsOwnBudget(Fact fact) =>
        fact is Fact.Named { Term.Name: "budget", Window: null, Who: "channel" or "loser" or "winner" };
}
