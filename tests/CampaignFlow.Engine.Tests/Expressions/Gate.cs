using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Tests.Expressions;

/// <summary>A vocabulary without windows, as gates use it.</summary>
internal static class Gate
{
    public static Vocabulary Words { get; } =
        new([
            new("competitors", Unit.Count, new("competitors", "竞品数")),
            new("swot_quadrants", Unit.Count, new("SWOT quadrants", "SWOT 象限")),
            new("approved", Unit.Condition, new("approved", "已批准")),
            new("signed", Unit.Condition, new("signed", "已签字")),
            new("cost", Unit.Money, new("cost", "费用")),
            new("stage", Unit.Text, new("stage", "阶段")),
        ]);

    public static Formula Read(string text)
    {
        var (formula, problems) = Formula.Condition(text, Words);
        Assert.Empty(problems);
        return formula!;
    }

    public static NamedFacts Facts(params (string Name, object? Value)[] facts) =>
        new(facts.ToDictionary(f => f.Name, f => f.Value), "CNY");
}
