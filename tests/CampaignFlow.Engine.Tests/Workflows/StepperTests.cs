using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Tests.Workflows;

public class StepperTests
{
    private static readonly Dictionary<string, JsonNode?> Nothing = [];

    private static Step Start(WorkflowDefinition definition) => Step(definition, new RunState(), new RunEvent.Started(Nothing));

    private static Step Step(WorkflowDefinition definition, RunState state, RunEvent @event) =>
        Stepper.Step(definition, state, @event, Sample.Now);

    private static string Text(RunState state) => JsonSerializer.Serialize(state, RunJson.Options);

    private static RunState Reloaded(RunState state) => JsonSerializer.Deserialize<RunState>(Text(state), RunJson.Options)!;

    private static List<string> Lines(Step step) => [.. step.Commands.OfType<RunCommand.Write>().Select(w => w.Text)];

    private static string Journal(Step step) =>
        string.Join(" ", step.Commands.OfType<RunCommand.Journal>().Select(j => $"{j.Entry.What}:{j.Entry.Activity}"));

    [Fact]
    public void A_product_activity_is_called_with_its_inputs_and_leaves_by_its_outcome()
    {
        var definition = Sample.Read("product-activity");
        var called = Start(definition);
        var execute = Assert.Single(called.Commands.OfType<RunCommand.Execute>());
        Assert.Equal(("task", "Test.Review", "Li"), (execute.Activity, execute.Type, execute.Inputs["Who"]!.GetValue<string>()));
        Assert.Equal(RunStatus.Running, called.State.Status);

        var done = Step(
            definition,
            called.State,
            new RunEvent.Completed(execute.Execution, ["Rejected"], new Dictionary<string, JsonNode?> { ["By"] = "Li" })
        );

        Assert.Equal(["rejected"], Lines(done));
        Assert.Equal(RunStatus.Finished, done.State.Status);
        Assert.Equal("Li", done.State.Outputs["task"]["By"]!.GetValue<string>());
    }

    [Fact]
    public void A_product_activity_that_waits_is_called_again_with_what_woke_it()
    {
        var definition = Sample.Read("product-activity");
        var called = Start(definition);
        var id = called.State.Executions[^1].Id;
        var waiting = Step(
            definition,
            called.State,
            new RunEvent.Waits(id, [new("task-7", "task", "7"), new("", Bookmark.Timer, "", Sample.Now.AddDays(1))])
        );
        Assert.Equal(RunStatus.Suspended, waiting.State.Status);
        Assert.Equal(2, waiting.Commands.OfType<RunCommand.Wait>().Count());

        var woken = Step(definition, waiting.State, new RunEvent.Resumed("task-7", "yes"));

        var execute = Assert.Single(woken.Commands.OfType<RunCommand.Execute>());
        Assert.Equal(("7", "yes"), (execute.Resumption!.Bookmark.Key, execute.Resumption.Payload!.GetValue<string>()));
        Assert.Equal(id, execute.Execution);
        // The reminder goes with it: whoever goes on waiting says so again.
        Assert.Equal(2, woken.Commands.OfType<RunCommand.Forget>().Count());
    }

    [Fact]
    public void A_failed_activity_can_be_tried_again_or_skipped()
    {
        var definition = Sample.Read("product-activity");
        var called = Start(definition);
        var id = called.State.Executions[^1].Id;
        var failed = Step(definition, called.State, new RunEvent.Failed(id, "The mail server is away."));
        Assert.Equal((RunStatus.Faulted, "The mail server is away."), (failed.State.Status, failed.State.Error));

        var again = Step(definition, failed.State, new RunEvent.Retried(id));
        Assert.Equal((RunStatus.Running, 2, null), (again.State.Status, again.State.Executions[^1].Attempt, again.State.Error));
        Assert.Equal(id, Assert.Single(again.Commands.OfType<RunCommand.Execute>()).Execution);

        var skipped = Step(definition, failed.State, new RunEvent.Skipped(id, "Approved"));
        Assert.Equal(["approved"], Lines(skipped));
        Assert.Equal(RunStatus.Finished, skipped.State.Status);
    }

    [Theory]
    [InlineData(
        "failing-expression",
        "'bad': input 'Text': Cannot read 'name' of undefined; write ?. if it may be missing. (in variables.Missing.name)"
    )]
    [InlineData("wrong-type-at-run-time", "'d': input 'TimeSpan': \"soon\" is not a duration such as 00:05:00 or 1.12:00:00.")]
    [InlineData("loop-without-a-wait", "in a loop without a wait: 10000 steps")]
    [InlineData("fault", "'bad': B1: No budget left.")]
    [InlineData(
        "rule-unknown-stops",
        "'d': input 'Condition': It is unknown whether the condition holds: Score has no value. (in Score < 60 and Region"
    )]
    [InlineData("state-outgrows-its-limit", "'b': variable 'Big' would hold 1.7 MB; at most 1 MB are kept.")]
    public void A_fault_names_the_activity_and_the_reason(string name, string expected)
    {
        var step = Start(Sample.Read(name));

        Assert.Equal(RunStatus.Faulted, step.State.Status);
        Assert.Contains(expected, step.State.Error, StringComparison.Ordinal);
        Assert.Contains(step.State.Executions, e => e.Status == ExecutionStatus.Faulted && e.Error == step.State.Error);
    }

