using Word = CampaignFlow.Engine.Expressions.Token;
using WordKind = CampaignFlow.Engine.Expressions.TokenKind;

namespace CampaignFlow.Engine.Expressions.Script;

/// <summary>What kind of value a name stands for, as far as the definition says.</summary>
public enum RuleKind
{
    /// <summary>Only the run will tell.</summary>
    Any,
    Number,
    Text,
    Condition,
    Duration,
}

/// <summary>What a condition may read: variables and inputs by name with their kind, and outputs of activities.</summary>
/// <param name="Outputs">Outputs by the activity's name and by its id.</param>
public sealed record RuleNames(
    IReadOnlyDictionary<string, RuleKind> Variables,
    IReadOnlyDictionary<string, RuleKind> Inputs,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, RuleKind>> Outputs
);

/// <summary>Reads the condition language of rules and gates over the values of a run; every name is checked when the definition is read.</summary>
internal sealed class RuleParser(string text, RuleNames names)
{
    private const int LongestText = 2_000;
    private const int DeepestNesting = 100;

    private List<Word> words = [];
    private int position;
    private int depth;

    private Word Now => words[position];

    internal ScriptNode Whole(bool condition)
    {
        if (text.Length > LongestText)
            throw new ScriptException(0, new($"Longer than {LongestText} characters.", $"超过 {LongestText} 个字符。"));
        try
        {
            words = Lexer.Read(text);
        }
        catch (FormulaError error)
        {
            throw new ScriptException(error.At.Start, new(Sentence(error.Text.En, "."), Sentence(error.Text.Zh, "。")));
        }
        var (root, kind) = Expression(0);
        if (Now.Kind != WordKind.End)
            throw Unexpected("an operator such as 'and', '>' or '+'", "运算符，如 and、> 或 +");
        return condition ? Needs((root, kind), RuleKind.Condition) : root;
    }

    private (ScriptNode Node, RuleKind Kind) Expression(int floor)
    {
        if (++depth > DeepestNesting)
            throw new ScriptException(Now.At.Start, new($"Nested more than {DeepestNesting} deep.", $"嵌套超过 {DeepestNesting} 层。"));
        var left = Prefix();
        while (Now.Kind is WordKind.Sign or WordKind.Name && Operators.Strength.TryGetValue(Now.Text, out var strength) && strength > floor)
        {
            var sign = Take();
            left = Combine(sign, left, Expression(strength));
        }
        depth--;
        return left;
    }

    private (ScriptNode Node, RuleKind Kind) Prefix()
    {
        var word = Take();
        var at = word.At.Start;
        switch (word)
        {
            case { Kind: WordKind.Number or WordKind.Percent }:
                if (Now is { Kind: WordKind.Name, Text.Length: 3 } && Now.Text.All(char.IsAsciiLetterUpper))
                    throw new ScriptException(
                        Now.At.Start,
                        new("Values of a run have no currency; write the number alone.", "流程中的值没有币种；请只写数字。")
                    );
                return (new ScriptNode.Constant(at, (double)word.Value), RuleKind.Number);
            case { Kind: WordKind.Days or WordKind.Hours }:
                var hours = (double)word.Value * (word.Kind == WordKind.Days ? 24 : 1);
                return (new ScriptNode.Constant(at, TimeSpan.FromHours(hours)), RuleKind.Duration);
            case { Kind: WordKind.Text }:
                return (new ScriptNode.Constant(at, word.Text), RuleKind.Text);
            case { Kind: WordKind.Name, Text: "not" }:
                return (new ScriptNode.Rule(at, "not", null, Needs(Expression(Operators.OfNot), RuleKind.Condition)), RuleKind.Condition);
            case { Kind: WordKind.Name, Text: "true" or "false" }:
                return (new ScriptNode.Constant(at, word.Text == "true"), RuleKind.Condition);
            case { Kind: WordKind.Name } when !Operators.Strength.ContainsKey(word.Text):
                return Named(word);
            case { Kind: WordKind.Sign, Text: "-" }:
                return (new ScriptNode.Rule(at, "sign", null, Needs(Expression(Operators.OfSign), RuleKind.Number)), RuleKind.Number);
            case { Kind: WordKind.Sign, Text: "(" }:
                var inner = Expression(0);
                if (Now is not { Kind: WordKind.Sign, Text: ")" })
                    throw Unexpected("')'", "“)”");
                Take();
                return inner;
            default:
                position--;
                throw Unexpected("a value or a condition", "数值或条件");
        }
    }

