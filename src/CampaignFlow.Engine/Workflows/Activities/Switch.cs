using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Stepping;
using CampaignFlow.Engine.Workflows.Versions;

namespace CampaignFlow.Engine.Workflows.Activities;

/// <summary>Runs the activity of the first case that holds (or of all that hold, one after another), else the default.</summary>
internal sealed class Switch : BuiltInActivity
{
    internal override ActivityType Type { get; } =
        Describe(
            "Switch",
            "Branching",
            new("Switch", "多路判断"),
            new("Runs the activity of the case that holds.", "执行满足条件的分支中的活动。"),
            ModeInput()
        );

    internal override bool HasCases => true;

    internal override IReadOnlyList<string> Slots => ["Default"];

    internal override void Run(Burst burst, Execution self, Activity activity)
    {
        var chosen = Holding(burst, self, activity);
        var children =
            chosen.Count > 0 ? chosen.Select(c => c.Activity)
            : activity.Slots.TryGetValue("Default", out var otherwise) ? [otherwise]
            : [];
        self.Memory = new JsonObject
        {
            ["left"] = new JsonArray([.. children.OfType<Activity>().Select(a => (JsonNode?)JsonValue.Create(a.Id))]),
        };
        Next(burst, self);
    }

    internal override void ChildDone(Burst burst, Execution self, Activity activity, Execution child, IReadOnlyList<string> outcomes) =>
        Next(burst, self);

    /// <summary>Cases still to come that the newer version does not have any more are left out.</summary>
    internal override JsonObject Carried(JsonObject memory, Carrying carrying) =>
        new()
        {
            ["left"] = new JsonArray([
                .. ((JsonArray)memory["left"]!)
                    .Select(id => carrying.Mapping[id!.GetValue<string>()])
                    .Where(id => carrying.After.Cases.Any(c => c.Activity?.Id == id) || carrying.After.Slots.Values.Any(s => s.Id == id))
                    .Select(id => (JsonNode?)JsonValue.Create(id)),
            ]),
        };

    private static void Next(Burst burst, Execution self)
    {
        var left = ((JsonArray)self.Memory!["left"]!).Select(id => id!.GetValue<string>()).ToList();
        if (left.Count == 0)
        {
            burst.Complete(self);
            return;
        }
        self.Memory = new JsonObject { ["left"] = new JsonArray([.. left.Skip(1).Select(id => (JsonNode?)JsonValue.Create(id))]) };
        burst.Schedule(self, burst.Definition.Activities[left[0]]);
    }

    internal static ActivityInput ModeInput() =>
        Input(
            "Mode",
            "String",
            new("Mode", "模式"),
            new(
                "What happens when several cases hold at once: only the first, or all of them.",
                "多个情况同时成立时：只走第一个，或全部都走。"
            ),
            otherwise: "MatchFirst"
        ) with
        {
            Options = ["MatchFirst", "MatchAny"],
        };

    internal static List<SwitchCase> Holding(Burst burst, Execution self, Activity activity)
    {
        if (burst.Chosen(self) is { } chosen)
            return [.. activity.Cases.Where(c => c.Label == chosen)];
        var all = burst.Text(self, "Mode") == "MatchAny";
        var holding = activity.Cases.Where(c => burst.Holds(self, c));
        return [.. all ? holding : holding.Take(1)];
    }
}
