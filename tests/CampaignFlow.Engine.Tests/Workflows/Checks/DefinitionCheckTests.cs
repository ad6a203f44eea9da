using System.Text;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Checks;
using FsCheck;
using FsCheck.Fluent;

namespace CampaignFlow.Engine.Tests.Workflows.Checks;

public class DefinitionCheckTests
{
    private static readonly NameList[] Names =
    [
        new(NameList.Role, ["manager", "analyst"]),
        new(NameList.Stage, ["C1_RESEARCH"]),
        new(NameList.Event, ["daily"]),
        new(NameList.Workflow, ["weekly-review"]),
    ];

    [Theory]
    [InlineData("a:line f:finish | a>f", "")]
    [InlineData("a:line b:line f:finish | a>f", "unreachable b")]
    [InlineData("a:line b:line c:line f:finish | a>f b>c c>f", "unreachable b")] // told once, for what hangs together
    [InlineData("a:line b:line c:line f:finish | a>f b>c c>b", "unreachable b")] // a loop nothing leads to is not told as a loop
    [InlineData("a:fixed:true b:line f:finish | a.True>f a.False>b b>f", "unreachable b")] // a fixed condition goes one way
    [InlineData("a:line", "no-end flow")]
    [InlineData("a:line b:delay | a>b b>a", "no-end flow, no-way-out a")] // it rests, but never ends
    [InlineData("a:line b:line f:finish | a>b b>a", "no-end flow, unreachable f, loop-without-wait a")]
    [InlineData("a:line b:delay:0 f:finish | a>b b>a a>f", "loop-without-wait a")] // no time at all is no wait
    [InlineData("a:line b:delay:1 f:finish | a>b b>a a>f", "")]
    [InlineData("a:decision b:line f:finish | a.True>b b>a a.False>f", "loop-without-wait a")]
    [InlineData("a:decision:variables.N<3 b:set:N f:finish | a.True>b b>a a.False>f", "loop-counts a")] // may end by its counting
    [InlineData("a:decision:variables.M<3 b:set:N f:finish | a.True>b b>a a.False>f", "loop-without-wait a")] // counts what nobody asks
    [InlineData("a:ask f:finish | a.Yes>f a.No>a a.Late>a", "")] // people are a wait
    [InlineData("a:ask f:finish | a.Yes>f a.No>a", "no-time-out-path a")]
    [InlineData("a:ask f:finish | a.Yes>f a.Late>a", "outcome-open a")]
    [InlineData("a:ask f:finish | a.Yes>f", "no-time-out-path a, outcome-open a")]
    [InlineData("f:finish a:ask | ", "unreachable a")]
    [InlineData("a:ask:boss f:finish | a.Yes>f a.No>f a.Late>f", "unknown-role a")]
    [InlineData("a:ask:manager,anlyst f:finish | a.Yes>f a.No>f a.Late>f", "unknown-role a")]
    [InlineData("a:ask: f:finish | a.Yes>f a.No>f a.Late>f", "missing-role a")]
    [InlineData("a:staged:C1_RESEARHC f:finish | a.Yes>f a.No>f a.Late>f", "unknown-stage a")]
    [InlineData("a:staged:C1_RESEARCH f:finish | a.Yes>f a.No>f a.Late>f", "")]
    [InlineData("a:event:daily f:finish | a>f", "")]
    [InlineData("a:event:nobody f:finish | a>f", "event-unheard a")]
    [InlineData("k:fork a:event:mine b:publish:mine j:all f:finish | k.A>a k.B>b a>j b>j j>f", "")] // published by another branch
    [InlineData("a:other:weekly-review f:finish | a>f", "")]
    [InlineData("a:other:weekly-reveiw f:finish | a>f", "unknown-workflow a")]
    [InlineData("a:odd:3 f:finish | a>f", "")]
    [InlineData("a:odd:4 f:finish | a>f", "input a")]
    [InlineData("a:decision b:line c:line j:all f:finish | a.True>b a.False>c b>j c>j j>f", "join-never j")]
    [InlineData("a:decision b:line c:line j:active f:finish | a.True>b a.False>c b>j c>j j>f", "")]
    [InlineData("k:fork b:line c:line j:all f:finish | k.A>b k.B>c b>j c>j j>f", "")]
    [InlineData("k:fork a:decision b:line c:line j:all f:finish | k.A>a k.B>c a.True>b a.False>f b>j c>j j>f", "")] // may both arrive
    [InlineData("k:fork b:line c:line d:line j:all f:finish | k.A>b k.B>c b>j c>j d>j j>f", "unreachable d, join-never j")]
    [InlineData("a:decision b:delay j:all f:finish | a.True>j a.False>b b>a b>j j>f", "join-never j")] // only by going round again
    [InlineData("k:fork b:line f:finish | k.A>b b>f", "outcome-open k")]
    [InlineData("a:pay f:finish | a>f", "money-unasked a")]
    [InlineData("q:ask a:pay f:finish | q.Yes>a q.No>f q.Late>q a>f", "")]
    [InlineData("d:decision q:ask a:pay f:finish | d.True>q d.False>a q.Yes>a q.No>f q.Late>q a>f", "money-unasked a")] // one way round
    [InlineData("a:put:N f:finish | a>f", "variable-unused a, variable-unused flow")] // M is declared and never used
    [InlineData("a:line:variables.X f:finish | a>f", "variable-unused flow, variable-unused flow, variable-undeclared a")]
    [InlineData("a:fault", "no-end flow")] // a fault stops on purpose
    public void A_chart_has_exactly_these_problems(string chart, string expected)
    {
        var variables =
            chart.Contains("variables.", StringComparison.Ordinal) || chart.Contains(":put", StringComparison.Ordinal) ? "N M" : null;

        var found = DefinitionCheck.Check(Charts.Read(chart, variables), Names);

        var asked = chart.Contains("variables.X", StringComparison.Ordinal) || chart.Contains(":put", StringComparison.Ordinal);
        var told = found.Where(p => asked || p.Code != "variable-unused").Select(p => $"{p.Code} {p.Subject}");
        Assert.Equal(Sorted(expected.Split(", ", StringSplitOptions.RemoveEmptyEntries)), Sorted(told));
    }

