using System.Text.Json.Nodes;
using CampaignFlow.Engine.Expressions.Script;

namespace CampaignFlow.Engine.Tests.Expressions.Script;

/// <summary>The condition language over the values of a run.</summary>
public class RuleExpressionTests
{
    private static readonly Dictionary<string, RuleKind> Variables = new(StringComparer.Ordinal)
    {
        ["Score"] = RuleKind.Number,
        ["Empty"] = RuleKind.Number,
        ["Region"] = RuleKind.Text,
        ["Urgent"] = RuleKind.Condition,
        ["Age"] = RuleKind.Duration,
        ["Order"] = RuleKind.Any,
        ["Nothing"] = RuleKind.Any,
    };

    private static readonly RuleNames Names = new(
        Variables,
        new Dictionary<string, RuleKind>(StringComparer.Ordinal) { ["Amount"] = RuleKind.Number, ["Score"] = RuleKind.Number },
        new Dictionary<string, IReadOnlyDictionary<string, RuleKind>>(StringComparer.Ordinal)
        {
            ["Review"] = new Dictionary<string, RuleKind>(StringComparer.Ordinal) { ["By"] = RuleKind.Text },
        }
    );

    private static readonly JsonObject Values = JsonNode
        .Parse(
            """{"Score":55,"Region":"CN","Urgent":true,"Age":"3.00:00:00","Order":{"total":120.5,"lines":[1],"note":null,"paid":false}}"""
        )!
        .AsObject();

    private static readonly ScriptScope Scope = ScriptScope.Empty with
    {
        Variable = (string name, out JsonNode? value) => Values.TryGetPropertyValue(name, out value),
        Input = (string name, out JsonNode? value) =>
        {
            value = name == "Amount" ? 500 : 7;
            return true;
        },
        Output = (activity, output) => activity == "Review" && output == "By" ? "Li" : null,
    };

