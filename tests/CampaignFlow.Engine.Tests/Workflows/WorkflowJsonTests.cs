using CampaignFlow.Engine.Workflows;

namespace CampaignFlow.Engine.Tests.Workflows;

public class WorkflowJsonTests
{
    private const string Line = """{"id":"a","type":"Elsa.WriteLine","text":"x"}""";

    private static string Flow(string activities, string connections = "", string more = "") =>
        "{\"name\":\"t\","
        + more
        + "\n"
        + " \"root\":{\"id\":\"f\",\"type\":\"Elsa.Flowchart\",\n"
        + "  \"activities\":["
        + activities
        + "],\n"
        + "  \"connections\":["
        + connections
        + "]}}";

    public static TheoryData<string, string, string> Refusals =>
        new()
        {
            { "{\n  \"root\": {,}\n}", ",}", "not valid JSON" },
            { "", "", "not valid JSON" },
            { "[]", "[]", "not a workflow" },
            { "{\"root\":null}", "{", "not a workflow" },
            { "{\"root\":{\"id\":\"x\"}}", "{\"id\":\"x\"}", "needs a \"type\"" },
            {
                Flow("""{"id":"a","name":"Say","type":"Elsa.WriteLin"}"""),
                "\"Elsa.WriteLin\"",
                "'Say' (a) is of type 'Elsa.WriteLin', which is not supported. Did you mean 'Elsa.WriteLine'?"
            },
            { Flow("""{"id":"a","type":"Test.Revue"}"""), "\"Test.Revue\"", "Did you mean 'Test.Review'?" },
            { Flow("""{"id":"a","type":"Nothing.Like.This"}"""), "\"Nothing.Like.This\"", "not supported." },
            { Flow(Line + "," + Line), "\"a\",\"type\":\"Elsa.WriteLine\",\"text\":\"x\"}]", "Two activities have the id 'a'" },
            { Flow("""{"id":"a","type":"Elsa.Delay"}"""), "{\"id\":\"a\",\"type\":\"Elsa.Delay\"}", "input 'TimeSpan' is missing" },
            {
                Flow(
                    """{"id":"a","type":"Elsa.Delay","timeSpan":{"typeName":"TimeSpan","expression":{"type":"Literal","value":"soon"}}}"""
                ),
                "\"soon\"",
                "\"soon\" is not a duration"
            },
            {
                Flow("""{"id":"a","type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"Liquid","value":"{{x}}"}}}"""),
                "\"Liquid\"",
                "is written in 'Liquid'; supported are Literal, Object, Variable, Input, JavaScript."
            },
            {
                Flow("""{"id":"a","type":"Elsa.WriteLine","text":{"expression":{"type":"Javascript","value":"1"}}}"""),
                "\"Javascript\"",
                "Did you mean 'JavaScript'?"
            },
            {
                Flow("""{"id":"a","type":"Elsa.WriteLine","text":{"expression":{"type":"JavaScript","value":"1 +"}}}"""),
                "\"}}}]",
                "is not one JavaScript expression"
            },
            {
                Flow(
                    """{"id":"a","type":"Elsa.WriteLine","text":{"expression":{"type":"Variable","value":{"id":"q","name":"Scor"}}}}""",
                    "",
                    "\"variables\":[{\"id\":\"v\",\"name\":\"Score\",\"typeName\":\"Int32\"}],"
                ),
                "{\"id\":\"q\"",
                "variable 'Scor', which is not declared. Did you mean 'Score'?"
            },
            {
                Flow("""{"id":"a","type":"Elsa.WriteLine","text":{"expression":{"type":"Input","value":"Wo"}}}"""),
                "\"Wo\"",
                "input 'Wo', which is not declared"
            },
            {
                Flow("""{"id":"a","type":"Elsa.WriteLine","tekst":{"expression":{"type":"Literal","value":"x"}}}"""),
                "{\"expression\"",
                "has no input 'tekst'. Did you mean 'text'?"
            },
            {
                Flow("""{"id":"a","type":"Elsa.FlowJoin","mode":{"expression":{"type":"Literal","value":"WaitAl"}}}"""),
                "{\"expression\"",
                "Did you mean 'WaitAll'?"
            },
            {
                Flow("""{"id":"a","type":"Elsa.Cron","cronExpression":"every day"}"""),
                "{\"id\":\"a\"",
                "'every day' is not a cron pattern"
            },
            { Flow("""{"id":"a","type":"Elsa.Break"}"""), "{\"id\":\"a\"", "breaks out of a loop but is not inside one" },
            {
                Flow("""{"id":"a","type":"Elsa.While","condition":{"expression":{"type":"Literal","value":"true"}}}"""),
                "{\"id\":\"a\"",
                "has no body"
            },
            {
                Flow(Line, """{"source":{"activity":"a","port":"Done"},"target":{"activity":"ghost"}}"""),
                "{\"source\"",
                "refers to activity 'ghost'"
            },
            {
                Flow(
                    Line + """,{"id":"b","type":"Elsa.FlowDecision"}""",
                    """{"source":{"activity":"b","port":"Yes"},"target":{"activity":"a"}}"""
                ),
                "{\"source\"",
                "has no outcome 'Yes'; its outcomes are True, False."
            },
            {
                Flow(
                    """{"id":"a","type":"Test.Review","who":"Li"},{"id":"b","type":"Elsa.End"}""",
                    """{"source":{"activity":"a","port":"Done"},"target":{"activity":"b"}}"""
                ),
                "{\"source\"",
                "its outcomes are Approved, Rejected."
            },
            {
                Flow(Line, """{"source":{"activity":"a","port":"Done"},"target":{"activity":"a","port":"In"}}"""),
                "{\"id\":\"f\"",
                "has no start"
            },
            {
                Flow(Line, "", "\"variables\":[{\"name\":\"N\",\"typeName\":\"Int32\",\"value\":\"many\"}],"),
                "\"many\"",
                "Variable 'N': \"many\" is not a whole number"
            },
        };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_wrong_document_is_refused_with_place_and_reason(string json, string at, string expected)
    {
        var parsed = WorkflowJson.Parse(json, "t.json", [Sample.Review]);

        Assert.Null(parsed.Definition);
        var problem = parsed.Problems[0];
        Assert.Contains(expected, problem.Text.En, StringComparison.Ordinal);
        // The place is where the text begins that the row names.
        Assert.StartsWith(at, json.Split('\n')[problem.Line - 1][(problem.Column - 1)..], StringComparison.Ordinal);
        Assert.Equal("t.json", problem.File);
        Assert.NotEqual(problem.Text.En, problem.Text.Zh);
    }

