using System.Globalization;
using System.Text;

namespace CampaignFlow.Engine.Expressions.Script;

internal enum TokenKind
{
    Number,
    Text,
    Template,
    Name,
    Sign,
    End,
}

/// <param name="Parts">Of a template: text and expression source in turn, with the offset of each.</param>
internal readonly record struct Token(
    TokenKind Kind,
    int At,
    string Text,
    double Number = 0,
    IReadOnlyList<(string Text, int At)>? Parts = null
);

/// <summary>Cuts the text of an expression into tokens.</summary>
internal sealed class ScriptLexer(string text, int offset)
{
    // Longest first: the first that fits is taken.
    private static readonly string[] Signs =
    [
        ">>>=",
        "...",
        "===",
        "!==",
        "**=",
        "<<=",
        ">>=",
        ">>>",
        "&&=",
        "||=",
        "??=",
        "=>",
        "==",
        "!=",
        "<=",
        ">=",
        "&&",
        "||",
        "??",
        "?.",
        "**",
        "++",
        "--",
        "+=",
        "-=",
        "*=",
        "/=",
        "%=",
        "<<",
        ">>",
        "+",
        "-",
        "*",
        "/",
        "%",
        "<",
        ">",
        "!",
        "?",
        ":",
        ".",
        ",",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "=",
        ";",
        "&",
        "|",
        "^",
        "~",
    ]; // csharpier-ignore

    private int _at;

    internal List<Token> All()
    {
        var tokens = new List<Token>();
        while (true)
        {
            var token = Next();
            tokens.Add(token);
            if (token.Kind == TokenKind.End)
                return tokens;
        }
    }

    private Token Next()
    {
        SkipBlanks();
        var start = _at;
        if (_at >= text.Length)
            return new(TokenKind.End, offset + start, "");
        var c = text[_at];
        if (char.IsAsciiDigit(c) || (c == '.' && _at + 1 < text.Length && char.IsAsciiDigit(text[_at + 1])))
            return Number(start);
        if (c is '"' or '\'')
            return Quoted(start, c);
        if (c == '`')
            return Template(start);
        if (char.IsLetter(c) || c is '_' or '$')
        {
            while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] is '_' or '$'))
                _at++;
            return new(TokenKind.Name, offset + start, text[start.._at]);
        }
        foreach (var sign in Signs)
        {
            if (string.CompareOrdinal(text, _at, sign, 0, sign.Length) != 0)
                continue;
            // "a?.5:1" is a conditional, not optional chaining.
            if (sign == "?." && _at + 2 < text.Length && char.IsAsciiDigit(text[_at + 2]))
                continue;
            _at += sign.Length;
            return new(TokenKind.Sign, offset + start, sign);
        }
        throw new ScriptException(offset + start, new($"Unexpected character '{c}'.", $"出现了意外的字符“{c}”。"));
    }

    private void SkipBlanks()
    {
        while (_at < text.Length)
        {
            if (char.IsWhiteSpace(text[_at]))
                _at++;
            else if (string.CompareOrdinal(text, _at, "//", 0, 2) == 0)
                _at = text.IndexOf('\n', _at) is var end and >= 0 ? end : text.Length;
            else if (string.CompareOrdinal(text, _at, "/*", 0, 2) == 0)
                _at = text.IndexOf("*/", _at + 2, StringComparison.Ordinal) is var end and >= 0 ? end + 2 : text.Length;
            else
                return;
        }
    }

    private Token Number(int start)
    {
        while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] is '.' or '_'))
            _at++;
        if (_at < text.Length && text[_at] is 'e' or 'E')
        {
            _at++;
            if (_at < text.Length && text[_at] is '+' or '-')
                _at++;
            while (_at < text.Length && char.IsAsciiDigit(text[_at]))
                _at++;
        }
        var found = text[start.._at];
        return double.TryParse(
            found.Replace("_", "", StringComparison.Ordinal),
            NumberStyles.Float,
            CultureInfo.InvariantCulture,
            out var value
        )
            ? new(TokenKind.Number, offset + start, found, value)
            : throw new ScriptException(offset + start, new($"'{found}' is not a number.", $"“{found}”不是数字。"));
    }

    private Token Quoted(int start, char quote)
    {
        var value = new StringBuilder();
        _at++;
        while (_at < text.Length && text[_at] != quote)
        {
            if (text[_at] == '\n')
                break;
            Character(value);
        }
        if (_at >= text.Length || text[_at] != quote)
            throw new ScriptException(offset + start, new("The text is not closed with a quote.", "文本缺少结束引号。"));
        _at++;
        return new(TokenKind.Text, offset + start, value.ToString());
    }

    private Token Template(int start)
    {
        var parts = new List<(string, int)>();
        var value = new StringBuilder();
        var partAt = ++_at;
        while (_at < text.Length && text[_at] != '`')
        {
            if (string.CompareOrdinal(text, _at, "${", 0, 2) != 0)
            {
                Character(value);
                continue;
            }
            parts.Add((value.ToString(), offset + partAt));
            value.Clear();
            _at += 2;
            var inner = _at;
            EndOfHole(start);
            parts.Add((text[inner.._at], offset + inner));
            partAt = ++_at;
        }
        if (_at >= text.Length)
            throw new ScriptException(offset + start, new("The template text is not closed with `.", "模板文本缺少结束的 `。"));
        _at++;
        parts.Add((value.ToString(), offset + partAt));
        return new(TokenKind.Template, offset + start, "", Parts: parts);
    }

    private void EndOfHole(int start)
    {
        var depth = 0;
        while (_at < text.Length)
        {
            var c = text[_at];
            if (c is '"' or '\'')
                Quoted(_at, c);
            else if (c == '`')
                Template(_at);
            else if (c == '}' && depth == 0)
                return;
            else
            {
                depth += c switch
                {
                    '{' => 1,
                    '}' => -1,
                    _ => 0,
                };
                _at++;
            }
        }
        throw new ScriptException(offset + start, new("A ${ in the template text is not closed with }.", "模板文本中的 ${ 缺少结束的 }。"));
    }

    private void Character(StringBuilder value)
    {
        var c = text[_at++];
        if (c != '\\' || _at >= text.Length)
        {
            value.Append(c);
            return;
        }
        var escape = text[_at++];
        switch (escape)
        {
            case 'n':
                value.Append('\n');
                break;
            case 't':
                value.Append('\t');
                break;
            case 'r':
                value.Append('\r');
                break;
            case 'b':
                value.Append('\b');
                break;
            case '0':
                value.Append('\0');
                break;
            case 'u'
                when _at + 4 <= text.Length
                    && ushort.TryParse(text.AsSpan(_at, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code):
                value.Append((char)code);
                _at += 4;
                break;
            default:
                value.Append(escape);
                break;
        }
    }
}
