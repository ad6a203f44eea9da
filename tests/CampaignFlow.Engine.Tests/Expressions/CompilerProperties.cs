using CampaignFlow.Engine.Expressions;
using FsCheck;
using FsCheck.Fluent;

namespace CampaignFlow.Engine.Tests.Expressions;

public class CompilerProperties
{
    /// <summary>Random formulas over random facts, one in four of them unknown.</summary>
    [Fact]
    public void Compiled_and_interpreted_formulas_agree() =>
        Prop.ForAll(
                Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
                seed =>
                {
                    var random = new Random(seed);
                    var formula = Gate.Read(Condition(random, 4));
                    object? Some(object value) => random.Next(4) == 0 ? null : value;
                    var facts = Gate.Facts(
                        ("competitors", Some(random.Next(4))),
                        ("swot_quadrants", Some(random.Next(4))),
                        ("approved", Some(random.Next(2) == 0)),
                        ("signed", Some(random.Next(2) == 0))
                    );
                    var values = facts.Values(formula.Facts);
                    return formula.Evaluate(values).Equals(Interpreter.Value(formula.Root, values));
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static string Condition(Random random, int depth) =>
        (depth == 0 ? 0 : random.Next(6)) switch
        {
            0 => random.Next(2) == 0 ? "approved" : "signed",
            1 => $"({Condition(random, depth - 1)} and {Condition(random, depth - 1)})",
            2 => $"({Condition(random, depth - 1)} or {Condition(random, depth - 1)})",
            3 => $"not {Condition(random, depth - 1)}",
            _ => $"({Number(random, depth - 1)} {Pick(random, ">", "<", ">=", "<=", "==", "!=")} {Number(random, depth - 1)})",
        };

    private static string Number(Random random, int depth) =>
        (depth <= 0 ? random.Next(2) : random.Next(4)) switch
        {
            0 => Pick(random, "competitors", "swot_quadrants"),
            1 => random.Next(4).ToString(),
            2 => $"({Pick(random, "competitors", "swot_quadrants")} {Pick(random, "+", "-")} {Number(random, 0)})",
            _ => $"({random.Next(3)} / {random.Next(3)})",
        };

    private static string Pick(Random random, params string[] words) => words[random.Next(words.Length)];
}
