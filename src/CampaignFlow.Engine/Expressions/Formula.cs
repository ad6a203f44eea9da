namespace CampaignFlow.Engine.Expressions;

/// <summary>A formula that was read and checked, or why it could not be.</summary>
public sealed record FormulaReading(Formula? Formula, IReadOnlyList<Problem> Problems);

/// <summary>What a condition says about one set of facts. <paramref name="Holds"/> null: unknown.</summary>
public sealed record Finding(bool? Holds, IReadOnlyList<Clause> Clauses);

/// <summary>One checked line of the condition language; interpreted while seldom asked, compiled once it is asked often.</summary>
public sealed class Formula
{
    /// <summary>Compiling costs as much as some thousand interpretations; most rules of a day never get there.</summary>
    private const int Hot = 1_000;

    private Func<double[], double>? compiled;
    private int evaluations;

    private Formula(string text, Node root, IReadOnlyList<Fact> facts)
    {
        Text = text;
        Root = root;
        Facts = facts;
    }

    public string Text { get; }
    public Node Root { get; }

    /// <summary>What it reads, in the order of the slots of its value array.</summary>
    public IReadOnlyList<Fact> Facts { get; }

    /// <summary>The formula as people read it.</summary>
    public Phrase Sentence => new(Text, Wording.Chinese(Root));

    /// <summary>Reads a condition: something that holds, does not hold, or is unknown.</summary>
    /// <param name="line">Where the text starts in the file, counted from 1.</param>
    public static FormulaReading Condition(string text, Vocabulary vocabulary, string file = "", int line = 1, int column = 1) =>
        Parse(text, vocabulary, file, line, column, root => root.Unit == Unit.Condition, Unit.Condition.Name());

    /// <summary>Reads a value; with <paramref name="unit"/>, of that unit only.</summary>
    public static FormulaReading Value(
        string text,
        Vocabulary vocabulary,
        Unit? unit = null,
        string file = "",
        int line = 1,
        int column = 1
    ) =>
        Parse(
            text,
            vocabulary,
            file,
            line,
            column,
            root => unit is null ? root.Unit != Unit.Condition : root.Unit == unit,
            unit?.Name() ?? new("a value", "数值")
        );

    private static FormulaReading Parse(
        string text,
        Vocabulary vocabulary,
        string file,
        int line,
        int column,
        Func<Node, bool> fits,
        Phrase expected
    )
    {
        try
        {
            var parser = new Parser(text, vocabulary);
            var root = parser.Parse();
            if (fits(root))
                return new(new Formula(text, root, parser.Facts), []);
            var found = root.Unit.Name();
            throw new FormulaError(root.At, new($"expected {expected.En}, found {found.En}", $"应为{expected.Zh}，实际是{found.Zh}"));
        }
        catch (FormulaError error)
        {
            var before = text[..Math.Min(error.At.Start, text.Length)];
            var breaks = before.Count(c => c == '\n');
            var place = breaks == 0 ? column + before.Length : before.Length - before.LastIndexOf('\n');
            return new(null, [new Problem(file, line + breaks, place, error.Text)]);
        }
    }

    /// <summary>1 holds, 0 does not, NaN unknown; for values, the value or NaN.</summary>
    public double Evaluate(double[] values)
    {
        if (compiled is { } fast)
            return fast(values);
        // Two threads may compile the same; either result is right.
        if (Interlocked.Increment(ref evaluations) > Hot)
            Compile();
        return Interpreter.Value(Root, values);
    }

    /// <summary>Makes it fast now, for who knows that it will be asked very often.</summary>
    public void Compile() => compiled ??= Compiler.Compile(Root);

    public bool? Holds(FactSource facts) => Interpreter.Truth(Evaluate(facts.Values(Facts)));

    /// <summary>The value in its unit (money in minor units); null when unknown.</summary>
    public double? Number(FactSource facts) => Evaluate(facts.Values(Facts)) is var value && double.IsNaN(value) ? null : value;

    /// <summary>Evaluates and says, clause by clause, with which values.</summary>
    public Finding Explain(FactSource facts)
    {
        var values = facts.Values(Facts);
        return new(Interpreter.Truth(Evaluate(values)), [.. new Explanation(Text, values, facts).Of(Root)]);
    }
}