    [Theory]
    [InlineData("Score < 60 and not (Region == \"CN\")", false)]
    [InlineData("Score < 60 or Score < 10", true)]
    [InlineData("not Urgent or Score >= 55", true)]
    [InlineData("Score + 2 * 3 - 1 == 60", true)]
    [InlineData("-Score < 0 and 20% of Amount == 100", true)]
    [InlineData("Amount / 4 == 125", true)]
    [InlineData("input.Score == 7 and variables.Score == 55", true)] // a bare name is the variable
    [InlineData("Review.By == \"Li\" and Review.By != \"Wang\"", true)]
    [InlineData("Age >= 72h and Age < 4d", true)]
    [InlineData("Order.total > 120 and not Order.paid", true)]
    [InlineData("Urgent == true", true)]
    [InlineData("Urgent", true)]
    // Kleene's three values: the known half decides alone, or nothing does.
    [InlineData("Empty > 1 and Score > 60", false)]
    [InlineData("Score > 60 and Empty > 1", false)]
    [InlineData("Empty > 1 or Score < 60", true)]
    [InlineData("Empty > 1", null)]
    [InlineData("not (Empty > 1)", null)]
    [InlineData("Empty > 1 and Score < 60", null)]
    [InlineData("Empty > 1 or Score > 60", null)]
    [InlineData("Empty == Empty", null)] // two gaps are not the same
    [InlineData("Score / 0 > 1", null)]
    [InlineData("Order.note == \"x\"", null)]
    [InlineData("Nothing.at.all == 1", null)]
    [InlineData("Nothing", null)]
    public void A_condition_is_yes_no_or_unknown(string text, bool? expected)
    {
        var rule = ScriptExpression.ParseRule(text, Names, condition: true, out var problem);

        Assert.Null(problem);
        if (expected is { } known)
            Assert.Equal(known, rule!.Evaluate(Scope)!.GetValue<bool>());
        else
            Assert.Contains("unknown", Assert.Throws<ScriptException>(() => rule!.Evaluate(Scope)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_condition_names_what_is_missing()
    {
        var rule = ScriptExpression.ParseRule("Empty > 1 and Order.note == \"x\"", Names, condition: true, out _)!;

        Assert.Contains(
            "Empty, Order.note has no value",
            Assert.Throws<ScriptException>(() => rule.Evaluate(Scope)).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("Score * 2", "110")]
    [InlineData("Region", "\"CN\"")]
    [InlineData("Empty + 1", "null")] // a value that is unknown is a missing one
    public void Where_a_value_is_wanted_it_may_be_missing(string text, string expected) =>
        Assert.Equal(expected, ScriptExpression.ParseRule(text, Names, condition: false, out _)!.Evaluate(Scope)?.ToJsonString() ?? "null");

    [Theory]
    [InlineData("", 0, "ends too early")]
    [InlineData("Score <", 7, "ends too early")]
    [InlineData("Scor < 60", 0, "'Scor' is no variable, no input and no activity's output; did you mean 'Score'?")]
    [InlineData("Review.Who == \"Li\"", 0, "Activity 'Review' has no output 'Who'")]
    [InlineData("Score", 0, "Expected a condition, found a number.")]
    [InlineData("Score and Urgent", 0, "Expected a condition, found a number.")]
    [InlineData("Score < \"60\"", 6, "Cannot compare a number with text.")]
    [InlineData("Region > \"CN\"", 7, "'>' needs numbers; use == or !=.")]
    [InlineData("Region + 1 > 2", 0, "Expected a number, found text.")]
    [InlineData("Age > 3", 4, "Cannot compare a length of time with a number.")]
    [InlineData("Score > 500 CNY", 12, "no currency")]
    [InlineData("Score = 60", 6, "'=='")]
    [InlineData("Score < 60 && Urgent", 11, "write 'and'")]
    [InlineData("(Score < 60", 11, "ends too early")]
    [InlineData("Score < 60 Urgent", 11, "Found 'Urgent' where an operator")]
    [InlineData("Region == \"CN", 10, "closing quote")]
    public void What_cannot_be_a_condition_is_refused_with_its_place(string text, int at, string expected)
    {
        Assert.Null(ScriptExpression.ParseRule(text, Names, condition: true, out var problem));
        Assert.Contains(expected, problem!.Text.En, StringComparison.Ordinal);
        Assert.Equal(at, problem.At);
        Assert.NotEqual(problem.Text.En, problem.Text.Zh);
    }

    [Theory]
    [InlineData("Order.total == \"x\"", "Cannot compare a number with text.")]
    [InlineData("Order.lines == 1", "Cannot compare a list with a number.")]
    [InlineData("Order.total", "Expected yes or no, found a number")]
    [InlineData("not Order.total", "Expected yes or no, found a number.")]
    [InlineData("Age > Order.total", "Cannot compare text with a number.")]
    public void What_only_the_run_shows_to_be_wrong_says_why(string text, string expected)
    {
        var rule = ScriptExpression.ParseRule(text, Names, condition: true, out _)!;

        Assert.Contains(expected, Assert.Throws<ScriptException>(() => rule.Evaluate(Scope)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(", ")", "deep")]
    [InlineData("not ", "", "deep")]
    public void Deep_nesting_is_refused_and_not_a_crash(string open, string close, string expected)
    {
        var text = string.Concat(Enumerable.Repeat(open, 450)) + "Urgent" + string.Concat(Enumerable.Repeat(close, 450));

        Assert.Null(ScriptExpression.ParseRule(text, Names, condition: true, out var problem));
        Assert.Contains(expected, problem!.Text.En, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_is_too_long_is_refused()
    {
        Assert.Null(ScriptExpression.ParseRule(new string(' ', 3_000), Names, condition: true, out var problem));
        Assert.Contains("2000", problem!.Text.En, StringComparison.Ordinal);
    }
}
