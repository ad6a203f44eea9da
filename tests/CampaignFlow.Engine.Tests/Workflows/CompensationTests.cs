using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using FsCheck;
using FsCheck.Fluent;
using static CampaignFlow.Engine.Tests.Workflows.Course;

namespace CampaignFlow.Engine.Tests.Workflows;

public class CompensationTests
{
    private const string WhoDidIt = """{"expression":{"type":"JavaScript","value":"variables.Compensated.outputs.By"}}""";

    private static Course Booked(string last) =>
        Of(
                string.Join(
                    ',',
                    Review("hotel", "'compensation':'no-hotel'"),
                    Review("flight", "'compensation':'no-flight'"),
                    Review("tea"),
                    Review("no-hotel", who: WhoDidIt),
                    Review("no-flight", who: WhoDidIt),
                    last
                ),
                Lines("hotel.Approved>flight", "flight.Approved>tea", "tea.Approved>last")
            )
            .Start();

    private static Course UpToTheLast(string last)
    {
        var course = Booked(last);
        course.Done(by: "Hotel desk");
        course.Done(by: "Flight desk");
        course.Done();
        return course;
    }

    [Fact]
    public void A_run_that_is_cancelled_undoes_what_completed_last_first()
    {
        var course = UpToTheLast(Review("last"));
        course.Waits();
        course.Take(new RunEvent.Cancelled("No budget.", Compensate: true));
        Assert.Equal(RunStatus.Running, course.State.Status);
        Assert.Equal(("no-flight", "Flight desk"), Call(course.Done()));
        course.Take(new RunEvent.Cancelled("No budget.", Compensate: true)); // asked twice
        Assert.Equal(("no-hotel", "Hotel desk"), Call(course.Done()));

        Assert.Equal(RunStatus.Cancelled, course.State.Status);
        Assert.Empty(course.State.Executions);
        Assert.Null(course.State.Compensable);
        Assert.Equal(
            "Compensating:no-flight Compensating:no-hotel Cancelled:",
            course.Told("Compensating") + " " + course.Told("Cancelled").Split(' ')[^1]
        );
    }

    [Fact]
    public void The_activity_undoes_and_then_goes_on_and_nothing_is_undone_twice()
    {
        var course = UpToTheLast("""{"id":"last","name":"Undo","type":"CampaignFlow.Compensate"}""" + "," + Review("after"));
        Assert.Equal("no-flight", course.Done().Activity);
        Assert.Equal("no-hotel", course.Done().Activity);
        Assert.Equal(RunStatus.Finished, course.State.Status);
        Assert.Empty(course.Calls);
    }

    [Fact]
    public void One_that_fails_waits_for_a_person_and_the_others_are_still_undone()
    {
        var course = UpToTheLast("""{"id":"last","type":"CampaignFlow.Compensate"}""");
        course.Fails("The airline is closed.");
        Assert.Equal("The airline is closed.", course.State.Error);
        course.Take(new RunEvent.Retried(course.Faulted().Id));
        Assert.Equal(("no-flight", "Flight desk"), Call(course.Fails()));
        course.Take(new RunEvent.Skipped(course.Faulted().Id, "Approved"));
        Assert.Equal("no-hotel", course.Done().Activity);
        Assert.Equal(RunStatus.Finished, course.State.Status);
    }

    [Fact]
    public void One_that_is_cut_off_is_undone_when_the_run_is_cancelled()
    {
        var course = UpToTheLast("""{"id":"last","type":"CampaignFlow.Compensate"}""");
        course.Waits();
        course.Take(new RunEvent.Cancelled("Now.", Compensate: true));
        Assert.Equal("no-flight", course.Done().Activity);
        Assert.Equal("no-hotel", course.Done().Activity);
        Assert.Equal(RunStatus.Cancelled, course.State.Status);
    }

    [Fact]
    public void Cancelling_without_it_undoes_nothing_and_ends_what_is_under_way()
    {
        var course = UpToTheLast(Review("last"));
        course.Take(new RunEvent.Cancelled("No budget.", Compensate: true));
        course.Take(new RunEvent.Cancelled("Leave it."));
        Assert.Equal(RunStatus.Cancelled, course.State.Status);
        Assert.Contains(course.Journal, j => j.Text == "Steps that are not undone any more: 2.");
    }

    [Fact]
    public void What_was_skipped_or_timed_out_is_not_undone()
    {
        var course = Of(
                string.Join(
                    ',',
                    Review("a", "'compensation':'undo'"),
                    Review("b", "'compensation':'undo','timeout':{'after':'01:00:00','outcome':'Late'}"),
                    Review("undo"),
                    """{"id":"c","type":"CampaignFlow.Compensate"}"""
                ),
                Lines("a.Approved>b", "b.Late>c")
            )
            .Start();
        course.Fails();
        course.Take(new RunEvent.Skipped(course.Faulted().Id, "Approved"));
        course.Waits();
        course.Pass();
        Assert.Equal(RunStatus.Finished, course.State.Status);
        Assert.Equal("", course.Told("Compensating"));
    }

    [Fact]
    public void Whatever_completes_in_whatever_order_is_undone_once_in_the_reverse_order() =>
        Prop.ForAll(
                Gen.Choose(0, 9_999).ArrayOf().Where(d => d.Length is > 0 and < 9).ToArbitrary(),
                dice =>
                {
                    var activities = dice.Select((d, i) => Review($"a{i}", d % 4 == 0 ? "" : $"'compensation':'u{i}'"))
                        .Concat(dice.Select((_, i) => (i, d: dice[i])).Where(p => p.d % 4 != 0).Select(p => Review($"u{p.i}")))
                        .ToList();
                    var fork = new JsonArray([.. dice.Select((_, i) => (JsonNode)$"p{i}")]).ToJsonString();
                    var course = Of(
                            $$"""{"id":"s","type":"Elsa.Start"},{"id":"k","type":"Elsa.FlowFork","branches":{{fork}}},{"id":"w","type":"Elsa.Event","eventName":"never"},"""
                                + string.Join(',', activities),
                            Lines(["s.Done>k", "s.Done>w", .. dice.Select((_, i) => $"k.p{i}>a{i}")])
                        )
                        .Start();
                    var open = course.Calls.ToList();
                    var done = new List<string>();
                    foreach (var roll in dice)
                    {
                        var call = open[roll % open.Count];
                        open.Remove(call);
                        course.Take(
                            new RunEvent.Completed(call.Execution, ["Approved"], new Dictionary<string, JsonNode?>(StringComparer.Ordinal))
                        );
                        if (course.State.Compensable?[^1].Activity == call.Activity)
                            done.Add(call.Activity.Replace('a', 'u'));
                    }
                    var before = course.Calls.Count;
                    course.Take(new RunEvent.Cancelled("Enough.", Compensate: true));
                    for (var i = before; i < course.Calls.Count && i < 50; i++)
                        course.Take(
                            new RunEvent.Completed(course.Calls[i].Execution, [], new Dictionary<string, JsonNode?>(StringComparer.Ordinal))
                        );
                    done.Reverse();
                    return course.State.Status == RunStatus.Cancelled
                        && done.Count == dice.Count(d => d % 4 != 0)
                        && course.Calls.Skip(before).Select(c => c.Activity).SequenceEqual(done);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private static (string Activity, string? Who) Call(RunCommand.Execute call) => (call.Activity, call.Inputs["Who"]?.GetValue<string>());
}
