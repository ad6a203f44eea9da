namespace CampaignFlow.Engine.Tests.Expressions;

public class ExplanationTests
{
    [Theory]
    [InlineData("competitors >= 30", "competitors >= 30: 18 < 30, 12 short", "竞品数 18 < 30，差 12")]
    [InlineData("competitors < 10", "competitors < 10: 18 >= 10, 8 over", "竞品数 18 ≥ 10，超出 8")]
    [InlineData("competitors == 20", "competitors == 20: 18 != 20, 2 apart", "竞品数 18 ≠ 20，相差 2")]
    [InlineData("competitors > 2 * swot_quadrants", "competitors > 2 * swot_quadrants: 18 > 8", "竞品数 18 > 2 × SWOT 象限（8）")]
    [InlineData("cost > 500 CNY", "cost > 500 CNY: ¥400.00 <= ¥500.00, ¥100.00 short", "费用 ¥400.00 ≤ ¥500.00，差 ¥100.00")]
    [InlineData("cost > 500 EUR", "cost > 500 EUR: unknown, €500.00 is not in the campaign's currency CNY", null)]
    [InlineData("approved", "approved: unknown, approved is not known yet", "已批准：无法判断，已批准尚无数据")]
    public void Every_clause_says_its_values_and_its_gap(string text, string en, string? zh)
    {
        var facts = Gate.Facts(("competitors", 18), ("swot_quadrants", 4), ("cost", new Money(400_00, "CNY")));
        var clause = Assert.Single(Gate.Read(text).Explain(facts).Clauses);
        Assert.Equal(en, clause.Sentence.En);
        if (zh is not null)
            Assert.Equal(zh, clause.Sentence.Zh);
    }

    [Fact]
    public void The_gap_is_a_number_too()
    {
        var clause = Gate.Read("competitors >= 30").Explain(Gate.Facts(("competitors", 18))).Clauses[0];
        Assert.Equal((false, 18d, 30d, 12d), (clause.Holds, clause.Left, clause.Right, clause.Gap));
    }

    [Fact]
    public void And_is_told_clause_by_clause() =>
        Assert.Equal(
            [true, false, null],
            Gate.Read("competitors > 1 and approved and signed")
                .Explain(Gate.Facts(("competitors", 2), ("approved", false)))
                .Clauses.Select(c => c.Holds)
        );
}