    [Fact]
    public void All_problems_are_told_at_once_in_the_order_of_the_file()
    {
        var parsed = WorkflowJson.Parse(
            Flow(
                """{"id":"a","type":"Elsa.Delay"},{"id":"b","type":"Elsa.Nope"}""",
                """{"source":{"activity":"a"},"target":{"activity":"c"}}"""
            ),
            "t.json",
            []
        );

        Assert.Equal(["a", "b", "f"], parsed.Problems.Select(p => p.Subject));
    }

    [Fact]
    public void A_document_that_is_too_large_is_not_read() =>
        Assert.Contains(
            "5,242,880",
            WorkflowJson.Parse(new string(' ', WorkflowJson.LargestBytes + 1), "t.json", []).Problems.Single().Text.En,
            StringComparison.Ordinal
        );

    [Fact]
    public void More_than_2000_activities_are_refused()
    {
        var many = string.Join(",", Enumerable.Range(0, 2_001).Select(i => $$"""{"id":"a{{i}}","type":"Elsa.End"}"""));

        Assert.Contains("at most 2000", WorkflowJson.Parse(Flow(many), "t.json", []).Problems.Single().Text.En, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_is_refused_and_not_a_crash()
    {
        var json = "{\"root\":" + string.Concat(Enumerable.Repeat("""{"type":"Elsa.Sequence","activities":[""", 2_000));

        Assert.Contains("not valid JSON", WorkflowJson.Parse(json, "t.json", []).Problems.Single().Text.En, StringComparison.Ordinal);
    }

    [Fact]
    public void The_save_request_of_the_designer_reads_like_the_definition_in_it()
    {
        var definition = Sample.Parse($$"""{"model":{"definitionId":"camp","name":"复盘","version":3,"root":{{Line}}},"publish":false}""");

        Assert.Equal(("camp", "复盘", 3), (definition.Id, definition.Name, definition.Version));
    }

    [Fact]
    public void Without_an_id_the_file_name_is_the_identity() =>
        Assert.Equal("weekly-review", Sample.Parse($$"""{"root":{{Line}}}""", "workflows/weekly-review.json").Id);

    [Fact]
    public void The_original_text_stays_with_the_definition()
    {
        var json = $$"""{ "root" :  {{Line}} }""";

        Assert.Equal(json, Sample.Parse(json).Json);
    }
}
