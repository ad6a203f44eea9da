namespace CampaignFlow.Engine.Expressions;

/// <summary>Pratt's top-down operator precedence: one loop reads every operator, its strength decides how far it reaches.</summary>
internal sealed partial class Parser(string text, Vocabulary vocabulary)
{
    private const int LongestText = 2_000;
    private const int MostNodes = 300;

    private readonly List<Token> tokens = Lexer.Read(text);
    private readonly List<Fact> facts = [];
    private int position;
    private int nodes;

    /// <summary>How many days <c>consecutive</c> has moved all windows back.</summary>
    private int ago;

    public IReadOnlyList<Fact> Facts => facts;

    private Token Now => tokens[position];

    public Node Parse()
    {
        if (text.Length > LongestText)
            throw Error(new(0, text.Length), $"the formula is longer than {LongestText} characters", $"表达式超过 {LongestText} 个字符");
        var root = Expression(0);
        if (Now.Kind != TokenKind.End)
            throw Unexpected("an operator such as 'and', '>' or '+'", "运算符，如 and、> 或 +");
        return root;
    }

    private Node Expression(int floor)
    {
        if (++nodes > MostNodes)
            throw Error(Now.At, "the formula has too many parts; split it into several", "表达式过长，请拆成几条");
        var left = Prefix();
        while (
            Now.Kind is TokenKind.Sign or TokenKind.Name && Operators.Strength.TryGetValue(Now.Text, out var strength) && strength > floor
        )
        {
            var sign = Take();
            left = Combine(sign, left, Expression(strength));
        }
        return left;
    }

    private Node Prefix()
    {
        var token = Take();
        switch (token.Kind)
        {
            case TokenKind.Number:
                return Number(token);
            case TokenKind.Percent:
                return new Node.Literal(token.At, Unit.Ratio, (double)token.Value, Percent: true);
            case TokenKind.Days:
                return new Node.Literal(token.At, Unit.Duration, (double)token.Value * 24);
            case TokenKind.Hours:
                return new Node.Literal(token.At, Unit.Duration, (double)token.Value);
            case TokenKind.Name when token.Text == "not":
                var denied = Needs(Expression(Operators.OfNot), "not");
                return new Node.Not(token.At.To(denied.At), denied);
            case TokenKind.Name when token.Text is "true" or "false":
                return new Node.Literal(token.At, Unit.Condition, token.Text == "true" ? 1 : 0);
            case TokenKind.Name when !Operators.Strength.ContainsKey(token.Text):
                return Now.Text == "(" && vocabulary.HasWindows && Functions.Contains(token.Text) ? Function(token) : Value(token);
            case TokenKind.Sign when token.Text == "-":
                var of = Expression(Operators.OfSign);
                if (of.Unit is Unit.Condition or Unit.Text)
                    throw Error(of.At, $"cannot negate {of.Unit.Name().En}", $"不能对{of.Unit.Name().Zh}取负");
                return new Node.Negative(token.At.To(of.At), of);
            case TokenKind.Sign when token.Text == "(":
                var inner = Expression(0);
                Expect(")");
                return inner;
            default:
                position--;
                throw Unexpected("a value or a condition", "数值或条件");
        }
    }

    private static Node Combine(Token sign, Node left, Node right)
    {
        var at = left.At.To(right.At);
        switch (sign.Text)
        {
            case "and":
                return new Node.And(at, Needs(left, "and"), Needs(right, "and"));
            case "or":
                return new Node.Or(at, Needs(left, "or"), Needs(right, "or"));
            case "*" or "of":
                var product =
                    Units.Product(left.Unit, right.Unit) ?? throw Mismatch(at, left, right, "multiply {0} by {1}", "{0}不能乘以{1}");
                return new Node.Arithmetic(at, product, '*', left, right);
            case "/":
                var quotient =
                    Units.Quotient(left.Unit, right.Unit) ?? throw Mismatch(at, left, right, "divide {0} by {1}", "{0}不能除以{1}");
                return new Node.Arithmetic(at, quotient, '/', left, right);
            case "+" or "-":
                var sum = Units.Common(left.Unit, right.Unit);
                if (sum is null or Unit.Condition or Unit.Text)
                    throw Mismatch(at, left, right, "add or subtract {0} and {1}", "{0}与{1}不能相加减");
                return new Node.Arithmetic(at, sum.Value, sign.Text[0], left, right);
            default:
                return Compare(at, sign.Text, left, right);
        }
    }

    private static Node.Comparison Compare(Span at, string sign, Node left, Node right)
    {
        // Nothing is nothing in every currency.
        var withZero = (IsZero(left) && right.Unit == Unit.Money) || (IsZero(right) && left.Unit == Unit.Money);
        if (!withZero && Units.Common(left.Unit, right.Unit) is null)
            throw (left.Unit, right.Unit) is (Unit.Money, Unit.Number) or (Unit.Number, Unit.Money)
                ? Error(
                    at,
                    "cannot compare money with a number; write the currency, as in 500 CNY",
                    "金额不能与数字比较；请写明币种，例如 500 CNY"
                )
                : Mismatch(at, left, right, "compare {0} with {1}", "{0}不能与{1}比较");
        if (left.Unit is Unit.Condition or Unit.Text && sign is not ("==" or "!="))
            throw Error(at, $"'{sign}' needs numbers; use '==' or '!='", $"“{sign}”只能用于数值，请用“==”或“!=”");
        return new(at, sign, left, right);
    }

    private static bool IsZero(Node node) => node is Node.Literal { Value: 0, Unit: Unit.Number };

    private static Node Needs(Node node, string word) =>
        node.Unit == Unit.Condition
            ? node
            : throw Error(
                node.At,
                $"'{word}' needs a condition here, found {node.Unit.Name().En}",
                $"“{word}”处应为条件，实际是{node.Unit.Name().Zh}"
            );

    private Token Take()
    {
        var token = Now;
        if (token.Kind != TokenKind.End)
            position++;
        else
            throw Unexpected("a value or a condition", "数值或条件");
        return token;
    }

    private Token Expect(string sign) =>
        Now.Kind == TokenKind.Sign && Now.Text == sign ? Take() : throw Unexpected($"'{sign}'", $"“{sign}”");

    private FormulaError Unexpected(string expectedEn, string expectedZh) =>
        Now.Kind == TokenKind.End
            ? Error(Now.At, $"the formula ends too early, expected {expectedEn}", $"表达式不完整，此处应为{expectedZh}")
            : Error(Now.At, $"unexpected '{Now.At.Of(text)}', expected {expectedEn}", $"此处不应出现“{Now.At.Of(text)}”，应为{expectedZh}");

    private static FormulaError Error(Span at, string en, string zh) => new(at, new(en, zh));

    private static FormulaError Mismatch(Span at, Node left, Node right, string en, string zh)
    {
        var (a, b) = (left.Unit.Name(), right.Unit.Name());
        return Error(
            at,
            "cannot " + en.Replace("{0}", a.En, StringComparison.Ordinal).Replace("{1}", b.En, StringComparison.Ordinal),
            zh.Replace("{0}", a.Zh, StringComparison.Ordinal).Replace("{1}", b.Zh, StringComparison.Ordinal)
        );
    }
}
