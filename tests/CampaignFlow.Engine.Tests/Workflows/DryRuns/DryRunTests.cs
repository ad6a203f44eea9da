using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.DryRuns;
using FsCheck;
using FsCheck.Fluent;

namespace CampaignFlow.Engine.Tests.Workflows.DryRuns;

public class DryRunTests
{
    private const string Asking = "a:ask b:line f:finish | a.Yes>b a.No>a a.Late>a b>f";

    [Theory]
    [InlineData("", "a Yes, b Done, f Done", 48)] // people use the time they are given
    [InlineData("a=No", "a No, a Yes, b Done, f Done", 96)] // the first time only, then as usual
    [InlineData("a=No,Yes@4h", "a No, a Yes, b Done, f Done", 52)]
    [InlineData("a=No@0d,No@0d,Yes@30m", "a No, a No, a Yes, b Done, f Done", 0.5)]
    [InlineData("a=Late", "a Late, a Yes, b Done, f Done", 96)]
    [InlineData("a=Yes@1wd", "a Yes, b Done, f Done", 72)] // Friday to Monday
    [InlineData("a=@1w", "a Yes, b Done, f Done", 168)] // the usual outcome, another time
    public void The_path_and_its_length_follow_from_what_is_chosen(string choice, string path, double hours)
    {
        var result = choice.Length == 0 ? Charts.DryRun(Asking) : Charts.DryRun(Asking, choice);

        Assert.True(result.Finished);
        Assert.Equal(path, string.Join(", ", result.Steps.Select(s => $"{s.Activity.Id} {s.Outcome}")));
        Assert.Equal(hours, result.Took.TotalHours);
    }

    [Fact]
    public void It_tells_the_mails_the_tasks_the_loops_and_the_ways_taken()
    {
        var result = Charts.DryRun(Asking, "a=No@1d");

        var (mail, times) = Assert.Single(result.Mails);
        Assert.Equal(("asked", "manager", 2), (mail.Kind, Assert.Single(mail.Roles), times));
        Assert.Equal([2026 * 10_000 + 1108, 2026 * 10_000 + 1109], result.Tasks.Select(t => Number(t.Does.Task!.DueAt)));
        var loop = Assert.Single(result.Loops);
        Assert.Equal(("a", "a", 1), (loop.From.Id, loop.To.Id, loop.Times));
        Assert.Equal(["a.No>a", "a.Yes>b", "b.Done>f"], result.Taken.Select(c => $"{c.Source}.{c.Port}>{c.Target}").Order());
        Assert.Equal([true, false, false, false], result.Steps.Select(s => s.Chosen));

        static int Number(DateTimeOffset at) => at.Year * 10_000 + at.Month * 100 + at.Day;
    }

