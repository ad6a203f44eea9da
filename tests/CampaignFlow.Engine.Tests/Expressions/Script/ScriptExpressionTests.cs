using System.Text.Json.Nodes;
using CampaignFlow.Engine.Expressions.Script;

namespace CampaignFlow.Engine.Tests.Expressions.Script;

public class ScriptExpressionTests
{
    private static readonly JsonObject Variables = JsonNode
        .Parse("""{"Score":55,"Name":"双十一","Tags":["a","b"],"Goal":{"Gmv":7.8,"Owner":null},"Zero":0,"Empty":""}""")!
        .AsObject();

    private static readonly ScriptScope Scope = ScriptScope.Empty with
    {
        Variable = (string name, out JsonNode? value) => Variables.TryGetPropertyValue(name, out value),
        Input = (string name, out JsonNode? value) =>
        {
            value = 500;
            return name == "Amount";
        },
        Output = (activity, output) => activity == "Review" ? $"{output ?? "Result"} of review" : null,
        Variables = () => Variables.DeepClone().AsObject(),
        CorrelationId = "double11",
    };

    [Theory]
    [InlineData("1 + 2 * 3", "7")]
    [InlineData("(1 + 2) * 3", "9")]
    [InlineData("2 ** 3 ** 2", "512")] // binds to the right
    [InlineData("7 % 4 - -1", "4")]
    [InlineData("0.1 + 0.2", "0.30000000000000004")] // doubles, as in JavaScript
    [InlineData("10 / 4", "2.5")]
    [InlineData("1 / 0", "null")] // Infinity has no JSON
    [InlineData("'a' + 1", "\"a1\"")]
    [InlineData("1 + '1'", "\"11\"")]
    [InlineData("'3' * '4'", "12")]
    [InlineData("'a' + null + undefined + true", "\"anullundefinedtrue\"")]
    [InlineData("'' + 0.000001 + '|' + 1e21 + '|' + 1e-7 + '|' + 123456789012345680000", "\"0.000001|1e+21|1e-7|123456789012345680000\"")]
    [InlineData("[1, 2] + ''", "\"1,2\"")]
    [InlineData("null + 1", "1")]
    [InlineData("1 === 1.0", "true")]
    [InlineData("'1' === 1", "false")]
    [InlineData("'1' == 1", "true")]
    [InlineData("null == undefined", "true")]
    [InlineData("null === undefined", "false")]
    [InlineData("null == 0", "false")]
    [InlineData("NaN === NaN", "false")]
    [InlineData("'b' > 'a' && '10' < '9'", "true")] // texts compare as texts
    [InlineData("10 > '9'", "true")]
    [InlineData("undefined < 1 || undefined >= 1", "false")] // NaN compares with nothing
    [InlineData("!'' && !0 && !null && !NaN && !undefined", "true")]
    [InlineData("!!'0' && !![] && !!{}", "true")]
    [InlineData("0 || 'x'", "\"x\"")]
    [InlineData("0 ?? 'x'", "0")]
    [InlineData("null ?? 'x'", "\"x\"")]
    [InlineData("1 > 2 ? 'a' : 2 > 1 ? 'b' : 'c'", "\"b\"")]
    [InlineData("true?.5:1", "0.5")]
    [InlineData("variables.Score < 60", "true")]
    [InlineData("getScore() + getVariable('Score')", "110")]
    [InlineData("variables['Na' + 'me']", "\"双十一\"")]
    [InlineData("variables.Nothing", "null")]
    [InlineData("variables.Goal.Gmv", "7.8")]
    [InlineData("variables.Goal.Owner?.name.first", "null")]
    [InlineData("variables.Tags[1] + variables.Tags.length", "\"b2\"")]
    [InlineData("variables.Tags[9]", "null")]
    [InlineData("input.Amount + getInput('Amount')", "1000")]
    [InlineData("getOutputFrom('Review', 'By')", "\"By of review\"")]
    [InlineData("getCorrelationId()", "\"double11\"")]
    [InlineData("`${variables.Name}: ${`${1 + 1}`} ${'}'}`", "\"双十一: 2 }\"")]
    [InlineData("({a: 1, 'b': [true, null], })", "{\"a\":1,\"b\":[true,null]}")]
    [InlineData("Math.max(1, 2.5, '3') + Math.min(4, 5)", "7")]
    [InlineData("Math.round(2.5) + Math.round(-2.5)", "1")] // halves go up: 3 and −2
    [InlineData("(1234.567).toFixed(2)", "\"1234.57\"")]
    [InlineData("'Abc'.toUpperCase() + ' x '.trim()", "\"ABCx\"")]
    [InlineData("'a,b,c'.split(',').slice(1).join('-')", "\"b-c\"")]
    [InlineData("variables.Tags.includes('b') && 'abc'.includes('bc')", "true")]
    [InlineData("JSON.parse('{\"a\":[1]}').a[0]", "1")]
    [InlineData("JSON.stringify(variables.Tags)", "\"[\\\"a\\\",\\\"b\\\"]\"")]
    [InlineData("typeof variables.Nothing", "\"undefined\"")]
    [InlineData("return 1 + 1;", "2")] // as the designer writes one-line scripts
    [InlineData("/* why */ 1 // and how", "1")]
    [InlineData("'\\u4f60\\n'", "\"你\\n\"")]
    public void It_reads_as_JavaScript_does(string text, string expected)
    {
        var script = ScriptExpression.Parse(text, out var problem);

        Assert.Null(problem);
        var value = script!.Evaluate(Scope);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), value), $"{text} gave {value?.ToJsonString() ?? "null"}, not {expected}");
    }

    [Theory]
    [InlineData("", 0, "empty")]
    [InlineData("var x = 1", 0, "'var' is a statement")]
    [InlineData("variables.Score = 60", 16, "To compare write ===")]
    [InlineData("variables.Score++", 15, "changes a value")]
    [InlineData("items.map(x => x.a)", 12, "Functions (=>)")]
    [InlineData("function() { return 1 }", 0, "'function' is a statement")]
    [InlineData("1; 2", 3, "the end of the expression")]
    [InlineData("1 +", 3, "Found the end where a value")]
    [InlineData("'abc", 0, "not closed")]
    [InlineData("`a ${1", 0, "not closed")]
    [InlineData("a # b", 2, "Unexpected character '#'")]
    [InlineData("new Date()", 0, "'new' is a statement")]
    [InlineData("`${ 1 + }`", 8, "Found the end")] // the place is that in the whole text
    public void What_is_not_one_expression_is_refused_with_its_place(string text, int at, string expected)
    {
        Assert.Null(ScriptExpression.Parse(text, out var problem));
        Assert.Contains(expected, problem!.Text.En, StringComparison.Ordinal);
        Assert.Equal(at, problem.At);
        Assert.NotEqual(problem.Text.En, problem.Text.Zh);
    }

    [Theory]
    [InlineData("variables.Nothing.name", "Cannot read 'name' of undefined")]
    [InlineData("Score > 1", "A variable is read as variables.Score")]
    [InlineData("getMissing()", "no variable 'Missing'")]
    [InlineData("alert('x')", "no function 'alert'")]
    [InlineData("setScore(1)", "no function 'setScore'")]
    [InlineData("variables.Score.toUpperCase()", "no toUpperCase() on a number")]
    [InlineData("Math.random()", "Math.random is not known")] // a repeat must give the same
    [InlineData("JSON.parse('{')", "not JSON")]
    [InlineData("'x'.repeat(2000000)", "too long")]
    [InlineData("'ab'.repeat(500000).replaceAll('a', 'xxxx')", "too long")]
    public void What_cannot_be_worked_out_says_why(string text, string expected)
    {
        var script = ScriptExpression.Parse(text, out _)!;

        Assert.Contains(expected, Assert.Throws<ScriptException>(() => script.Evaluate(Scope)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData('(', ')')]
    [InlineData('[', ']')]
    [InlineData('!', ' ')]
    public void Deep_nesting_is_refused_and_not_a_crash(char open, char close)
    {
        var text = new string(open, 5_000) + "1" + new string(close, 5_000);

        Assert.Null(ScriptExpression.Parse(text, out var problem));
        Assert.Contains("deep", problem!.Text.En, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_chain_is_refused_and_not_a_crash()
    {
        Assert.Null(ScriptExpression.Parse("1" + string.Concat(Enumerable.Repeat("+1", 9_000)), out var problem));
        Assert.Contains("parts", problem!.Text.En, StringComparison.Ordinal);
    }
}
