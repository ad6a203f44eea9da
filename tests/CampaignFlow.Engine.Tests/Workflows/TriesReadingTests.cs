using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Checks;
using static CampaignFlow.Engine.Tests.Workflows.Course;

namespace CampaignFlow.Engine.Tests.Workflows;

/// <summary>What is wrong in customProperties of retry, timeout and compensation is said with the activity's name and id.</summary>
public class TriesReadingTests
{
    private static readonly ActivityType Vote = new(
        "Test.Vote",
        "Test",
        new("Vote", "表决"),
        new("", ""),
        [],
        [],
        ["Approved", "Rejected", "TimedOut"]
    )
    {
        Decides = true,
    };

    private static string More(string type) =>
        type switch
        {
            "Test.Review" => ",\"who\":\"Li\"",
            "Elsa.Sequence" => ",\"activities\":[{\"id\":\"in\",\"type\":\"Elsa.WriteLine\"}]",
            _ => "",
        };

    private static WorkflowParse Read(string custom, string type = "Test.Review") =>
        WorkflowJson.Parse(
            $$$"""
            {"root":{"id":"f","type":"Elsa.Flowchart","start":"s","activities":[
              {"id":"s","type":"Elsa.WriteLine"},
              {"id":"a","name":"Book","type":"{{{type}}}"{{{More(type)}}},"customProperties":{{{Json(custom)}}}},
              {"id":"u","name":"Undo","type":"Elsa.WriteLine"},
              {"id":"v","name":"Undo well","type":"Elsa.WriteLine","customProperties":{"compensation":"u"}},
              {"id":"q","type":"Elsa.Sequence","activities":[{"id":"deep","type":"Elsa.WriteLine"}]}],
             "connections":[{"source":{"activity":"s"},"target":{"activity":"a"}},{"source":{"activity":"a"},"target":{"activity":"v"}},
              {"source":{"activity":"v"},"target":{"activity":"q"}}]}}
            """,
            "t.json",
            [Sample.Review, Vote]
        );

    [Theory]
    [InlineData("'retry':5", "retry must be an object with attempts, first, factor, most, jitter")]
    [InlineData("'retry':{}", "retry needs \"attempts\"")]
    [InlineData("'retry':{'attempts':1}", "retry.attempts must be a number from 2 to 100")]
    [InlineData("'retry':{'attempts':101}", "retry.attempts must be a number from 2 to 100")]
    [InlineData("'retry':{'attempts':'many'}", "retry.attempts must be a number from 2 to 100")]
    [InlineData("'retry':{'attempts':2.5}", "retry.attempts must be a whole number")]
    [InlineData("'retry':{'attempts':3,'first':'soon'}", "retry.first must be a duration such as")]
    [InlineData("'retry':{'attempts':3,'first':'-00:00:10'}", "retry.first must be a duration such as")]
    [InlineData("'retry':{'attempts':3,'most':'400.00:00:00'}", "at most 366 days")]
    [InlineData("'retry':{'attempts':3,'first':'01:00:00','most':'00:01:00'}", "retry.most must not be shorter than retry.first")]
    [InlineData("'retry':{'attempts':3,'factor':0.5}", "retry.factor must be a number from 1 to 100")]
    [InlineData("'retry':{'attempts':3,'jitter':'yes'}", "retry.jitter must be true or false")]
    [InlineData("'retry':{'atempts':3}", "retry has no 'atempts'. Did you mean 'attempts'?")]
    [InlineData("'timeout':'1.00:00:00'", "timeout must be an object with after, outcome")]
    [InlineData("'timeout':{'outcome':'Late'}", "timeout needs \"after\"")]
    [InlineData("'timeout':{'after':'5'}", "timeout.after must be a duration such as")]
    [InlineData("'timeout':{'after':'01:00:00','outcome':7}", "timeout.outcome must be the name of a port")]
    [InlineData("'compensation':7", "compensation must be the id of an activity")]
    [InlineData("'compensation':''", "compensation must be the id of an activity")]
    [InlineData("'compensation':'nobody'", "compensation 'nobody' must be an activity of the same flowchart")]
    [InlineData("'compensation':'deep'", "compensation 'deep' must be an activity of the same flowchart")]
    [InlineData("'compensation':'a'", "'a' cannot be undone itself")]
    [InlineData("'compensation':'v'", "'v' cannot be undone itself")]
    [InlineData("'compensation':'s'", "'s' undoes it, so no connection may lead to or from it")]
    public void A_wrong_policy_is_refused_by_name_and_id(string custom, string expected)
    {
        var parsed = Read(custom);

        Assert.Null(parsed.Definition);
        var problem = Assert.Single(parsed.Problems, p => p.Text.En.Contains(expected, StringComparison.Ordinal));
        Assert.StartsWith("'Book' (a): ", problem.Text.En, StringComparison.Ordinal);
        Assert.StartsWith("“Book”（a）：", problem.Text.Zh, StringComparison.Ordinal);
        Assert.Equal("a", problem.Subject);
        Assert.Equal(3, problem.Line);
    }

    [Theory]
    [InlineData("Elsa.Sequence", "'retry':{'attempts':3}", "a container is not tried again")]
    [InlineData("Test.Vote", "'timeout':{'after':'01:00:00','outcome':'Approved'}", "silence must not be taken for 'Approved'")]
    public void Some_policies_do_not_fit_some_activities(string type, string custom, string expected) =>
        Assert.Contains(expected, Read(custom, type).Problems.First(p => p.Subject == "a").Text.En, StringComparison.Ordinal);

    [Theory]
    [InlineData("'retry':{'attempts':3,'first':'00:00:10','factor':1,'most':'01:00:00','jitter':false}")]
    [InlineData("'timeout':{'after':'2.00:00:00','outcome':'Late'}")]
    [InlineData("'compensation':'u'")]
    [InlineData("'canStartWorkflow':false,'anything':'else'")]
    public void What_is_right_is_read(string custom) => Assert.Empty(Read(custom).Problems);

    [Fact]
    public void An_activity_that_only_undoes_another_is_not_told_as_unreachable()
    {
        var found = DefinitionCheck.Check(Read("'compensation':'u'").Definition!, []);
        Assert.DoesNotContain(found, p => p.Code == "unreachable");
    }

    [Fact]
    public void A_workflow_used_as_an_activity_may_undo_its_own_steps()
    {
        var inner = """
            {"options":{"usableAsActivity":true},"root":{"id":"f","type":"Elsa.Flowchart","activities":[
              {"id":"a","type":"Test.Review","who":"Li","customProperties":{"compensation":"u"}},{"id":"u","type":"Test.Review","who":"Li"}],"connections":[]}}
            """;
        var parsed = WorkflowJson.Parse(
            """{"root":{"id":"c","type":"Inner","workflowDefinitionId":"inner"}}""",
            "t.json",
            [Sample.Review],
            use => new(use.DefinitionId + ".json", inner)
        );

        Assert.Empty(parsed.Problems);
        Assert.Equal("c:u", parsed.Definition!.Activities["c:a"].Compensation);
    }
}