    [Theory]
    [InlineData(Asking, "a=No*", "a", "It came up 501 times")]
    [InlineData("a:event:nobody f:finish | a>f", "", "a", "waits for the event 'nobody'")]
    [InlineData("a:fault", "", "a", "It fails: 'a': broken")]
    [InlineData("a:line b:line | a>b b>a", "", "a", "goes round and round")]
    public void Where_it_stands_still_it_says_why(string chart, string choice, string at, string why)
    {
        var result = choice.Length == 0 ? Charts.DryRun(chart) : Charts.DryRun(chart, choice);

        Assert.False(result.Finished);
        var stuck = Assert.Single(result.Stuck);
        Assert.Equal(at, stuck.Activity.Id);
        Assert.Contains(why, stuck.Why.En, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a=Done@3h", 3)] // the event that nobody sends, when the person says
    [InlineData("a=Done", 0)]
    public void An_event_comes_when_the_person_says(string choice, double hours) =>
        Assert.Equal(hours, Charts.DryRun("a:event:nobody f:finish | a>f", choice).Took.TotalHours);

    [Fact]
    public void A_known_event_comes_by_itself_and_a_decision_may_be_turned()
    {
        const string loop = "a:event:daily d:decision f:finish | a>d d.False>a d.True>f";

        Assert.Equal(1, Charts.DryRun(loop).Took.TotalDays);
        Assert.Equal(3, Charts.DryRun(loop, "d=False,False").Took.TotalDays);
    }

    [Fact]
    public void Branches_at_work_at_once_overlap_and_the_slower_is_withdrawn()
    {
        var result = Charts.DryRun("k:fork a:ask b:delay:5 j:any f:finish | k.A>a k.B>b a.Yes>j a.No>j a.Late>j b>j j>f");

        Assert.Equal(5, result.Took.TotalHours);
        Assert.True(result.Steps.Single(s => s.Activity.Id == "a").Withdrawn);
    }

    [Fact]
    public void A_workflow_that_is_executed_on_the_way_is_gone_through_with_its_own_choices()
    {
        var outer = Charts.Read("o:other:inner f:finish | o>f");
        var request = Charts.Request(outer, "inner/a=No@1d,Yes@1d") with { Others = id => id == "inner" ? Charts.Read(Asking) : null };

        var result = DryRun.Run(outer, request);

        Assert.Equal(2, result.Took.TotalDays);
        Assert.Equal(["inner", "inner", "inner", "inner"], result.Steps.Where(s => s.Within is not null).Select(s => s.Within));
        Assert.Equal(2, Assert.Single(result.Mails).Times);
    }

    [Theory]
    [InlineData("a", "is not ACTIVITY=OUTCOME")]
    [InlineData("a=Yse", "its outcomes are Yes, No, Late")]
    [InlineData("aa=Yes", "did you mean 'a'?")]
    [InlineData("a=Yes@soon", "'soon' is not a duration")]
    [InlineData("a=Yes@9999999wd", "is not a duration")]
    public void A_choice_that_cannot_be_is_refused_with_a_sentence(string choice, string sentence) =>
        Assert.Contains(sentence, DryChoice.Parse(choice, Charts.Read(Asking)).Wrong!.Value.En, StringComparison.Ordinal);

    [Theory]
    [InlineData("a=No,Yes@1wd")]
    [InlineData("a=No@30m*")]
    [InlineData("a=@2d,Late@36h")]
    public void A_choice_is_written_as_it_is_read(string choice) =>
        Assert.Equal(choice, DryChoice.Parse(choice, Charts.Read(Asking)).Choice!.ToString());

    [Fact]
    public void All_outcomes_are_tried_and_the_shortest_and_longest_path_are_told()
    {
        var definition = Charts.Read("a:ask b:ask c:line d:line f:finish | a.Yes>b a.No>a a.Late>a b.Yes>f b.No>b b.Late>c c>f");

        var found = PathSearch.Try(definition, Charts.Request(definition));

        Assert.True(found.Complete);
        Assert.All(found.Outcomes, o => Assert.True(o.Reached));
        Assert.Equal("d", Assert.Single(found.Unreached).Id);
        Assert.Equal(4, found.Shortest!.Took.TotalDays);
        Assert.Equal(8, found.Longest!.Took.TotalDays); // both returned once
        Assert.True(found.Tried < 10);
    }

    [Fact]
    public void Any_chart_comes_to_an_answer_and_always_to_the_same() =>
        Prop.ForAll(
                RandomFlowchartsTests.Dice,
                dice =>
                {
                    var definition = Charts.Parse(RandomFlowchartsTests.Chart(dice));
                    var (one, two) = (Charts.DryRun(definition), Charts.DryRun(definition));
                    return one.Steps.Select(s => (s.Activity.Id, s.StartedAt, s.Outcome))
                            .SequenceEqual(two.Steps.Select(s => (s.Activity.Id, s.StartedAt, s.Outcome)))
                        && one.Finished != one.Stuck.Count > 0
                        && one.Status != RunStatus.Running;
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(30));
}
