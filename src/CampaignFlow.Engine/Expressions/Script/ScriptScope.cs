using System.Text.Json.Nodes;

namespace CampaignFlow.Engine.Expressions.Script;

public delegate bool Lookup(string name, out JsonNode? value);

/// <summary>What an expression can see of a run.</summary>
public sealed record ScriptScope(
    Lookup Variable,
    Lookup Input,
    Func<string, string?, JsonNode?> Output,
    Func<JsonObject> Variables,
    Func<JsonObject> Inputs,
    string? CorrelationId
)
{
    /// <summary>A scope in which nothing is known.</summary>
    public static ScriptScope Empty { get; } =
        new(Nothing, Nothing, static (_, _) => null, static () => [], static () => [], CorrelationId: null);

    private static bool Nothing(string name, out JsonNode? value)
    {
        value = null;
        return false;
    }
}
