using CampaignFlow.Engine.Workflows;
using static CampaignFlow.Engine.Tests.Workflows.Course;

namespace CampaignFlow.Engine.Tests.Workflows;

public class TimeoutTests
{
    private const string Late = "'timeout':{'after':'2.00:00:00','outcome':'TooLate'}";
    private const string Strict = "'timeout':{'after':'2.00:00:00'}";

    [Fact]
    public void What_is_not_answered_in_time_is_left_by_the_outcome_the_definition_names()
    {
        var course = Of(Review("a", Late) + "," + Review("b"), Lines("a.TooLate>b")).Start();
        course.Waits();
        var task = course.State.Executions[^1].Bookmarks[0];
        Assert.Equal(Sample.Now.AddDays(2), course.Next()!.DueAt);
        course.Pass();

        Assert.Equal("b", Assert.Single(course.Calls).Activity);
        course.Take(new RunEvent.Resumed(task.Id, "late answer"));
        Assert.Single(course.Calls);
        Assert.Contains(course.Journal, j => j is { What: "TimedOut", Activity: "a" });
    }

    [Fact]
    public void An_answer_in_time_takes_the_clock_away()
    {
        var course = Of(Review("a", Late)).Start();
        course.Waits();
        course.Take(new RunEvent.Resumed("task-" + course.State.Executions[^1].Id, null));
        Assert.Null(course.Next());
        course.Done();
        Assert.Equal(RunStatus.Finished, course.State.Status);
    }

    [Fact]
    public void Without_an_outcome_it_waits_for_a_person_and_is_asked_anew_with_another_key()
    {
        var course = Of(Review("a", Strict)).Start();
        course.Waits();
        course.Pass();
        Assert.Equal("'a' was not done within 2.00:00:00.", course.State.Error);
        Assert.Null(course.Next());

        course.Take(new RunEvent.Retried(course.Faulted().Id));
        Assert.Equal(1, Assert.Single(course.Calls).Round); // what it had asked for is withdrawn: asking again is another effect
        course.Waits();
        Assert.Equal(Sample.Now.AddDays(4), course.Next()!.DueAt);
    }

    [Fact]
    public void Its_own_due_time_comes_before_and_the_clock_goes_on_over_all_of_them()
    {
        var course = Of(Review("a", Late)).Start();
        course.Waits(Sample.Now.AddDays(1));
        Assert.Equal("task", course.Pass().Kind);
        course.Waits(Sample.Now.AddDays(5));
        Assert.Equal(Bookmark.Timeout, course.Pass().Kind);
        Assert.Equal((Sample.Now.AddDays(2), RunStatus.Finished), (course.Now, course.State.Status));
    }

    [Fact]
    public void Pauses_between_attempts_count_too()
    {
        var course = Of(Review("a", Late + ",'retry':{'attempts':9,'first':'1.00:00:00','most':'9.00:00:00','jitter':false}")).Start();
        course.Fails();
        Assert.Equal(Bookmark.Retry, course.Pass().Kind);
        course.Fails();
        Assert.Equal(Bookmark.Timeout, course.Pass().Kind);
        Assert.Equal(RunStatus.Finished, course.State.Status);
    }

    [Fact]
    public void A_container_that_takes_too_long_is_left_with_everything_in_it()
    {
        var inner =
            $$"""{"id":"s","type":"Elsa.Sequence","customProperties":{{Json(Late)}},"activities":[{{Review("a")}},{{Review("c")}}]}""";
        var course = Of(inner + "," + Review("b"), Lines("s.TooLate>b")).Start();
        course.Waits();
        course.Pass();
        Assert.Equal("b", Assert.Single(course.Calls).Activity);
        Assert.DoesNotContain(course.State.Executions, e => e.Activity is "a" or "s");

        var strict = Of(inner.Replace(Json(Late), Json(Strict), StringComparison.Ordinal)).Start();
        strict.Done();
        strict.Waits();
        strict.Pass();
        strict.Take(new RunEvent.Retried(strict.Faulted().Id));
        Assert.Equal("a", Assert.Single(strict.Calls).Activity); // from its beginning
    }

    [Fact]
    public void An_event_that_nobody_sends_is_left_as_well()
    {
        var course = Of("""{"id":"a","type":"Elsa.Event","eventName":"go","customProperties":""" + Json(Late) + "}").Start();
        course.Pass();
        Assert.Equal(RunStatus.Finished, course.State.Status);
    }
}