    private static (ScriptNode, RuleKind) Combine(Word sign, (ScriptNode Node, RuleKind Kind) left, (ScriptNode Node, RuleKind Kind) right)
    {
        var at = sign.At.Start;
        switch (sign.Text)
        {
            case "and" or "or":
                return (
                    new ScriptNode.Rule(at, sign.Text, Needs(left, RuleKind.Condition), Needs(right, RuleKind.Condition)),
                    RuleKind.Condition
                );
            case "+" or "-" or "*" or "/" or "of":
                var calculation = sign.Text == "of" ? "*" : sign.Text;
                return (new ScriptNode.Rule(at, calculation, Needs(left, RuleKind.Number), Needs(right, RuleKind.Number)), RuleKind.Number);
        }
        if (left.Kind != RuleKind.Any && right.Kind != RuleKind.Any && left.Kind != right.Kind)
            throw new ScriptException(
                at,
                new($"Cannot compare {Of(left.Kind).En} with {Of(right.Kind).En}.", $"{Of(left.Kind).Zh}不能与{Of(right.Kind).Zh}比较。")
            );
        if (
            sign.Text is not ("==" or "!=")
            && (left.Kind is RuleKind.Text or RuleKind.Condition || right.Kind is RuleKind.Text or RuleKind.Condition)
        )
            throw new ScriptException(
                at,
                new($"'{sign.Text}' needs numbers; use == or !=.", $"“{sign.Text}”只能用于数值，请用 == 或 !=。")
            );
        return (new ScriptNode.Rule(at, sign.Text, left.Node, right.Node), RuleKind.Condition);
    }

    private (ScriptNode, RuleKind) Named(Word word)
    {
        var at = word.At.Start;
        var parts = word.Text.Split('.');
        var (scope, name) = parts is ["variables" or "input", _, ..] ? (parts[0], 1) : ("", 0);
        if (scope != "input" && names.Variables.TryGetValue(parts[name], out var kind))
            return Below(
                new ScriptNode.Member(at, new ScriptNode.Name(at, "variables"), parts[name], Optional: false),
                kind,
                parts,
                name + 1
            );
        if (scope != "variables" && names.Inputs.TryGetValue(parts[name], out kind))
            return Below(new ScriptNode.Member(at, new ScriptNode.Name(at, "input"), parts[name], Optional: false), kind, parts, name + 1);
        if (scope.Length == 0 && parts.Length > 1 && names.Outputs.TryGetValue(parts[0], out var outputs))
        {
            if (!outputs.TryGetValue(parts[1], out kind))
            {
                var hint = Nearest.Ask(parts[1], outputs.Keys);
                throw new ScriptException(
                    at,
                    new($"Activity '{parts[0]}' has no output '{parts[1]}'{hint.En}", $"活动“{parts[0]}”没有输出“{parts[1]}”{hint.Zh}")
                );
            }
            var read = new ScriptNode.Call(
                at,
                new ScriptNode.Name(at, "getOutputFrom"),
                [new ScriptNode.Constant(at, parts[0]), new ScriptNode.Constant(at, parts[1])],
                Optional: false
            );
            return Below(read, kind, parts, 2);
        }
        var ask = Nearest.Ask(
            word.Text,
            [
                .. names.Variables.Keys,
                .. names.Inputs.Keys,
                .. names.Outputs.SelectMany(a => a.Value.Keys.Select(output => $"{a.Key}.{output}")),
            ]
        );
        throw new ScriptException(
            at,
            new(
                $"'{word.Text}' is no variable, no input and no activity's output{ask.En}",
                $"“{word.Text}”不是变量、输入或活动的输出{ask.Zh}"
            )
        );
    }

    // What lies inside an object is known only when the run has it.
    private static (ScriptNode, RuleKind) Below(ScriptNode node, RuleKind kind, string[] parts, int from)
    {
        foreach (var part in parts.Skip(from))
            (node, kind) = (new ScriptNode.Member(node.At, node, part, Optional: true), RuleKind.Any);
        return (node, kind);
    }

    private static ScriptNode Needs((ScriptNode Node, RuleKind Kind) part, RuleKind wanted) =>
        part.Kind == wanted || part.Kind == RuleKind.Any
            ? part.Node
            : throw new ScriptException(
                part.Node.At,
                new($"Expected {Of(wanted).En}, found {Of(part.Kind).En}.", $"此处应为{Of(wanted).Zh}，实际是{Of(part.Kind).Zh}。")
            );

    private static Phrase Of(RuleKind kind) =>
        kind switch
        {
            RuleKind.Number => new("a number", "数字"),
            RuleKind.Text => new("text", "文字"),
            RuleKind.Condition => new("a condition", "条件"),
            RuleKind.Duration => new("a length of time", "时长"),
            _ => new("a value", "数值"),
        };

    private Word Take()
    {
        var word = Now;
        if (word.Kind == WordKind.End)
            throw Unexpected("a value or a condition", "数值或条件");
        position++;
        return word;
    }

    private ScriptException Unexpected(string expected, string expectedZh) =>
        Now.Kind == WordKind.End
            ? new(Now.At.Start, new($"It ends too early: expected {expected}.", $"表达式不完整，此处应为{expectedZh}。"))
            : new(
                Now.At.Start,
                new($"Found '{Now.At.Of(text)}' where {expected} was expected.", $"此处应为{expectedZh}，却是“{Now.At.Of(text)}”。")
            );

    private static string Sentence(string phrase, string stop) =>
        char.ToUpperInvariant(phrase[0]) + phrase[1..] + (phrase.EndsWith(stop, StringComparison.Ordinal) ? "" : stop);
}
