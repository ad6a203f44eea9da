using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;
using FsCheck;
using FsCheck.Fluent;

namespace CampaignFlow.Engine.Tests.Workflows;

/// <summary>
/// Whatever happens to a run, in whatever order (answers, faults, retries, skips, signals, time, the same event twice, an end from
/// outside): a run that is written down and read again after every step takes the same steps as one that never leaves memory.
/// </summary>
public class RandomPathTests
{
    private const int MostEvents = 60;

    [Fact]
    public void A_run_goes_the_same_way_when_it_is_stored_and_reloaded_after_every_step()
    {
        var ends = new Dictionary<RunStatus, int>();
        var broke = 0;
        Prop.ForAll(
                Gen.Choose(0, 1_000_000).ToArbitrary(),
                seed =>
                {
                    var definition = Sample.Parse(RandomWorkflow.Draw(seed), types: [Stamp, Ask]);
                    var (way, end) = Walk(definition, seed, state => state);
                    ends[end] = ends.GetValueOrDefault(end) + 1;
                    broke += way.Contains("It broke.", StringComparison.Ordinal) ? 1 : 0;
                    return way == Walk(definition, seed, Reloaded).Way;
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));
        Assert.True(ends.Count >= 2 && broke >= 30, $"The paths are all alike: {string.Join(", ", ends)}, {broke} with an incident");
    }

    private static readonly ActivityType Stamp = TypeOf("Proof.Stamp", new ActivityInput("Mark", "String", new("", ""), new("", "")));
    private static readonly ActivityType Ask = TypeOf("Proof.Ask");

    private static ActivityType TypeOf(string type, params ActivityInput[] inputs) =>
        new(type, "Proof", new("", ""), new("", ""), inputs, [], ["Done"]);

    private static RunState Reloaded(RunState state) =>
        JsonSerializer.Deserialize<RunState>(JsonSerializer.Serialize(state, RunJson.Options), RunJson.Options)!;

    /// <returns>Everything that was said on the way, and how it ended.</returns>
    private static (string Way, RunStatus End) Walk(WorkflowDefinition definition, int seed, Func<RunState, RunState> between)
    {
        var chance = new System.Random(seed);
        var now = Sample.Now;
        var state = new RunState();
        var way = new List<string>();
        var waiting = new Queue<RunEvent>([new RunEvent.Started(new Dictionary<string, JsonNode?>(StringComparer.Ordinal))]);
        for (var events = 0; events < MostEvents; events++)
        {
            now += TimeSpan.FromSeconds(chance.Next(5));
            if (!waiting.TryDequeue(out var next) && (next = Choose(chance, state)) is null)
                break;
            if (chance.Next(10) == 0)
                waiting.Enqueue(next); // the same once more
            var step = Stepper.Step(definition, state, next, now);
            state = between(step.State);
            way.Add(JsonSerializer.Serialize(step.State, RunJson.Options));
            foreach (var command in step.Commands)
            {
                way.Add(JsonSerializer.Serialize<object>(command, RunJson.Options));
                if (command is RunCommand.Execute call)
                    waiting.Enqueue(Answer(chance, call));
            }
        }
        return (string.Join('\n', way), state.Status);
    }

    private static RunEvent Answer(System.Random chance, RunCommand.Execute call) =>
        chance.Next(8) == 0 ? new RunEvent.Failed(call.Execution, "It broke.")
        : call is { Type: "Proof.Ask", Resumption: null } ? new RunEvent.Waits(call.Execution, [new("", "task", call.Activity)])
        : new RunEvent.Completed(call.Execution, ["Done"], new Dictionary<string, JsonNode?> { ["N"] = chance.Next(100) });

    /// <summary>Something that can happen to a run as it stands; null when it is over.</summary>
    private static RunEvent? Choose(System.Random chance, RunState state)
    {
        if (chance.Next(80) == 0)
            return new RunEvent.Cancelled("Enough.");
        var possible = state
            .Executions.SelectMany(e => e.Bookmarks)
            .Select(b => (RunEvent)new RunEvent.Resumed(b.Id, chance.Next(100)))
            .Concat(
                state
                    .Executions.Where(e => e.Status == ExecutionStatus.Faulted)
                    .SelectMany(e => new RunEvent[] { new RunEvent.Retried(e.Id), new RunEvent.Skipped(e.Id, "Done") })
            )
            .ToList();
        return possible.Count == 0 ? null : possible[chance.Next(possible.Count)];
    }
}
