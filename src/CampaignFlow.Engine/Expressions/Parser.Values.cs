namespace CampaignFlow.Engine.Expressions;

/// <summary>Literals, names, windows and functions.</summary>
internal sealed partial class Parser
{
    private const int MostConsecutiveDays = 30;

    private static readonly string[] Functions = ["change", "rank", "share", "trend", "pace", "consecutive", "probability"];

    private Node Number(Token number)
    {
        // A currency follows its number: three capitals that are not a name of the vocabulary.
        if (Now is not { Kind: TokenKind.Name, Text.Length: 3 } || !Now.Text.All(char.IsAsciiLetterUpper))
            return new Node.Literal(number.At, Unit.Number, (double)number.Value);
        var currency = Take();
        return Read(number.At.To(currency.At), Unit.Money, new Fact.Amount(Money.FromUnits(number.Value, currency.Text)));
    }

    private Node.Read Read(Span at, Unit unit, Fact fact)
    {
        var slot = facts.IndexOf(fact);
        if (slot < 0)
        {
            slot = facts.Count;
            facts.Add(fact);
        }
        return new(at, unit, fact, slot);
    }

    private Node Value(Token token)
    {
        var (who, term) = Name(token);
        if (term.Unit == Unit.Text)
            return TextComparison(token, who.Name, term);
        if (!(term.Windowed && who.Windowed))
        {
            if (Now.Kind == TokenKind.Sign && Now.Text == "(")
                throw Error(Now.At, $"'{token.Text}' has no window", $"“{token.Text}”不带时间窗口");
            return Read(token.At, term.Unit, new Fact.Named(who.Name, term, null, WhoLabel: who.Label.Zh));
        }
        if (Now.Kind != TokenKind.Sign || Now.Text != "(")
            throw Error(token.At, $"say over which days, for example {token.Text}(7d)", $"请写明时间窗口，例如 {token.Text}(7d)");
        Take();
        var window = ReadWindow();
        var end = Expect(")");
        return Read(token.At.To(end.At), term.Unit, new Fact.Named(who.Name, term, window, WhoLabel: who.Label.Zh));
    }

    private Node TextComparison(Token token, string who, Term term)
    {
        if (Now.Text is not ("==" or "!="))
            throw Unexpected("'==' or '!=' and a text in quotes", "“==”或“!=”及引号中的文字");
        var sign = Take();
        if (Now.Kind != TokenKind.Text)
            throw Unexpected("a text in quotes", "引号中的文字");
        var wanted = Take();
        var at = token.At.To(wanted.At);
        var same = Read(at, Unit.Condition, new Fact.TextIs(who, term, wanted.Text));
        return sign.Text == "==" ? same : new Node.Not(at, same);
    }

    private (Who Who, Term Term) Name(Token token)
    {
        if (token.Kind != TokenKind.Name)
            throw Unexpected("a name", "名称");
        var dot = token.Text.LastIndexOf('.');
        var name = token.Text[(dot + 1)..];
        var place = new Span(token.At.Start + dot + 1, name.Length);
        var term = vocabulary.Term(name);
        if (term is null)
        {
            var hint = Nearest.Ask(name, [.. vocabulary.Terms.Select(t => t.Name), .. vocabulary.HasWindows ? Functions : []]);
            throw Error(place, $"'{name}' is not a known name{hint.En}", $"未知名称“{name}”{hint.Zh}");
        }
        if (dot < 0)
        {
            if (vocabulary.Bare is null)
            {
                var choices = string.Join(" / ", vocabulary.Whos.Select(w => $"{w.Name}.{name}"));
                throw Error(token.At, $"say whose '{name}' is meant: {choices}", $"请写明是谁的“{name}”：{choices}");
            }
            return (vocabulary.Who(vocabulary.Bare) ?? new Who(vocabulary.Bare, new("", "")), term);
        }
        var owner = token.Text[..dot];
        if (vocabulary.Who(owner) is { } who)
            return (who, term);
        var ask = Nearest.Ask(owner, vocabulary.Whos.Select(w => w.Name));
        throw Error(
            new(token.At.Start, dot),
            $"'{owner}' is not known here{ask.En}; known: {string.Join(", ", vocabulary.Whos.Select(w => w.Name))}",
            $"此处没有“{owner}”{ask.Zh}；可用：{string.Join("、", vocabulary.Whos.Select(w => w.Name))}"
        );
    }

