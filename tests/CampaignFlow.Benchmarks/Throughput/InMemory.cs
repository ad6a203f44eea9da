using System.Globalization;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Benchmarks.Throughput;

/// <summary>The engine without a database: runs are started to their wait and stay in memory, however many are there already.</summary>
internal static class InMemory
{
    private const int AtLeast = 20_000;
    private static readonly int[] Sizes = [2_000, 50_000];

    public static async Task PrintAsync(Extent extent)
    {
        var (definition, problems) = WorkflowJson.Parse(Contender.Definition, "ten.json", []);
        if (definition is null)
            throw new InvalidOperationException(string.Join("; ", problems));
        StartAgain(definition, Sizes[0]);
        var meter = new Meter();
        for (var round = 0; round < extent.MemoryRounds; round++)
        {
            foreach (var size in Sizes)
                await meter.MeasureAsync(
                    Line(size),
                    "engine",
                    Math.Max(size, AtLeast),
                    () =>
                    {
                        StartAgain(definition, size);
                        return Task.CompletedTask;
                    }
                );
        }
        var (few, many) = (meter.Of(Line(Sizes[0]), "engine"), meter.Of(Line(Sizes[1]), "engine"));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"In memory, start + suspend: {few.PerSecond:0}/s with {Sizes[0]} runs, {many.PerSecond:0}/s with {Sizes[1]} ({many.PerSecond / few.PerSecond - 1:+0%;-0%}); CPU {few.CpuMs:0.000} and {many.CpuMs:0.000} ms a start"
            )
        );
    }

    /// <summary>Few runs are started several times, each time into an empty memory, so that the clock has something to measure.</summary>
    private static void StartAgain(WorkflowDefinition definition, int size)
    {
        for (var started = 0; started < AtLeast; started += size)
            GC.KeepAlive(Start(definition, size));
    }

    private static string Line(int size) => size.ToString(CultureInfo.InvariantCulture);

    private static Dictionary<(string Event, string Correlation), RunState> Start(WorkflowDefinition definition, int runs)
    {
        var waiting = new Dictionary<(string, string), RunState>();
        var now = DateTimeOffset.UtcNow;
        for (var i = 0; i < runs; i++)
        {
            var key = Line(i);
            var fresh = new RunState { Key = key, CorrelationId = key };
            var state = Stepper.Step(definition, fresh, new RunEvent.Started(new Dictionary<string, JsonNode?>()), now).State;
            waiting.Add((state.Executions.SelectMany(e => e.Bookmarks).Single().Key, key), state);
        }
        return waiting;
    }
}
