using System.Globalization;
using System.Text.Json.Nodes;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Shell;

namespace CampaignFlow.Workflows;

/// <param name="Kind">The type's name.</param>
/// <param name="Container">Others lie inside it.</param>
public sealed record DiagramBox(
    Activity Activity,
    double X,
    double Y,
    double Width,
    double Height,
    Phrase Name,
    Phrase Kind,
    StepState State,
    bool Container
)
{
    /// <summary>What it is marked with, instead of how it stands in a run.</summary>
    public DiagramMark? Mark { get; init; }
}

/// <summary>A word with its colour and icon on a box.</summary>
public sealed record DiagramMark(Phrase Word, Tone Tone, string Icon);

/// <param name="Path">As an SVG path.</param>
/// <param name="Labels">The outcomes that follow it; none where there is only one.</param>
/// <param name="Back">It closes a loop.</param>
/// <param name="Taken">A dry run followed it.</param>
public sealed record DiagramArrow(string Path, IReadOnlyList<string> Labels, double LabelX, double LabelY, bool Back, bool Taken = false);

/// <summary>
/// A definition as boxes and arrows: children of a flowchart where the designer put them, children of other containers one below the
/// other.
/// </summary>
public sealed class Diagram
{
    private const double Margin = 32;
    private const double Pad = 20;
    private const double Head = 44;
    private const double Gap = 34;
    private const double UsualWidth = 220;
    private const double UsualHeight = 54;

    private readonly IReadOnlyDictionary<string, StepState> states;
    private readonly IReadOnlySet<Connection> taken;
    private readonly IReadOnlyDictionary<string, DiagramMark> marks;
    private readonly Dictionary<string, Frame> designed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Frame> placed = new(StringComparer.Ordinal);
    private readonly List<DiagramBox> boxes = [];
    private readonly List<DiagramArrow> arrows = [];

    private Diagram(
        WorkflowDefinition definition,
        IReadOnlyDictionary<string, StepState> states,
        IReadOnlySet<Connection> taken,
        IReadOnlyDictionary<string, DiagramMark> marks
    )
    {
        (this.states, this.taken, this.marks) = (states, taken, marks);
        Collect(DefinitionJson.ReadStored(definition.Json));
        var size = definition.Root.Graph is { } graph
            ? Flow(definition.Root, graph, Margin, Margin)
            : Place(definition.Root, Margin, Margin);
        Width = size.Width + (2 * Margin);
        // Loops swing below what they close.
        Height = size.Height + (2 * Margin) + (arrows.Exists(a => a.Back) ? 2 * Gap : 0);
    }

    public double Width { get; }
    public double Height { get; }
    public IReadOnlyList<DiagramBox> Boxes => boxes;
    public IReadOnlyList<DiagramArrow> Arrows => arrows;

    /// <param name="states">How the activities stand in a run; null for the definition alone.</param>
    /// <param name="taken">Connections that a dry run followed.</param>
    /// <param name="marks">Words on some of the activities.</param>
    public static Diagram Of(
        WorkflowDefinition definition,
        IReadOnlyDictionary<string, StepState>? states = null,
        IReadOnlySet<Connection>? taken = null,
        IReadOnlyDictionary<string, DiagramMark>? marks = null
    ) =>
        new(
            definition,
            states ?? new Dictionary<string, StepState>(StringComparer.Ordinal),
            taken ?? new HashSet<Connection>(),
            marks ?? new Dictionary<string, DiagramMark>(StringComparer.Ordinal)
        );

    private Frame Place(Activity activity, double x, double y)
    {
        var inner = Inner(activity);
        var index = boxes.Count;
        boxes.Add(null!); // a container is drawn before what lies in it
        var frame =
            inner.Count == 0
                ? Sized(activity, x, y)
                : Around(
                    activity.Graph is { } graph ? Flow(activity, graph, x + Pad, y + Head) : Column(activity, inner, x + Pad, y + Head),
                    x,
                    y
                );
        boxes[index] = new(
            activity,
            frame.X,
            frame.Y,
            frame.Width,
            frame.Height,
            ActivityNames.Of(activity),
            activity.Described.Name,
            states.GetValueOrDefault(activity.Id),
            inner.Count > 0
        )
        {
            Mark = marks.GetValueOrDefault(activity.Id),
        };
        placed[activity.Id] = frame;
        return frame;
    }

    private Frame Sized(Activity activity, double x, double y) =>
        designed.TryGetValue(activity.Id, out var set) && set is { Width: > 0, Height: > 0 }
            ? new(x, y, Math.Clamp(set.Width, 100, 400), Math.Clamp(set.Height, 48, 200))
            : new(x, y, UsualWidth, UsualHeight);

    private static Frame Around(Frame content, double x, double y) =>
        new(x, y, Math.Max(UsualWidth, content.Width + (2 * Pad)), content.Height + Head + Pad);

