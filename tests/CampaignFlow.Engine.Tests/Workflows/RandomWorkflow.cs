using System.Globalization;
using System.Text.Json.Nodes;

namespace CampaignFlow.Engine.Tests.Workflows;

/// <summary>
/// Definitions drawn by chance: containers in containers, loops over a variable, races, waits for time, events and people, and two
/// product activities, <c>Proof.Stamp</c> and <c>Proof.Ask</c>.
/// </summary>
/// <param name="talks">Runs may also tell each other events; then who is first decides.</param>
internal sealed class RandomWorkflow(Random chance, bool talks)
{
    /// <summary>Events that are waited for.</summary>
    public static readonly string[] Events = ["go-0", "go-1"];

    private const int Deepest = 3;
    private int ids;

    public static string Draw(int seed, bool talks = false) => new RandomWorkflow(new(seed), talks).Definition();

    private string Definition() =>
        new JsonObject
        {
            ["name"] = "Drawn",
            ["variables"] = new JsonArray(
                new JsonObject
                {
                    ["id"] = "n",
                    ["name"] = "N",
                    ["typeName"] = "Int32",
                    ["value"] = 0,
                }
            ),
            ["root"] = Container("Elsa.Sequence", "activities", Several(0, 2, 4)),
        }.ToJsonString();

    private JsonArray Several(int depth, int least, int most) =>
        new([.. Enumerable.Range(0, chance.Next(least, most + 1)).Select(_ => (JsonNode)Any(depth + 1))]);

    private JsonObject Any(int depth) => depth < Deepest && chance.Next(3) == 0 ? Deep(depth) : Leaf();

    private JsonObject Leaf() =>
        chance.Next(talks ? 9 : 8) switch
        {
            0 or 1 => One("Proof.Stamp", ("mark", "m")),
            2 => One("Proof.Ask"),
            3 or 4 => One("Elsa.Delay", ("timeSpan", TimeSpan.FromSeconds(chance.Next(1, 20)).ToString("c", CultureInfo.InvariantCulture))),
            5 => One("Elsa.Event", ("eventName", chance.GetItems(Events, 1)[0])),
            6 => Count(),
            7 => One("Elsa.WriteLine", ("text", Script("`N is ${getN()}`"))),
            _ => One("Elsa.PublishEvent", ("eventName", chance.GetItems(Events, 1)[0])),
        };

    private JsonObject Deep(int depth) =>
        chance.Next(6) switch
        {
            0 => Container("Elsa.Sequence", "activities", Several(depth, 1, 3)),
            1 => Container("Elsa.Parallel", "activities", Several(depth, 2, 3)),
            2 => Loop("Elsa.ForEach", depth),
            3 => Loop("Elsa.ParallelForEach", depth),
            4 => One("Elsa.If", ("condition", Script("getN() % 2 == 0", "Boolean")), ("then", Any(depth + 1)), ("else", Any(depth + 1))),
            _ => Race(depth),
        };

    private JsonObject Loop(string type, int depth) =>
        One(type, ("items", Script("[1, 2, 3]", "Object")), ("body", Container("Elsa.Sequence", "activities", Several(depth, 1, 2))));

    /// <summary>Two branches; the first to arrive ends the other.</summary>
    private JsonObject Race(int depth)
    {
        var fork = One("Elsa.FlowFork", ("branches", new JsonArray("A", "B")));
        var join = One("Elsa.FlowJoin", ("mode", "WaitAny"));
        JsonObject[] branches = [Any(depth + 1), Any(depth + 1)];
        var start = One("Elsa.Start");
        return One(
            "Elsa.Flowchart",
            ("activities", new JsonArray([start, fork, .. branches, join])),
            (
                "connections",
                new JsonArray(
                    Arrow(start, "Done", fork),
                    Arrow(fork, "A", branches[0]),
                    Arrow(fork, "B", branches[1]),
                    Arrow(branches[0], "Done", join),
                    Arrow(branches[1], "Done", join)
                )
            )
        );
    }

    private JsonObject Count() =>
        One("Elsa.SetVariable", ("variable", new JsonObject { ["id"] = "n", ["name"] = "N" }), ("value", Script("getN() + 1", "Int32")));

    private JsonObject Container(string type, string children, JsonArray inside) => One(type, (children, inside));

    private JsonObject One(string type, params (string Name, JsonNode? Value)[] more)
    {
        var made = new JsonObject { ["id"] = string.Create(CultureInfo.InvariantCulture, $"a{++ids}"), ["type"] = type };
        foreach (var (name, value) in more)
            made[name] = value;
        return made;
    }

    private static JsonObject Script(string text, string kind = "String") =>
        new()
        {
            ["typeName"] = kind,
            ["expression"] = new JsonObject { ["type"] = "JavaScript", ["value"] = text },
        };

    private static JsonObject Arrow(JsonObject from, string port, JsonObject to) =>
        new()
        {
            ["source"] = new JsonObject { ["activity"] = from["id"]!.DeepClone(), ["port"] = port },
            ["target"] = new JsonObject { ["activity"] = to["id"]!.DeepClone(), ["port"] = "In" },
        };
}
