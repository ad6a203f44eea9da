using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;

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
            { "{\n  \"root\": {,}\n}", ",}", "Not JSON here: , stands where" },
            { "", "", "is empty" },
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
                "is written in 'Liquid'; supported are Literal, Object, Variable, Input, Rule, JavaScript."
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
            {
                Flow(
                    """{"id":"a","name":"Decide","type":"Elsa.FlowDecision","condition":{"expression":{"type":"Rule","value":"Scor < 60"}}}""",
                    "",
                    Score
                ),
                "Scor < 60",
                "'Decide' (a): input 'Condition' is not a condition that can be read. 'Scor' is no variable, no input and no activity's output; did you mean 'Score'?"
            },
            {
                Flow(
                    """{"id":"a","type":"Elsa.WriteLine","text":{"expression":{"type":"JavaScript","value":"1 + setScore(2)"}}}""",
                    "",
                    Score
                ),
                "setScore",
                "'setScore' changes the run, and an expression only reads. Store values with the SetVariable activity."
            },
            {
                Flow("""{"id":"a","type":"Elsa.WriteLine","text":{"expression":{"type":"JavaScript","value":"getScoer()"}}}""", "", Score),
                "getScoer",
                "no variable or input has that name"
            },
            {
                Flow("""{"id":"a","type":"Elsa.WriteLine","text":{"expression":{"type":"JavaScript","value":"`${fetch('x')}`"}}}"""),
                "fetch",
                "There is no function 'fetch'"
            },
            {
                Flow("""{"id":"a","name":"Ask","type":"Elsa.WriteLine","text":{"expression":{"type":"CSharp","value":"1"}}}"""),
                "\"CSharp\"",
                "'Ask' (a): input 'Text' is written in 'CSharp'; supported are"
            },
            { Flow("""{"id":"a","type":"Elsa.HttpEndpoint","path":"orders/{id:int}"}"""), "{\"id\":\"a\"", "not a part such as {id}" },
            {
                Flow("""{"id":"a","type":"Elsa.HttpEndpoint","path":"x","supportedMethods":["POST","TRACE"]}"""),
                "{\"id\":\"a\"",
                "'TRACE' is not a method"
            },
            {
                Flow(
                    """{"id":"a","name":"Paid","type":"Elsa.Event","canStartWorkflow":true,"eventName":{"expression":{"type":"JavaScript","value":"'x'"}}}"""
                ),
                "{\"id\":\"a\"",
                "'Paid' (a) starts the workflow, so input 'EventName' must be a fixed value"
            },
            {
                Flow(
                    """{"id":"s","type":"Elsa.Sequence","activities":[{"id":"a","type":"Elsa.Event","canStartWorkflow":true,"eventName":"x"}]}"""
                ),
                "{\"id\":\"a\"",
                "a run cannot begin inside a container"
            },
            {
                Flow("""{"id":"a","type":"Elsa.Timer","canStartWorkflow":true,"interval":"00:00:00.1"}"""),
                "{\"id\":\"a\"",
                "once a second at most"
            },
            {
                Flow("""{"id":"u","name":"Judge","type":"Judge","workflowDefinitionId":"nobody"}"""),
                "{\"id\":\"u\"",
                "'Judge' (u) uses the workflow 'nobody', and nothing of that name is published. Publish it first."
            },
            {
                Flow("""{"id":"u","type":"Line","workflowDefinitionId":"sequence"}"""),
                "{\"id\":\"u\"",
                "not meant for that. Set options.usableAsActivity in it."
            },
            {
                Flow(
                    """{"id":"u","type":"Judge","workflowDefinitionId":"used-judge"},""" + Line,
                    """{"source":{"activity":"u","port":"Huge"},"target":{"activity":"a"}}"""
                ),
                "{\"source\"",
                "has no outcome 'Huge'; its outcomes are Large, Small, Done."
            },
            {
                Flow(
                    """{"id":"u","type":"Judge","workflowDefinitionId":"used-judge","amont":{"expression":{"type":"Literal","value":"5"}}}"""
                ),
                "{\"expression\"",
                "has no input 'amont'. Did you mean 'amount'?"
            },
        };

    private const string Score = "\"variables\":[{\"id\":\"v\",\"name\":\"Score\",\"typeName\":\"Int32\"}],";

    [Theory]
    [MemberData(nameof(Refusals))]
    public void A_wrong_document_is_refused_with_place_and_reason(string json, string at, string expected)
    {
        var parsed = WorkflowJson.Parse(json, "t.json", [Sample.Review], Sample.Used);

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

    [Theory]
    [InlineData(2_001)]
    [InlineData(10_000)]
    public void More_than_2000_activities_are_refused_in_one_sentence(int count)
    {
        var many = string.Join(",", Enumerable.Range(0, count).Select(i => $$"""{"id":"a{{i}}","type":"Elsa.End"}"""));
        var chain = string.Join(
            ",",
            Enumerable
                .Range(1, count - 1)
                .Select(i => $$"""{ "source": { "activity": "a{{i - 1}}" }, "target": { "activity": "a{{i}}" } }""")
        );

        Assert.Contains(
            "at most 2000",
            WorkflowJson.Parse(Flow(many, chain), "t.json", []).Problems.Single().Text.En,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_few_uses_that_multiply_are_refused_like_many_activities()
    {
        // Each uses the next ten times: a million activities in six short documents.
        static UsedWorkflow Level(WorkflowUse use) =>
            new(
                use.DefinitionId + ".json",
                Flow(
                    Uses(int.Parse(use.DefinitionId[1..], System.Globalization.CultureInfo.InvariantCulture) + 1),
                    "",
                    """ "options":{"usableAsActivity":true},"""
                )
            );
        static string Uses(int level) =>
            level > 6
                ? Line
                : string.Join(
                    ",",
                    Enumerable.Range(0, 10).Select(i => $$"""{"id":"u{{i}}","type":"L{{level}}","workflowDefinitionId":"l{{level}}"}""")
                );

        var parsed = WorkflowJson.Parse(Flow(Uses(1)), "t.json", [], Level);

        Assert.Contains("at most 2000", parsed.Problems.Single().Text.En, StringComparison.Ordinal);
    }

    [Fact]
    public void Workflows_that_use_each_other_in_a_circle_are_refused_by_their_names()
    {
        static UsedWorkflow Other(WorkflowUse use) =>
            new(
                use.DefinitionId + ".json",
                Flow(
                    $$"""{"id":"u","type":"X","workflowDefinitionId":"{{(use.DefinitionId == "b" ? "c" : "a")}}"}""",
                    "",
                    """ "options":{"usableAsActivity":true},"""
                )
            );

        var parsed = WorkflowJson.Parse(Flow("""{"id":"u","name":"Ask","type":"B","workflowDefinitionId":"b"}"""), "a.json", [], Other);

        var problem = Assert.Single(parsed.Problems);
        Assert.Contains("a → b → c → a", problem.Text.En, StringComparison.Ordinal);
        Assert.Equal(("c.json", "u:u:u"), (problem.File, problem.Subject));
    }

    [Fact]
    public void A_variable_that_starts_too_large_is_refused_by_name()
    {
        var large = new string('x', RunSize.LargestValue);

        var parsed = WorkflowJson.Parse(Flow(Line, "", "\"variables\":[{\"name\":\"Big\",\"value\":\"" + large + "\"}],"), "t.json", []);

        Assert.Contains("Variable 'Big' starts with 1 MB", parsed.Problems.Single().Text.En, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_definition_uses_can_be_asked_before_it_is_read() =>
        Assert.Equal(
            [new WorkflowUse("one", null, 3), new WorkflowUse("two", "v2", null)],
            WorkflowJson
                .Uses(
                    Flow(
                        """{"id":"a","type":"One","version":3,"workflowDefinitionId":"one"},{"id":"b","type":"Two","workflowDefinitionId":"two","workflowDefinitionVersionId":"v2"}"""
                    )
                )
                .OrderBy(u => u.DefinitionId, StringComparer.Ordinal)
        );

    [Fact]
    public void Deep_nesting_is_refused_and_not_a_crash()
    {
        var json = "{\"root\":" + string.Concat(Enumerable.Repeat("""{"type":"Elsa.Sequence","activities":[""", 2_000));

        Assert.Contains(
            "nested deeper than 60",
            WorkflowJson.Parse(json, "t.json", []).Problems.Single().Text.En,
            StringComparison.Ordinal
        );
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