    private Frame Flow(Activity flowchart, FlowGraph graph, double x, double y)
    {
        var known = flowchart.Children.Where(c => designed.ContainsKey(c.Id)).Select(c => designed[c.Id]).ToList();
        var (left, top) = known.Count == 0 ? (0, 0) : (known.Min(k => k.X), known.Min(k => k.Y));
        var (right, bottom) = (x, y);
        foreach (var child in flowchart.Children)
        {
            // What was never placed by hand stands in a row to the right.
            var (cx, cy) = designed.TryGetValue(child.Id, out var at)
                ? (x + at.X - left, y + at.Y - top)
                : (right + (right > x ? Gap : 0), y);
            var frame = Place(child, cx, cy);
            (right, bottom) = (Math.Max(right, frame.X + frame.Width), Math.Max(bottom, frame.Y + frame.Height));
        }
        // Several outcomes that lead to the same step are one arrow: their words would lie on each other.
        foreach (var same in graph.Connections.GroupBy(c => (c.Source, c.Target)))
            Connect(
                placed[same.Key.Source],
                placed[same.Key.Target],
                graph.From(same.Key.Source).Select(c => c.Port).Distinct(StringComparer.Ordinal).Count() > 1
                    ? [.. same.Select(c => c.Port)]
                    : [],
                same.Any(graph.IsBack),
                same.Any(taken.Contains)
            );
        return new(x, y, right - x, bottom - y);
    }

    private Frame Column(Activity container, List<(string? Label, Activity Activity)> inner, double x, double y)
    {
        var (width, below) = (0.0, y);
        Frame? before = null;
        foreach (var (label, activity) in inner)
        {
            var frame = Place(activity, x, below + (label is null ? 0 : 14));
            if (label is not null)
                arrows.Add(new("", [label], x, frame.Y - 4, false));
            if (before is { } from && container.Type.EndsWith("Sequence", StringComparison.Ordinal))
                arrows.Add(new(Text($"M {from.X + 40} {from.Y + from.Height} L {frame.X + 40} {frame.Y}"), [], 0, 0, false));
            before = frame;
            width = Math.Max(width, frame.Width);
            below = frame.Y + frame.Height + Gap;
        }
        return new(x, y, width, below - Gap - y);
    }

    // What a used workflow consists of is drawn on that workflow's own page.
    private static List<(string? Label, Activity Activity)> Inner(Activity activity) =>
        activity.Uses is not null
            ? []
            :
            [
                .. activity.Children.Select(c => ((string?)null, c)),
                .. activity.Slots.Select(s => ((string?)s.Key, s.Value)),
                .. activity.Cases.Where(c => c.Activity is not null).Select(c => ((string?)c.Label, c.Activity!)),
            ];

    private void Connect(Frame from, Frame to, IReadOnlyList<string> labels, bool back, bool followed)
    {
        var (x1, y1, x2, y2) = (from.X + from.Width, from.Y + (from.Height / 2), to.X, to.Y + (to.Height / 2));
        if (back || x2 < x1)
        {
            // Below both, so that the way back is never taken for the way on.
            (x1, y1, x2, y2) = (from.X + (from.Width / 2), from.Y + from.Height, to.X + (to.Width / 2), to.Y + to.Height);
            var depth = Math.Max(y1, y2) + 56;
            arrows.Add(new(Text($"M {x1} {y1} C {x1} {depth}, {x2} {depth}, {x2} {y2}"), labels, x1 + 6, y1 + 14, back, followed));
            return;
        }
        var bend = Math.Max(24, (x2 - x1) / 2);
        arrows.Add(new(Text($"M {x1} {y1} C {x1 + bend} {y1}, {x2 - bend} {y2}, {x2} {y2}"), labels, x2 - 104, y2 - 5, false, followed));
    }

    private void Collect(JsonNode? node)
    {
        switch (node)
        {
            case JsonArray list:
                foreach (var item in list)
                    Collect(item);
                break;
            case JsonObject map:
                if (Text(map, "id") is { } id && map["metadata"] is JsonObject metadata && metadata["designer"] is JsonObject designer)
                    Remember(id, designer);
                foreach (var (_, value) in map)
                    Collect(value);
                break;
        }
    }

    private void Remember(string id, JsonObject designer)
    {
        if (designer["position"] is JsonObject position && Number(position["x"]) is { } x && Number(position["y"]) is { } y)
        {
            var size = designer["size"] as JsonObject;
            designed[id] = new(x, y, Number(size?["width"]) ?? 0, Number(size?["height"]) ?? 0);
        }
    }

    private static string? Text(JsonObject map, string key) =>
        map[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static double? Number(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<double>(out var number) && double.IsFinite(number) && Math.Abs(number) < 1e6
            ? number
            : null;

    private static string Text(FormattableString path) => path.ToString(CultureInfo.InvariantCulture);

    private readonly record struct Frame(double X, double Y, double Width, double Height);
}
