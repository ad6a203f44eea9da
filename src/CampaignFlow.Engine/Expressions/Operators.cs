namespace CampaignFlow.Engine.Expressions;

/// <summary>How far each operator of the condition language reaches: the stronger binds first. The same over facts and over a run's values.</summary>
internal static class Operators
{
    public const int OfNot = 3;
    public const int OfSign = 7;

    public static IReadOnlyDictionary<string, int> Strength { get; } =
        new Dictionary<string, int>(StringComparer.Ordinal)
        {
            ["or"] = 1,
            ["and"] = 2,
            ["=="] = 4,
            ["!="] = 4,
            [">"] = 4,
            ["<"] = 4,
            [">="] = 4,
            ["<="] = 4,
            ["+"] = 5,
            ["-"] = 5,
            ["*"] = 6,
            ["/"] = 6,
            ["of"] = 6,
        };
}
