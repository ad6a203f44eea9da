using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Tests.Workflows.Versions;

/// <summary>A run that a test moves on step by step; product activities wait once and are done when they are resumed.</summary>
internal sealed class Drive
{
    private WorkflowDefinition _definition;

    internal Drive(WorkflowDefinition definition)
    {
        _definition = definition;
        Take(new RunEvent.Started(new Dictionary<string, JsonNode?>(StringComparer.Ordinal)));
    }

    internal RunState State { get; private set; } = new();

    /// <summary>Ids of completed activities in order.</summary>
    internal List<string> Completed { get; } = [];

    internal IEnumerable<string> Waiting => State.Executions.Where(e => e.Status == ExecutionStatus.Waiting).Select(e => e.Activity);

    internal IEnumerable<Bookmark> Bookmarks => State.Executions.SelectMany(e => e.Bookmarks);

    /// <summary>What the activity waits for arrives.</summary>
    internal Drive Answer(string activity)
    {
        var waiting = State.Executions.First(e => e.Activity == activity && e.Bookmarks.Count > 0);
        Take(new RunEvent.Resumed(waiting.Bookmarks[0].Id, null));
        return this;
    }

    internal void GoOnWith(WorkflowDefinition definition, RunState state)
    {
        (_definition, State) = (definition, state);
        Take(new RunEvent.Migrated());
    }

    internal void ToTheEnd()
    {
        for (var i = 0; i < 200 && Waiting.FirstOrDefault() is { } next; i++)
            Answer(next);
    }

    private void Take(RunEvent first)
    {
        var events = new Queue<RunEvent>([first]);
        while (events.TryDequeue(out var happened))
        {
            var step = Stepper.Step(_definition, State, happened, Sample.Now);
            State = step.State;
            foreach (var command in step.Commands)
            {
                if (command is RunCommand.Journal { Entry: { What: "Completed", Activity: { } done } })
                    Completed.Add(done);
                else if (command is RunCommand.Execute call)
                    events.Enqueue(
                        call.Resumption is null
                            ? new RunEvent.Waits(call.Execution, [new("", "task", call.Activity)])
                            : new RunEvent.Completed(call.Execution, [], new Dictionary<string, JsonNode?>(StringComparer.Ordinal))
                    );
            }
        }
    }
}
