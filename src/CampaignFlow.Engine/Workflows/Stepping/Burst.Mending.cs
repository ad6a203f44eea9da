using System.Text.Json.Nodes;

namespace CampaignFlow.Engine.Workflows.Stepping;

/// <summary>What a person who mends a faulted step gets to see of it.</summary>
internal sealed partial class Burst
{
    /// <summary>The input as it would be now; null with the reason when its expression fails.</summary>
    internal JsonNode? Peek(Execution self, string input, out string? trouble)
    {
        trouble = null;
        try
        {
            return Value(self, input);
        }
        catch (ActivityFault fault)
        {
            trouble = fault.Message;
            return null;
        }
    }

    /// <summary>Variables in reach, the inner ones before the outer of the same name, with the type each was declared with.</summary>
    internal IReadOnlyList<(string Name, string Kind, JsonNode? Value)> VariablesInReach(Execution self) =>
        [
            .. Visible(self)
                .Where(v => v.Key != Compensable.Variable)
                .Select(v => (v.Key, DeclaredIn(ScopeOf(self, v.Key)!, v.Key)?.Kind ?? "Object", v.Value)),
        ];
}
