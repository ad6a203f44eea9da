namespace CampaignFlow.Engine.Expressions.Script;

/// <summary>Precedence climbing over the tokens of one expression; whatever is not an expression is refused by name.</summary>
internal sealed class ScriptParser
{
    private const int DeepestNesting = 100;
    private const int MostNodes = 2_000;

    private static readonly Dictionary<string, int> Strength = new(StringComparer.Ordinal)
    {
        ["??"] = 1,
        ["||"] = 2,
        ["&&"] = 3,
        ["=="] = 4,
        ["!="] = 4,
        ["==="] = 4,
        ["!=="] = 4,
        ["<"] = 5,
        [">"] = 5,
        ["<="] = 5,
        [">="] = 5,
        ["in"] = 5,
        ["+"] = 6,
        ["-"] = 6,
        ["*"] = 7,
        ["/"] = 7,
        ["%"] = 7,
        ["**"] = 8,
    };

    private static readonly HashSet<string> Statements = new(StringComparer.Ordinal)
    {
        "var",
        "let",
        "const",
        "return",
        "if",
        "else",
        "for",
        "while",
        "do",
        "switch",
        "function",
        "class",
        "throw",
        "try",
        "new",
        "delete",
        "import",
        "export",
        "await",
        "async",
        "yield",
        "this",
        "eval",
        "void",
        "instanceof",
        "with",
        "super",
    }; // csharpier-ignore

    private readonly List<Token> _tokens;
    private int _at;
    private int _depth;
    private int _nodes;

    private ScriptParser(string text, int offset, int depth, int nodes)
    {
        _tokens = new ScriptLexer(text, offset).All();
        _depth = depth;
        _nodes = nodes;
    }

    internal static ScriptNode Parse(string text) => new ScriptParser(text, 0, 0, 0).Whole();

    private Token Now => _tokens[_at];

    private ScriptNode Whole()
    {
        if (Now.Kind == TokenKind.End)
            throw new ScriptException(Now.At, new("The expression is empty.", "表达式是空的。"));
        var node = Expression();
        if (Is(";"))
            _at++;
        if (Now.Kind != TokenKind.End)
            throw Unexpected("the end of the expression", "表达式结尾");
        return node;
    }

    private ScriptNode Expression()
    {
        if (++_depth > DeepestNesting)
            throw new ScriptException(Now.At, new($"Nested more than {DeepestNesting} deep.", $"嵌套超过 {DeepestNesting} 层。"));
        var node = Conditional();
        _depth--;
        return node;
    }

    private ScriptNode Conditional()
    {
        var test = Binary(1);
        if (!Is("?"))
            return test;
        var at = Take().At;
        var then = Expression();
        Expect(":");
        return Made(new ScriptNode.Conditional(at, test, then, Expression()));
    }

    private ScriptNode Binary(int least)
    {
        var left = Unary();
        while (Now.Kind is TokenKind.Sign or TokenKind.Name && Strength.TryGetValue(Now.Text, out var strength) && strength >= least)
        {
            var sign = Take();
            // ** alone binds to the right.
            var right = Binary(sign.Text == "**" ? strength : strength + 1);
            left = Made(new ScriptNode.Binary(sign.At, sign.Text, left, right));
        }
        return left;
    }

    private ScriptNode Unary()
    {
        if (Now is not { Kind: TokenKind.Sign, Text: "!" or "-" or "+" } && Now is not { Kind: TokenKind.Name, Text: "typeof" })
            return Postfix();
        var sign = Take();
        if (++_depth > DeepestNesting)
            throw new ScriptException(sign.At, new($"Nested more than {DeepestNesting} deep.", $"嵌套超过 {DeepestNesting} 层。"));
        var node = Made(new ScriptNode.Unary(sign.At, sign.Text, Unary()));
        _depth--;
        return node;
    }

    private ScriptNode Postfix()
    {
        var node = Primary();
        while (true)
        {
            var optional = Is("?.");
            if (Is(".") || optional)
            {
                var dot = Take();
                if (optional && Is("("))
                    node = Made(new ScriptNode.Call(dot.At, node, Arguments(), Optional: true));
                else if (optional && Is("["))
                    node = Index(node, optional: true);
                else if (Now.Kind == TokenKind.Name)
                    node = Made(new ScriptNode.Member(Now.At, node, Take().Text, optional));
                else
                    throw Unexpected("a name after the dot", "点号后面的名称");
            }
            else if (Is("["))
                node = Index(node, optional: false);
            else if (Is("("))
                node = Made(new ScriptNode.Call(Now.At, node, Arguments(), Optional: false));
            else
                return node;
        }
    }

    private ScriptNode Index(ScriptNode target, bool optional)
    {
        var at = Take().At;
        var key = Expression();
        Expect("]");
        return Made(new ScriptNode.Index(at, target, key, optional));
    }

    private List<ScriptNode> Arguments()
    {
        Expect("(");
        return List(")");
    }

