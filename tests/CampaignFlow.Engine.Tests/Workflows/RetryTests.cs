using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;
using FsCheck;
using FsCheck.Fluent;
using static CampaignFlow.Engine.Tests.Workflows.Course;

namespace CampaignFlow.Engine.Tests.Workflows;

public class RetryTests
{
    private const string Thrice = "'retry':{'attempts':3,'first':'00:00:10','factor':3,'jitter':false}";

    [Fact]
    public void A_failing_activity_is_called_again_after_growing_pauses_and_then_waits_for_a_person()
    {
        var course = Of(Review("a", Thrice)).Start();
        var first = course.Fails();
        Assert.Equal(RunStatus.Suspended, course.State.Status);
        Assert.Equal(Bookmark.Retry, course.Pass().Kind);
        Assert.Equal(Sample.Now.AddSeconds(10), course.Now);
        course.Fails();
        course.Pass();
        Assert.Equal(Sample.Now.AddSeconds(40), course.Now);
        var last = course.Fails();

        Assert.Equal(first.Execution, last.Execution); // the same key: what it did already is not done twice
        Assert.Equal((RunStatus.Faulted, "The server is away."), (course.State.Status, course.State.Error));
        Assert.Equal((3, course.Now), (course.Faulted().Attempt, course.Faulted().FaultedAt));
        Assert.Null(course.Next());
        Assert.Equal("Failed:a Retried:a Failed:a Retried:a Faulted:a", course.Told("Failed", "Retried", "Faulted"));
        Assert.Contains(
            "Attempt 2 of 3 follows at 2026-11-06 08:00:10Z.",
            course.Journal.First(j => j.What == "Failed").Text!,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void One_that_works_at_the_second_attempt_goes_on_as_if_nothing_had_been()
    {
        var course = Of(Review("a", Thrice) + "," + Review("b"), Lines("a.Approved>b")).Start();
        course.Fails();
        course.Pass();
        course.Done();
        course.Done();
        Assert.Equal(RunStatus.Finished, course.State.Status);
    }

    [Fact]
    public void After_the_last_attempt_a_person_tries_once_and_sees_at_once()
    {
        var course = Of(Review("a", Thrice)).Start();
        course.Fails();
        course.Pass();
        course.Fails();
        course.Pass();
        course.Fails();
        course.Take(new RunEvent.Retried(course.Faulted().Id) { Why = "Wang: the server is back" });
        course.Fails("Still away.");
        Assert.Equal("Still away.", course.State.Error);
        Assert.Contains(course.Journal, j => j is { What: "Retried", Text: "Attempt 4: Wang: the server is back" });
    }

    [Fact]
    public void One_that_fails_over_an_answer_is_called_again_with_that_answer()
    {
        var course = Of(Review("a", Thrice)).Start();
        course.Waits();
        course.Take(new RunEvent.Resumed("task-" + course.State.Executions[^1].Id, "yes"));
        course.Fails();
        course.Pass();
        Assert.Equal("yes", course.Done().Resumption!.Payload!.GetValue<string>());
        Assert.Equal(RunStatus.Finished, course.State.Status);
    }

    [Fact]
    public void An_expression_that_fails_is_tried_again_too()
    {
        var course = Of(
                """{"id":"a","type":"Elsa.WriteLine","text":{"expression":{"type":"JavaScript","value":"getOutputFrom('b').x.y"}},"customProperties":"""
                    + Json(Thrice)
                    + "},"
                    + Review("b")
            )
            .Start();
        Assert.Equal(RunStatus.Suspended, course.State.Status);
        course.Pass();
        course.Pass();
        Assert.Equal(RunStatus.Faulted, course.State.Status);
    }

    [Fact]
    public void Pauses_are_the_same_for_the_same_run_and_spread_over_different_ones()
    {
        var policy = new RetryPolicy(5, TimeSpan.FromMinutes(1), 2, TimeSpan.FromHours(1), Jitter: true);
        var pauses = Enumerable.Range(0, 1_000).Select(n => policy.Pause(1, $"campaign:{n}:e3:1").TotalSeconds).ToList();
        Assert.Equal(policy.Pause(1, "campaign:7:e3:1").TotalSeconds, pauses[7]);
        Assert.All(pauses, p => Assert.InRange(p, 30, 60));
        foreach (var tenth in Enumerable.Range(0, 10))
            Assert.InRange(pauses.Count(p => p >= 30 + (tenth * 3) && p < 33 + (tenth * 3)), 60, 150);
    }

    [Fact]
    public void No_pause_is_shorter_than_half_the_first_or_longer_than_the_longest() =>
        Prop.ForAll(
                Gen.Choose(1, 100).ToArbitrary(),
                Gen.Choose(1, 10_000).ToArbitrary(),
                (failed, seconds) =>
                {
                    var first = TimeSpan.FromSeconds(seconds);
                    var most = TimeSpan.FromSeconds(seconds * 50.0);
                    var pause = new RetryPolicy(100, first, 3, most, Jitter: true).Pause(failed, $"{failed}:{seconds}");
                    return pause >= first / 2 && pause <= most;
                }
            )
            .Check(Config.QuickThrowOnFailure);
}
