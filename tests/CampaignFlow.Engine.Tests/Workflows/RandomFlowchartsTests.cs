using System.Text.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using FsCheck;
using FsCheck.Fluent;

namespace CampaignFlow.Engine.Tests.Workflows;

/// <summary>Any chart a person could draw ends, waits for something that can come, or faults with a sentence.</summary>
public class RandomFlowchartsTests
{
    private static readonly string[] Kinds = ["line", "decision", "any", "all", "active", "fork", "delay", "event", "review", "end"];

    /// <summary>Each number draws a piece: what kind the activity is, where its connections lead.</summary>
    internal static string Chart(IReadOnlyList<int> dice)
    {
        var count = 2 + (dice.Count / 3);
        var kinds = Enumerable.Range(0, count).Select(i => Kinds[dice[i % dice.Count] % Kinds.Length]).ToList();
        var activities = new JsonArray([new JsonObject { ["id"] = "start", ["type"] = "Elsa.Start" }]);
        for (var i = 0; i < count; i++)
            activities.Add(Activity($"a{i}", kinds[i]));
        var connections = new JsonArray([Connection("start", "Done", "a0")]);
        for (var i = 0; i < dice.Count; i++)
        {
            var from = i % count;
            string[] ports = kinds[from] switch
            {
                "decision" => ["True", "False"],
                "fork" => ["A", "B"],
                "review" => ["Approved", "Rejected"],
                _ => ["Done"],
            };
            connections.Add(Connection($"a{from}", ports[dice[i] / 7 % ports.Length], $"a{dice[i] / 3 % count}"));
        }
        return new JsonObject
        {
            ["variables"] = new JsonArray(
                new JsonObject
                {
                    ["id"] = "n",
                    ["name"] = "N",
                    ["typeName"] = "Int32",
                    ["value"] = 0,
                }
            ),
            ["root"] = new JsonObject
            {
                ["id"] = "f",
                ["type"] = "Elsa.Flowchart",
                ["activities"] = activities,
                ["connections"] = connections,
            },
        }.ToJsonString();
    }

    private static JsonObject Activity(string id, string kind) =>
        kind switch
        {
            "decision" => new()
            {
                ["id"] = id,
                ["type"] = "Elsa.FlowDecision",
                ["condition"] = id.Length % 2 == 0,
            },
            "any" => new()
            {
                ["id"] = id,
                ["type"] = "Elsa.FlowJoin",
                ["mode"] = "WaitAny",
            },
            "all" => new()
            {
                ["id"] = id,
                ["type"] = "Elsa.FlowJoin",
                ["mode"] = "WaitAll",
            },
            "active" => new()
            {
                ["id"] = id,
                ["type"] = "Elsa.FlowJoin",
                ["mode"] = "WaitAllActive",
            },
            "fork" => new()
            {
                ["id"] = id,
                ["type"] = "Elsa.FlowFork",
                ["branches"] = new JsonArray("A", "B"),
            },
            "delay" => new()
            {
                ["id"] = id,
                ["type"] = "Elsa.Delay",
                ["timeSpan"] = "01:00:00",
            },
            "event" => new()
            {
                ["id"] = id,
                ["type"] = "Elsa.Event",
                ["eventName"] = "go",
            },
            "review" => new()
            {
                ["id"] = id,
                ["type"] = "Test.Review",
                ["who"] = "Li",
            },
            "end" => new() { ["id"] = id, ["type"] = "Elsa.End" },
            _ => new()
            {
                ["id"] = id,
                ["type"] = "Elsa.WriteLine",
                ["text"] = id,
            },
        };

    private static JsonObject Connection(string from, string port, string to) =>
        new()
        {
            ["source"] = new JsonObject { ["activity"] = from, ["port"] = port },
            ["target"] = new JsonObject { ["activity"] = to, ["port"] = "In" },
        };

    internal static Arbitrary<int[]> Dice => Gen.Choose(0, 9_999).ArrayOf().Where(d => d.Length is > 0 and < 12).ToArbitrary();

    private static RunState Reloaded(RunState state) =>
        JsonSerializer.Deserialize<RunState>(JsonSerializer.Serialize(state, RunJson.Options), RunJson.Options)!;

    [Fact]
    public void Any_chart_comes_to_rest_and_says_how()
    {
        var rest = new Dictionary<RunStatus, int>();
        Prop.ForAll(
                Dice,
                dice =>
                {
                    var result = Bounded(Chart(dice), null);
                    rest[result.Status] = rest.GetValueOrDefault(result.Status) + 1;
                    return result.Status switch
                    {
                        RunStatus.Finished => result.State.Executions.Count == 0,
                        RunStatus.Suspended => result.Waiting.Count > 0,
                        RunStatus.Faulted => result.State.Error is { } error
                            && (
                                error.Contains("loop without a wait", StringComparison.Ordinal)
                                || error.Contains("one too many", StringComparison.Ordinal)
                            ),
                        _ => false,
                    };
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40));
        Assert.Equal(3, rest.Count); // the charts are not all of one sort
    }

    [Fact]
    public void Any_chart_goes_the_same_way_when_it_is_stored_and_reloaded_after_every_step() =>
        Prop.ForAll(
                Dice,
                dice =>
                {
                    var chart = Chart(dice);
                    return Bounded(chart, null).Journal.SequenceEqual(Bounded(chart, Reloaded).Journal);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    // Loops through a delay or a product activity wait, and so go on for ever: two hours of it are enough.
    private static MemoryRunResult Bounded(string chart, Func<RunState, RunState>? reload)
    {
        var calls = 0;
        var end = Sample.Now.AddHours(2);
        return new MemoryRun(
            Sample.Parse(chart),
            (call, now) => ++calls > 20 || now > end ? new RunEvent.Waits(call.Execution, [new("", "task", call.Execution)]) : null
        )
        {
            Reload = reload,
            Until = end,
            MostTimers = 50,
        }.Start(Sample.Inputs, Sample.Now);
    }
}
