using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Workflows;

/// <summary>What a step is called where people read it.</summary>
public static class ActivityNames
{
    /// <summary>
    /// A name people gave stands as they wrote it; else the title of the task or approval it makes, in both languages; else what the
    /// designer shows; else the type's name.
    /// </summary>
    public static Phrase Of(Activity activity)
    {
        if (activity.Name != activity.Id)
            return Phrase.Same(activity.Name);
        if (Text(activity, "Title") is { } title)
            return new(title, Text(activity, "TitleZh") ?? title);
        return activity.Display ?? activity.Described.Name;
    }

    private static string? Text(Activity activity, string input) =>
        activity.Inputs.TryGetValue(input, out var value)
        && value is { IsConstant: true, Value: System.Text.Json.Nodes.JsonValue literal }
        && literal.TryGetValue<string>(out var text)
        && text.Length > 0
            ? text
            : null;
}
