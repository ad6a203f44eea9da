using System.Globalization;

namespace CampaignFlow.Engine.Expressions;

internal static class Lexer
{
    private static readonly string[] Signs = [">=", "<=", "==", "!=", "..", ">", "<", "+", "-", "*", "/", "(", ")", ","];

    private const int SecondsPerHour = 3_600;

    /// <summary>Above it minor units would no longer be exact.</summary>
    private const decimal Largest = 1_000_000_000_000m;

    public static List<Token> Read(string text)
    {
        var tokens = new List<Token>();
        var at = 0;
        while (at < text.Length)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }
            var token =
                char.IsAsciiDigit(text[at]) ? Number(text, at)
                : char.IsLetter(text[at]) || text[at] == '_' ? Name(text, at)
                : text[at] == '"' ? Quoted(text, at)
                : Sign(text, at);
            tokens.Add(token);
            at = token.At.End;
        }
        tokens.Add(new(TokenKind.End, new(text.Length, 0), ""));
        return tokens;
    }

    private static Token Number(string text, int start)
    {
        var end = start;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '_' || IsPoint(text, end)))
            end++;
        var digits = text[start..end].Replace("_", "", StringComparison.Ordinal);
        if (!decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            throw new FormulaError(new(start, end - start), new($"'{digits}' is not a number", $"“{digits}”不是数字"));
        if (value > Largest)
            throw new FormulaError(new(start, end - start), new($"numbers go up to {Largest:0}", $"数字不能超过 {Largest:0}"));
        var kind = TokenKind.Number;
        if (end < text.Length && text[end] == '%')
        {
            (kind, value) = (TokenKind.Percent, value / 100);
            end++;
        }
        else if (end < text.Length && text[end] is 'd' or 'h' or 's' && !(end + 1 < text.Length && char.IsLetterOrDigit(text[end + 1])))
        {
            (kind, value) = text[end] switch
            {
                'd' => (TokenKind.Days, value),
                'h' => (TokenKind.Hours, value),
                _ => (TokenKind.Hours, value / SecondsPerHour),
            };
            end++;
        }
        return new(kind, new(start, end - start), text[start..end], value);
    }

    private static bool IsPoint(string text, int at) => text[at] == '.' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]);

    private static Token Name(string text, int start)
    {
        var end = start;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_' || IsDot(text, end)))
            end++;
        return new(TokenKind.Name, new(start, end - start), text[start..end]);
    }

    private static bool IsDot(string text, int at) =>
        text[at] == '.' && at + 1 < text.Length && (char.IsLetter(text[at + 1]) || text[at + 1] == '_');

    private static Token Quoted(string text, int start)
    {
        var end = text.IndexOf('"', start + 1);
        if (end < 0)
            throw new FormulaError(new(start, text.Length - start), new("the closing quote is missing", "缺少结束引号"));
        return new(TokenKind.Text, new(start, end + 1 - start), text[(start + 1)..end]);
    }

    private static Token Sign(string text, int start)
    {
        var sign = Array.Find(Signs, s => string.CompareOrdinal(text, start, s, 0, s.Length) == 0);
        if (sign is not null)
            return new(TokenKind.Sign, new(start, sign.Length), sign);
        var (found, hint) = text[start] switch
        {
            '=' => ("=", new Phrase("; compare with '=='", "；比较请写“==”")),
            '&' => ("&", new("; write 'and'", "；请写“and”")),
            '|' => ("|", new("; write 'or'", "；请写“or”")),
            '!' => ("!", new("; write 'not'", "；请写“not”")),
            var c => (c.ToString(), new("", "")),
        };
        throw new FormulaError(new(start, 1), new($"unexpected '{found}'{hint.En}", $"无法识别“{found}”{hint.Zh}"));
    }
}