    private List<ScriptNode> List(string end)
    {
        var items = new List<ScriptNode>();
        while (!Is(end))
        {
            items.Add(Expression());
            if (!Is(","))
                break;
            _at++;
        }
        Expect(end);
        return items;
    }

    private ScriptNode Primary()
    {
        var token = Now;
        switch (token.Kind)
        {
            case TokenKind.Number:
                _at++;
                return Made(new ScriptNode.Constant(token.At, token.Number));
            case TokenKind.Text:
                _at++;
                return Made(new ScriptNode.Constant(token.At, token.Text));
            case TokenKind.Template:
                _at++;
                return Template(token);
            case TokenKind.Name:
                return Name();
        }
        if (Is("("))
        {
            _at++;
            var inner = Expression();
            Expect(")");
            return inner;
        }
        if (Is("["))
        {
            _at++;
            return Made(new ScriptNode.ArrayLiteral(token.At, List("]")));
        }
        if (Is("{"))
            return Object();
        throw Unexpected("a value", "一个值");
    }

    private ScriptNode Name()
    {
        var token = Take();
        if (Statements.Contains(token.Text))
            throw new ScriptException(
                token.At,
                new(
                    $"'{token.Text}' is a statement; only one expression is allowed here, such as variables.Score < 60.",
                    $"“{token.Text}”是语句；这里只能写一个表达式，例如 variables.Score < 60。"
                )
            );
        return Made(
            token.Text switch
            {
                "true" => new ScriptNode.Constant(token.At, true),
                "false" => new ScriptNode.Constant(token.At, false),
                "null" => new ScriptNode.Constant(token.At, null),
                "undefined" => new ScriptNode.Constant(token.At, Undefined.Value),
                "NaN" => new ScriptNode.Constant(token.At, double.NaN),
                "Infinity" => new ScriptNode.Constant(token.At, double.PositiveInfinity),
                _ => new ScriptNode.Name(token.At, token.Text),
            }
        );
    }

    private ScriptNode Template(Token token)
    {
        var nodes = new List<ScriptNode>();
        for (var i = 0; i < token.Parts!.Count; i++)
        {
            var (text, at) = token.Parts[i];
            if (i % 2 == 0)
            {
                nodes.Add(Made(new ScriptNode.Constant(at, text)));
                continue;
            }
            var inner = new ScriptParser(text, at, _depth + 1, _nodes);
            nodes.Add(inner.Whole());
            _nodes = inner._nodes;
        }
        return Made(new ScriptNode.Template(token.At, nodes));
    }

    private ScriptNode Object()
    {
        var at = Take().At;
        var properties = new List<(string, ScriptNode)>();
        while (!Is("}"))
        {
            if (Now.Kind is not (TokenKind.Name or TokenKind.Text or TokenKind.Number))
                throw Unexpected("a property name", "属性名");
            var key = Take();
            if (key.Kind == TokenKind.Name && !Is(":"))
                properties.Add((key.Text, Made(new ScriptNode.Name(key.At, key.Text))));
            else
            {
                Expect(":");
                properties.Add((key.Text, Expression()));
            }
            if (!Is(","))
                break;
            _at++;
        }
        Expect("}");
        return Made(new ScriptNode.ObjectLiteral(at, properties));
    }

    private bool Is(string sign) => Now.Kind == TokenKind.Sign && Now.Text == sign;

    private Token Take() => _tokens[_at++];

    private void Expect(string sign)
    {
        if (!Is(sign))
            throw Unexpected($"'{sign}'", $"“{sign}”");
        _at++;
    }

    private ScriptNode Made(ScriptNode node) =>
        ++_nodes <= MostNodes
            ? node
            : throw new ScriptException(
                node.At,
                new($"The expression has more than {MostNodes} parts.", $"表达式超过 {MostNodes} 个部分。")
            );

    private ScriptException Unexpected(string expected, string expectedZh)
    {
        var found = Now.Kind == TokenKind.End ? "the end" : $"'{Now.Text}'";
        var foundZh = Now.Kind == TokenKind.End ? "结尾" : $"“{Now.Text}”";
        return Now.Text switch
        {
            "=" or "+=" or "-=" or "*=" or "/=" or "%=" or "++" or "--" or "**=" or "&&=" or "||=" or "??=" => new(
                Now.At,
                new(
                    $"'{Now.Text}' changes a value; an expression only reads. To compare write ===, to store use the SetVariable activity.",
                    $"“{Now.Text}”会修改值，而表达式只能读取。比较请用 ===，赋值请用 SetVariable 活动。"
                )
            ),
            "=>" => new(Now.At, new("Functions (=>) cannot be defined here.", "这里不能定义函数（=>）。")),
            ";" => new(Now.At, new("Only one expression is allowed: nothing may follow ';'.", "只能写一个表达式：分号后面不能再有内容。")),
            _ => new(Now.At, new($"Found {found} where {expected} was expected.", $"此处应为{expectedZh}，却是{foundZh}。")),
        };
    }
}