    [Theory]
    [InlineData("""{"type":"Elsa.While","condition":true,"body":{"id":"w","type":"Elsa.WriteLine"}}""", "loop-without-wait")]
    [InlineData("""{"type":"Elsa.While","condition":true,"body":{"id":"w","type":"Elsa.Delay","timeSpan":"01:00:00"}}""", "no-way-out")]
    [InlineData("""{"type":"Elsa.For","start":1,"end":3,"body":{"id":"w","type":"Elsa.WriteLine"}}""", "")] // a range ends by itself
    [InlineData(
        """{"type":"Elsa.While","condition":true,"body":{"type":"Elsa.Sequence","activities":[{"type":"Elsa.Delay","timeSpan":"1:0:0"},{"type":"Elsa.Break"}]}}""",
        ""
    )]
    [InlineData("""{"type":"Elsa.Sequence","activities":[{"type":"Test.Ask","roles":["manager"]}]}""", "decision-ignored")]
    [InlineData("""{"type":"Elsa.Sequence","activities":[{"type":"Elsa.Finish"},{"id":"w","type":"Elsa.WriteLine"}]}""", "unreachable")]
    [InlineData("""{"type":"Elsa.Parallel","activities":[{"type":"Elsa.Fault"},{"id":"w","type":"Elsa.WriteLine"}]}""", "")]
    [InlineData("""{"type":"Elsa.If","condition":true,"then":{"type":"Elsa.Finish"}}""", "")]
    [InlineData("""{"type":"Elsa.Flowchart","activities":[]}""", "")]
    public void Other_containers_have_exactly_these_problems(string root, string expected) =>
        Assert.Equal(
            expected,
            string.Join(", ", DefinitionCheck.Check(Charts.Parse("{\"root\":" + root + "}"), Names).Select(p => p.Code).Distinct())
        );

