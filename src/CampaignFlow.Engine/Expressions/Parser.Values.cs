namespace CampaignFlow.Engine.Expressions;

/// <summary>Literals, names and windows.</summary>
internal sealed partial class Parser
{
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
        var earlier = Earlier(window);
        return window with { Ago = earlier + ago, Whole = earlier > 0 };
    }

    /// <summary>How many days the window before, or the same weekdays a week before, lie back.</summary>
    private int Earlier(Window window)
    {
        if (Now is not { Kind: TokenKind.Sign, Text: "," } || tokens[position + 1] is not { Kind: TokenKind.Name } word)
            return 0;
        if (word.Text is not ("previous" or "week_before"))
        {
            var hint = Nearest.Ask(word.Text, ["previous", "week_before"]);
            throw Error(
                word.At,
                $"'{word.Text}' is not known after a window{hint.En}; write previous or week_before",
                $"窗口之后不能写“{word.Text}”{hint.Zh}；可写 previous 或 week_before"
            );
        }
        if (window.Kind == WindowKind.Flight)
            throw Error(word.At, $"{word.Text} needs a number of days, such as 7d", $"{word.Text} 需要天数，例如 7d");
        position += 2;
        return word.Text == "previous" ? window.Days : Window.Week;
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
}
