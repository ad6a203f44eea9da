using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Engine.Tests.Expressions;

public class FormulaProblemTests
{
    [Theory]
    [InlineData("cpa(7d) > 20%", 1, "cannot compare money with a ratio")]
    [InlineData("spend(7d) > 500", 1, "cannot compare money with a number; write the currency, as in 500 CNY")]
    [InlineData("roas(7d) > 1 and raos(7d) < 2", 18, "'raos' is not a known name; did you mean 'roas'?")]
    [InlineData("wnner.roas(7d) > 1", 1, "'wnner' is not known here; known: channel, campaign, average, others, goal")]
    [InlineData(
        "avrage.roas(7d) > 1",
        1,
        "'avrage' is not known here; did you mean 'average'?; known: channel, campaign, average, others, goal"
    )]
    [InlineData("roas > 1", 1, "say over which days, for example roas(7d)")]
    [InlineData("roas(7) > 1", 6, "'7' is not a window; write 7d, 3d..1d, today, yesterday or flight")]
    [InlineData("roas(500d) > 1", 6, "windows go from 1d to 400d, found 500d")]
    [InlineData("roas(1d..3d) > 1", 6, "a window goes from the older to the newer day; did you mean 3d..1d?")]
    [InlineData("goal.cpa(7d) > 1 EUR", 9, "'goal.cpa' has no window")]
    [InlineData("roas(7d) = 1", 10, "unexpected '='; compare with '=='")]
    [InlineData("roas(7d) > 1 && cvr(7d) > 1%", 14, "unexpected '&'; write 'and'")]
    [InlineData("roas(7d) >", 11, "the formula ends too early, expected a value or a condition")]
    [InlineData("(roas(7d) > 1", 14, "the formula ends too early, expected ')'")]
    [InlineData("roas(7d) > 1)", 13, "unexpected ')', expected an operator such as 'and', '>' or '+'")]
    [InlineData("roas(7d) and true", 1, "'and' needs a condition here, found a ratio")]
    [InlineData("spend(7d) * spend(7d) > 1 EUR", 1, "cannot multiply money by money")]
    [InlineData("spend(7d) + clicks(7d) > 1 EUR", 1, "cannot add or subtract money and a count")]
    [InlineData("roas(7d)", 1, "expected a condition, found a ratio")]
    [InlineData("share(roas, 7d) > 1%", 7, "share needs a metric that adds up; 'roas' does not")]
    [InlineData("consecutive(1, roas(1d) > 1)", 13, "consecutive needs a number of days from 2 to 30, found '1'")]
    [InlineData("probability(roas(7d)) > 1%", 13, "probability needs one comparison, such as a(7d) > b(7d)")]
    [InlineData("1 < roas(7d) < 2", 1, "cannot compare a condition with a number")]
    public void A_mistake_is_named_at_its_place(string text, int column, string expected)
    {
        var (formula, problems) = Formula.Condition(text, RuleVocabulary.For(ForEach.Channel), "r.yaml", 4, 1);
        Assert.Null(formula);
        var problem = Assert.Single(problems);
        Assert.Equal(("r.yaml", 4, column, expected), (problem.File, problem.Line, problem.Column, problem.Text.En));
        Assert.Matches(@"\p{IsCJKUnifiedIdeographs}", problem.Text.Zh);
    }

    [Fact]
    public void A_bare_name_in_a_pair_asks_whose() =>
        Assert.StartsWith(
            "say whose 'roas' is meant: loser.roas / winner.roas",
            Formula.Condition("roas(7d) > 1", RuleVocabulary.For(ForEach.Pair)).Problems[0].Text.En,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("(")]
    [InlineData("not ")]
    [InlineData("-")]
    public void Deep_nesting_is_refused_and_does_not_end_the_process(string opening)
    {
        var text = string.Concat(Enumerable.Repeat(opening, 5_000)) + "true";
        Assert.NotEmpty(Formula.Condition(text, Gate.Words).Problems);
    }
}