    [Fact]
    public void After_a_skipped_fault_the_sequence_goes_on()
    {
        var definition = Sample.Read("failing-expression");
        var faulted = Start(definition).State;

        var skipped = Step(
            definition,
            faulted,
            new RunEvent.Skipped(faulted.Executions.Single(e => e.Status == ExecutionStatus.Faulted).Id, "Done")
        );

        Assert.Equal(["2"], Lines(skipped));
        Assert.Equal(RunStatus.Finished, skipped.State.Status);
    }

    [Fact]
    public void The_first_signal_of_a_wait_any_cancels_the_timer()
    {
        var definition = Sample.Read("join-wait-any-cancels-the-slower-branch");
        var suspended = Start(definition);
        var waits = suspended.Commands.OfType<RunCommand.Wait>().ToDictionary(w => w.Bookmark.Kind, w => w.Bookmark);
        Assert.Equal(Sample.Now.AddDays(2), waits["timer"].DueAt);

        var done = Step(definition, suspended.State, new RunEvent.Resumed(waits["event"].Id, null));

        Assert.Equal(["early", "after"], Lines(done));
        Assert.Contains(new RunCommand.Forget(waits["timer"].Id), done.Commands);
        Assert.Equal(RunStatus.Finished, done.State.Status);
    }

    [Fact]
    public void Cancelling_forgets_every_bookmark()
    {
        var definition = Sample.Read("parallel-for-each");
        var suspended = Start(definition);

        var cancelled = Step(definition, suspended.State, new RunEvent.Cancelled("The campaign is off."));

        Assert.Equal(RunStatus.Cancelled, cancelled.State.Status);
        Assert.Empty(cancelled.State.Executions);
        Assert.Equal(
            suspended.Commands.OfType<RunCommand.Wait>().Select(w => w.Bookmark.Id).Order(StringComparer.Ordinal),
            cancelled.Commands.OfType<RunCommand.Forget>().Select(f => f.Bookmark).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void The_journal_tells_the_story() =>
        Assert.Equal(
            "Started:flow Started:start Completed:start Started:one Completed:one Started:two Completed:two Completed:flow Finished:",
            Journal(Start(Sample.Read("flow-straight-line")))
        );

    [Fact]
    public void Events_that_are_late_or_unknown_change_nothing()
    {
        var definition = Sample.Read("product-activity");
        var called = Start(definition).State;
        RunEvent[] strangers =
        [
            new RunEvent.Started(Nothing),
            new RunEvent.Completed("e99", ["Done"], Nothing),
            new RunEvent.Waits("e1", [new("x", "task", "1")]),
            new RunEvent.Resumed("b99", null),
            new RunEvent.Failed("e99", "?"),
            new RunEvent.Retried(called.Executions[^1].Id),
            new RunEvent.Skipped(called.Executions[^1].Id, "Approved"),
        ];
        foreach (var stranger in strangers)
        {
            var step = Step(definition, called, stranger);
            Assert.Same(called, step.State);
            Assert.Empty(step.Commands);
        }
    }

    public static TheoryData<string> Names => [.. Sample.All];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_run_that_is_stored_and_reloaded_after_every_step_ends_the_same(string name)
    {
        var definition = Sample.Read(name);
        var straight = new MemoryRun(definition).Start(Sample.Inputs, Sample.Now);
        var reloaded = new MemoryRun(definition) { Reload = Reloaded }.Start(Sample.Inputs, Sample.Now);

        Assert.Equal(straight.Output, reloaded.Output);
        Assert.Equal(straight.Journal, reloaded.Journal);
        Assert.Equal(Text(straight.State), Text(reloaded.State));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_event_given_twice_changes_nothing_the_second_time_and_the_given_state_never(string name)
    {
        var definition = Sample.Read(name);
        var state = new RunState();
        var events = new Queue<RunEvent>([new RunEvent.Started(Sample.Inputs)]);
        for (var i = 0; i < 200 && events.TryDequeue(out var next); i++)
        {
            var before = Text(state);
            var step = Step(definition, state, next);
            Assert.Equal(before, Text(state));
            var again = Step(definition, step.State, next);
            Assert.Same(step.State, again.State);
            Assert.Empty(again.Commands);
            state = step.State;
            foreach (var call in step.Commands.OfType<RunCommand.Execute>())
                events.Enqueue(new RunEvent.Completed(call.Execution, [], Nothing));
            foreach (var wait in step.Commands.OfType<RunCommand.Wait>())
                events.Enqueue(new RunEvent.Resumed(wait.Bookmark.Id, null));
        }
        Assert.NotEqual(1, state.Next);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_bookmark_is_either_waited_for_or_forgotten(string name)
    {
        var definition = Sample.Read(name);
        var open = new HashSet<string>(StringComparer.Ordinal);
        var state = new RunState();
        var events = new Queue<RunEvent>([new RunEvent.Started(Sample.Inputs)]);
        for (var i = 0; i < 200 && events.TryDequeue(out var next); i++)
        {
            var step = Step(definition, state, next);
            state = step.State;
            foreach (var command in step.Commands)
                switch (command)
                {
                    case RunCommand.Wait wait:
                        Assert.True(open.Add(wait.Bookmark.Id));
                        events.Enqueue(new RunEvent.Resumed(wait.Bookmark.Id, null));
                        break;
                    case RunCommand.Forget forget:
                        Assert.True(open.Remove(forget.Bookmark));
                        break;
                    case RunCommand.Execute call:
                        events.Enqueue(new RunEvent.Completed(call.Execution, [], Nothing));
                        break;
                }
            Assert.Equal(
                state.Executions.SelectMany(e => e.Bookmarks).Select(b => b.Id).Order(StringComparer.Ordinal),
                open.Order(StringComparer.Ordinal)
            );
        }
    }
}