    [Fact]
    public void A_problem_names_the_loop_its_place_and_its_cure_in_both_languages()
    {
        var problem = Assert.Single(DefinitionCheck.Check(Charts.Read("s:line a:line b:line f:finish | s>a a>b b>a a>f"), Names));

        Assert.Equal((Severity.Error, "a", 1), (problem.Severity, problem.Subject, problem.Line));
        Assert.Contains("'a' → 'b' → 'a'", problem.Text.En, StringComparison.Ordinal);
        Assert.Contains("“a” → “b” → “a”", problem.Text.Zh, StringComparison.Ordinal);
        Assert.Contains("Put a delay", problem.Cure!.Value.En, StringComparison.Ordinal);
        Assert.Contains("加入延时", problem.Cure.Value.Zh, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("anlyst", "did you mean 'analyst'?")]
    [InlineData("x", "Use one of analyst, manager.")]
    public void An_unknown_role_is_told_with_what_there_is(string role, string said) =>
        Assert.Contains(
            said,
            Assert.Single(DefinitionCheck.Check(Charts.Read($"a:ask:{role} f:finish | a.Yes>f a.No>f a.Late>f"), Names)).In("en"),
            StringComparison.Ordinal
        );

    [Fact]
    public void No_chart_makes_it_throw_and_every_problem_says_something() =>
        Prop.ForAll(
                RandomFlowchartsTests.Dice,
                dice =>
                    DefinitionCheck
                        .Check(Charts.Parse(RandomFlowchartsTests.Chart(dice)), Names)
                        .All(p => p.Code is not null && p.Cure is not null && p.Subject is not null && p.Text.En != p.Text.Zh)
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    /// <summary>
    /// The chart that comes to rest by itself has no loop without a wait; the chart the stepper stops for one was told before. Proven on
    /// the stepper itself.
    /// </summary>
    [Fact]
    public void A_loop_that_the_stepper_has_to_stop_was_told_before() =>
        Prop.ForAll(
                RandomFlowchartsTests.Dice,
                dice =>
                {
                    var definition = Charts.Parse(RandomFlowchartsTests.Chart(dice));
                    var ran = new MemoryRun(definition) { MostTimers = 1, Until = Sample.Now }.Start(Sample.Inputs, Sample.Now);
                    return ran.State.Error?.Contains("loop without a wait", StringComparison.Ordinal) != true
                        || DefinitionCheck.Check(definition, Names).Any(p => p.Code == "loop-without-wait");
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20));

    [Theory]
    [InlineData("row")]
    [InlineData("ladder")] // 2^600 ways
    [InlineData("tangle")]
    public void Two_thousand_activities_are_looked_at_once_each(string shape)
    {
        const int most = WorkflowJson.MostActivities - 2;
        var (activities, connections) = (new StringBuilder(), new StringBuilder());
        for (var i = 0; i < most; i++)
        {
            var kind =
                shape == "row"
                    ? "line"
                    : (i % 3) switch
                    {
                        0 => "decision",
                        1 => "line",
                        _ => shape == "ladder" ? "active" : "all",
                    };
            activities.Append(null, $"a{i}:{kind} ");
            if (shape == "row")
                connections.Append(null, $"a{i}>a{(i + 1) % most} ");
            else if (shape == "ladder" && i + 3 < most && i % 3 == 0)
                connections.Append(null, $"a{i}.True>a{i + 1} a{i}.False>a{i + 2} a{i + 1}>a{i + 2} a{i + 2}>a{i + 3} ");
            else if (shape == "tangle")
                connections.Append(
                    null,
                    $"a{i}{(i % 3 == 0 ? ".True" : "")}>a{i * 7919L % most} a{i}{(i % 3 == 0 ? ".False" : "")}>a{(i + 1) % most} "
                );
        }

        var found = DefinitionCheck.Check(Charts.Read(activities + "| " + connections), Names);

        Assert.Equal(shape != "ladder", found.Any(p => p.Code == "loop-without-wait"));
    }

    private static IEnumerable<string> Sorted(IEnumerable<string> codes) => codes.Order(StringComparer.Ordinal);
}
