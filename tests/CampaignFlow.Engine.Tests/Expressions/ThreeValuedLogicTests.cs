namespace CampaignFlow.Engine.Tests.Expressions;

public class ThreeValuedLogicTests
{
    [Theory]
    [InlineData("approved and signed", true, true, true)]
    [InlineData("approved and signed", true, false, false)]
    [InlineData("approved and signed", true, null, null)]
    [InlineData("approved and signed", null, true, null)]
    [InlineData("approved and signed", false, null, false)] // one no is enough
    [InlineData("approved and signed", null, false, false)]
    [InlineData("approved and signed", null, null, null)]
    [InlineData("approved or signed", false, false, false)]
    [InlineData("approved or signed", true, null, true)] // one yes is enough
    [InlineData("approved or signed", null, true, true)]
    [InlineData("approved or signed", false, null, null)]
    [InlineData("approved or signed", null, false, null)]
    [InlineData("approved or signed", null, null, null)]
    [InlineData("not approved", true, null, false)]
    [InlineData("not approved", false, null, true)]
    [InlineData("not approved", null, null, null)] // the opposite of unknown is unknown
    [InlineData("not approved or signed", true, true, true)] // not binds tighter than or
    [InlineData("approved == signed", true, null, null)]
    [InlineData("approved == signed", false, false, true)]
    public void Unknown_spreads_unless_the_other_side_settles_it(string text, bool? approved, bool? signed, bool? expected)
    {
        var facts = Gate.Facts(("approved", approved), ("signed", signed));
        Assert.Equal(expected, Gate.Read(text).Holds(facts));
        Assert.Equal(expected, Gate.Read(text).Explain(facts).Holds);
    }

    [Theory]
    [InlineData("competitors >= 1 and swot_quadrants == 4", 2, 4, true)]
    [InlineData("competitors >= 1 and swot_quadrants == 4", 0, null, false)]
    [InlineData("competitors >= 1 and swot_quadrants == 4", null, 4, null)]
    [InlineData("competitors / swot_quadrants > 1", 2, 0, null)] // a division by zero is unknown
    [InlineData("not (competitors > 1)", null, 0, null)]
    [InlineData("competitors != 1", null, 0, null)] // not even "different" is known
    [InlineData("2 + 3 * 2 == 8", null, null, true)]
    [InlineData("-competitors < 0", 1, null, true)]
    [InlineData("10 - 2 - 3 == 5", null, null, true)] // from the left
    public void A_missing_number_is_neither_zero_nor_false(string text, int? competitors, int? quadrants, bool? expected) =>
        Assert.Equal(expected, Gate.Read(text).Holds(Gate.Facts(("competitors", competitors), ("swot_quadrants", quadrants))));

    [Theory]
    [InlineData("cost < 500 CNY", true)]
    [InlineData("cost < 500 EUR", null)] // another currency cannot be compared
    [InlineData("cost > 0", true)] // nothing is nothing in every currency
    [InlineData("stage == \"C7\"", true)]
    [InlineData("stage != \"C7\"", false)]
    public void Money_and_texts_compare_with_their_own_kind(string text, bool? expected) =>
        Assert.Equal(expected, Gate.Read(text).Holds(Gate.Facts(("cost", new Money(400_00, "CNY")), ("stage", "C7"))));
}
