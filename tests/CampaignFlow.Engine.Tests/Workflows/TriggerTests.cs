using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Tests.Workflows;

public class TriggerTests
{
    [Theory]
    [InlineData("event-starts", "e event order-paid")]
    [InlineData("http-endpoint-starts", "h http POST orders")]
    [InlineData("several-starts", "t timer 01:00:00|c cron 0 9 * * 1|a start-at 2026-11-11T00:00:00.0000000+08:00")]
    [InlineData("http-endpoint-waits", "")] // not marked as a start
    public void A_definition_says_what_starts_it(string name, string expected) =>
        Assert.Equal(expected, string.Join('|', Sample.Read(name).Triggers.Select(t => $"{t.Activity} {t.Kind} {t.Key}")));

    [Fact]
    public void A_run_that_an_event_starts_begins_behind_it_with_what_came()
    {
        var run = new MemoryRun(Sample.Read("event-starts")) { Trigger = new("e", "order 7") }.Start(Sample.Inputs, Sample.Now);

        Assert.Equal("paid order 7", Assert.Single(run.Output));
        // Round the loop the same activity waits like any other.
        Assert.Equal("'e2' waits for the event 'order-sent'.", Assert.Single(run.Waiting));
        Assert.Null(run.State.Trigger);
    }

    [Fact]
    public void A_run_that_a_request_starts_begins_at_its_endpoint_and_not_at_Start()
    {
        var request = JsonNode.Parse("""{"method":"POST","content":{"id":7},"route":{},"query":{"a":"1"},"headers":{}}""");

        var run = new MemoryRun(Sample.Read("http-endpoint-starts")) { Trigger = new("h", request) }.Start(Sample.Inputs, Sample.Now);

        Assert.Equal("order 7", Assert.Single(run.Output));
        Assert.Equal("'again' waits for http 'GET orders'.", Assert.Single(run.Waiting));
        Assert.Equal("1", run.State.Outputs["h"]["QueryStringData"]!["a"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("t")]
    [InlineData("c")]
    [InlineData("a")]
    public void A_run_that_its_time_starts_does_not_wait_for_that_time_again(string activity)
    {
        var run = new MemoryRun(Sample.Read("several-starts")) { Trigger = new(activity, null) }.Start(Sample.Inputs, Sample.Now);

        Assert.Equal((RunStatus.Finished, "on time"), (run.Status, Assert.Single(run.Output)));
        Assert.All(run.Journal, line => Assert.Equal(Sample.Now, line.At));
    }

    [Fact]
    public void An_endpoint_gives_parts_of_the_path_and_the_content_to_the_run()
    {
        var definition = Sample.Read("http-endpoint-waits");
        var waiting = new MemoryRun(definition).Start(Sample.Inputs, Sample.Now).State;
        Assert.Equal(["POST orders/{id}", "PUT orders/{id}"], waiting.Executions[^1].Bookmarks.Select(b => b.Key));
        var request = JsonNode.Parse("""{"content":{"state":" paid"},"route":{"id":"7"}}""");

        var step = Stepper.Step(definition, waiting, new RunEvent.Resumed(waiting.Executions[^1].Bookmarks[0].Id, request), Sample.Now);

        Assert.Equal("7 paid", Assert.Single(step.Commands.OfType<RunCommand.Write>()).Text);
    }

    [Theory]
    // every hour, from half past
    [InlineData("timer", "01:00:00", "2026-11-06T08:30:00Z", "2026-11-06T08:30:00Z", "2026-11-06T09:30:00Z")]
    [InlineData("timer", "01:00:00", "2026-11-06T08:30:00Z", "2026-11-06T12:10:00Z", "2026-11-06T12:30:00Z")] // an outage: once, then in step
    [InlineData("cron", "0 9 * * 1", "2026-11-02T09:00:00Z", "2026-11-20T00:00:00Z", "2026-11-23T09:00:00Z")]
    [InlineData("start-at", "2026-11-11T00:00:00+08:00", "2026-11-10T16:00:00Z", "2026-11-10T16:00:00Z", null)]
    public void What_was_missed_is_caught_up_once(string kind, string key, string due, string now, string? next) =>
        Assert.Equal(At(next), TriggerTimes.Next(new("a", kind, key), At(due)!.Value, At(now)!.Value));

    [Theory]
    [InlineData("timer", "01:00:00", "2026-11-06T09:00:00Z")]
    [InlineData("cron", "0 9 * * 1", "2026-11-09T09:00:00Z")]
    [InlineData("start-at", "2026-11-11T00:00:00+08:00", "2026-11-10T16:00:00Z")]
    [InlineData("start-at", "2026-11-01T00:00:00+08:00", null)] // passed before it was published
    [InlineData("event", "paid", null)]
    public void The_first_time_counts_from_publishing(string kind, string key, string? first) =>
        Assert.Equal(At(first), TriggerTimes.First(new WorkflowTrigger("a", kind, key), Sample.Now));

    private static DateTimeOffset? At(string? text) =>
        text is null ? null : DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
