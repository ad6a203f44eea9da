using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Versions;
using static CampaignFlow.Engine.Tests.Workflows.Course;

namespace CampaignFlow.Engine.Tests.Workflows.Versions;

/// <summary>What a run did can still be undone after it went over to another version.</summary>
public class CarriedUndoTests
{
    private static readonly (string, string)[] Renamed = [("hotel", "inn"), ("no-hotel", "no-inn")];

    private static WorkflowDefinition Trip(string first = "hotel", string undo = "'compensation':'no-hotel'", string undoes = "no-hotel") =>
        Sample.Parse(
            "{\"root\":{\"id\":\"f\",\"type\":\"Elsa.Flowchart\",\"activities\":["
                + string.Join(
                    ',',
                    Review(first, undo),
                    Review("flight", "'compensation':'no-flight'"),
                    Review("tea"),
                    Review(undoes),
                    Review("no-flight")
                )
                + "],\"connections\":["
                + Lines(first + ".Approved>flight", "flight.Approved>tea")
                + "]}}"
        );

    private static Course AtTea(WorkflowDefinition old)
    {
        var course = new Course(old).Start();
        course.Done();
        course.Done();
        course.Waits();
        return course;
    }

    private static MigrationOutcome Carry(WorkflowDefinition old, WorkflowDefinition @new, RunState state, (string, string)[] chosen) =>
        new Migration(ActivityMapping.Of(old, @new, chosen.ToDictionary(c => c.Item1, c => c.Item2, StringComparer.Ordinal))).Carry(
            state,
            Sample.Now
        );

    [Fact]
    public void What_was_done_before_is_undone_by_what_the_newer_version_says()
    {
        var (old, @new) = (Trip(), Trip("inn", "'compensation':'no-inn'", "no-inn"));
        var course = AtTea(old);

        var outcome = Carry(old, @new, course.State, Renamed);
        Assert.Empty(outcome.Refusals);
        course.GoOnWith(@new, outcome.State!);
        course.Take(new RunEvent.Cancelled("No budget.", Compensate: true));

        Assert.Equal("no-flight", course.Done().Activity);
        Assert.Equal("no-inn", course.Done().Activity);
        Assert.Equal(RunStatus.Cancelled, course.State.Status);
    }

    [Fact]
    public void A_run_in_the_middle_of_its_undoing_goes_on_with_it()
    {
        var (old, @new) = (Trip(), Trip("inn", "'compensation':'no-inn'", "no-inn"));
        var course = AtTea(old);
        course.Take(new RunEvent.Cancelled("No budget.", Compensate: true));
        course.Fails("The airline is closed.");

        var outcome = Carry(old, @new, course.State, Renamed);
        Assert.Empty(outcome.Refusals);
        course.GoOnWith(@new, outcome.State!);
        Assert.Equal("flight", course.Faulted().Compensates!.Activity);
        course.Take(new RunEvent.Retried(course.Faulted().Id));

        Assert.Equal("no-flight", course.Done().Activity);
        Assert.Equal("no-inn", course.Done().Activity);
        Assert.Equal(RunStatus.Cancelled, course.State.Status);
    }

    [Fact]
    public void What_is_undone_right_now_has_the_name_it_has_become()
    {
        var (old, @new) = (Trip(), Trip("inn", "'compensation':'no-inn'", "no-inn"));
        var course = AtTea(old);
        course.Take(new RunEvent.Cancelled("No budget.", Compensate: true));
        course.Done();
        course.Fails("The hotel is closed.");

        course.GoOnWith(@new, Carry(old, @new, course.State, Renamed).State!);

        Assert.Equal(("no-inn", "inn"), (course.Faulted().Activity, course.Faulted().Compensates!.Activity));
        course.Take(new RunEvent.Cancelled("Again.", Compensate: true)); // already being undone: nothing new
        course.Take(new RunEvent.Skipped(course.Faulted().Id, "Approved"));
        Assert.Equal(RunStatus.Cancelled, course.State.Status);
    }

    [Theory]
    [InlineData("inn", "'compensation':'no-hotel'", "The run did 'hotel' and can undo it, and the newer version does not have it")]
    [InlineData("hotel", "", "The run did 'hotel' and can undo it; in the newer version nothing undoes it.")]
    public void A_run_that_could_no_longer_be_undone_is_refused(string first, string undo, string sentence)
    {
        var (old, @new) = (Trip(), Trip(first, undo));
        var outcome = Carry(old, @new, AtTea(old).State, []);

        Assert.Null(outcome.State);
        Assert.Contains(outcome.Refusals, r => r.En.StartsWith(sentence, StringComparison.Ordinal) && r.Zh != r.En);
    }

    [Fact]
    public void A_person_may_say_that_it_is_gone()
    {
        var (old, @new) = (Trip(), Trip("inn", "'compensation':'no-hotel'"));
        var outcome = Carry(old, @new, AtTea(old).State, [("hotel", "")]);

        Assert.Empty(outcome.Refusals);
        Assert.Equal(["flight"], outcome.State!.Compensable!.Select(c => c.Activity));
    }
}