    private Window ReadWindow()
    {
        var token = Take();
        var window = token switch
        {
            { Kind: TokenKind.Name, Text: "today" } => Window.Today,
            { Kind: TokenKind.Name, Text: "yesterday" } => Window.Yesterday,
            { Kind: TokenKind.Name, Text: "flight" } => Window.Flight,
            { Kind: TokenKind.Days } when Now.Text == ".." => Between(token),
            { Kind: TokenKind.Days } => Window.Last(Days(token, 1)),
            _ => throw Error(
                token.At,
                $"'{token.At.Of(text)}' is not a window; write 7d, 3d..1d, today, yesterday or flight",
                $"“{token.At.Of(text)}”不是时间窗口；可写 7d、3d..1d、today、yesterday、flight"
            ),
        };
        return window with { Ago = ago };
    }

    private Window Between(Token from)
    {
        Take();
        if (Now.Kind != TokenKind.Days)
            throw Unexpected("the last day of the window, such as 1d", "窗口的最后一天，例如 1d");
        var to = Take();
        var (first, last) = (Days(from, 0), Days(to, 0));
        return first >= last
            ? new(WindowKind.Between, first, last)
            : throw Error(
                from.At.To(to.At),
                $"a window goes from the older to the newer day; did you mean {last}d..{first}d?",
                $"窗口应从较早的一天写到较近的一天；是否想写 {last}d..{first}d？"
            );
    }

    private static int Days(Token token, int least) =>
        token.Value == decimal.Truncate(token.Value) && token.Value >= least && token.Value <= Window.Longest
            ? (int)token.Value
            : throw Error(
                token.At,
                $"windows go from {least}d to {Window.Longest}d, found {token.Text}",
                $"窗口范围为 {least}d 至 {Window.Longest}d，实际为 {token.Text}"
            );

    private Node Function(Token name)
    {
        Expect("(");
        return name.Text switch
        {
            "consecutive" => Consecutive(name),
            "probability" => Probability(name),
            _ => Measured(name),
        };
    }

    private Node.Read Measured(Token name)
    {
        var token = Take();
        var (who, term) = Name(token);
        if (!term.Windowed || !who.Windowed)
            throw Error(token.At, $"{name.Text} needs a metric, such as revenue", $"{name.Text} 需要指标，例如 revenue");
        if (name.Text is "share" or "pace" && !term.Additive)
            throw Error(
                token.At,
                $"{name.Text} needs a metric that adds up; '{term.Name}' is a ratio",
                $"{name.Text} 需要可累加的指标；“{term.Name}”是比率"
            );
        var (measure, unit) = name.Text switch
        {
            "change" => (Measure.Change, Unit.Ratio),
            "rank" => (Measure.Rank, Unit.Number),
            "share" => (Measure.Share, Unit.Ratio),
            "trend" => (Measure.Trend, Unit.Ratio),
            _ => (Measure.Pace, Unit.Ratio),
        };
        var window = Window.Flight;
        if (measure != Measure.Pace)
        {
            Expect(",");
            var place = Now.At;
            window = ReadWindow();
            if (measure is Measure.Change or Measure.Trend && window.Kind == WindowKind.Flight)
                throw Error(place, $"{name.Text} needs a number of days, such as 7d", $"{name.Text} 需要天数，例如 7d");
        }
        var end = Expect(")");
        return Read(name.At.To(end.At), unit, new Fact.Named(who.Name, term, window, measure, who.Label.Zh));
    }

    private Node Consecutive(Token name)
    {
        var count = Take();
        if (count.Kind != TokenKind.Number || count.Value != decimal.Truncate(count.Value) || count.Value is < 2 or > MostConsecutiveDays)
            throw Error(
                count.At,
                $"consecutive needs a number of days from 2 to {MostConsecutiveDays}, found '{count.At.Of(text)}'",
                $"consecutive 需要 2 至 {MostConsecutiveDays} 的天数，实际为“{count.At.Of(text)}”"
            );
        Expect(",");
        if (ago > 0)
            throw Error(name.At, "consecutive cannot stand inside consecutive", "consecutive 不能嵌套");
        var start = position;
        var days = new List<Node>();
        for (ago = 0; ago < (int)count.Value; ago++)
        {
            position = start;
            days.Add(Needs(Expression(0), "consecutive"));
        }
        ago = 0;
        var end = Expect(")");
        return new Node.Consecutive(name.At.To(end.At), days);
    }

    private Node.Read Probability(Token name)
    {
        var condition = Expression(0);
        if (condition is not Node.Comparison)
            throw Error(
                condition.At,
                "probability needs one comparison, such as a(7d) > b(7d)",
                "probability 需要一个比较，例如 a(7d) > b(7d)"
            );
        var end = Expect(")");
        return Read(name.At.To(end.At), Unit.Ratio, new Fact.Chance(condition));
    }
}
