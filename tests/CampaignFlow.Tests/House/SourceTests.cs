using System.Text.RegularExpressions;
using CampaignFlow.Tests.Support;

namespace CampaignFlow.Tests.House;

/// <summary>Short files, names in the field's words, and no page that speaks one language only.</summary>
public sealed partial class SourceTests
{
    private const int LongestCode = 400;
    private const int LongestPage = 250;

    private static readonly string[] UnwantedSuffixes =
    [
        "Manager",
        "Helper",
        "Helpers",
        "Util",
        "Utils",
        "Utility",
        "Service",
        "Base",
        "Dto",
        "Common",
        "Shared",
        "Impl",
        "Repository",
        "Wrapper",
    ];

    /// <summary>Names and words that are the same in every language.</summary>
    private static readonly string[] SameEverywhere =
    [
        "CampaignFlow",
        "中文",
        "English",
        "EN",
        "中",
        "JSON",
        "CSV",
        "CF",
        "Enter",
        "Esc",
        "ROAS",
        "ROI",
        "CPA",
        "CPC",
        "CPM",
        "CTR",
        "CVR",
        "AOV",
        "SHA-256",
        "Cron",
    ];

    [Fact]
    public void No_file_is_long() =>
        Assert.Empty(
            Sources("*.cs")
                .Select(f => (File: f, Lines: File.ReadLines(f).Count(), Most: LongestCode))
                .Concat(Sources("*.razor").Select(f => (File: f, Lines: File.ReadLines(f).Count(), Most: LongestPage)))
                .Where(f => IsLong(f.Lines, f.Most))
                .Select(f => $"{Path.GetRelativePath(Repository.Root, f.File)}: {f.Lines} lines, at most {f.Most}")
        );

    [Theory]
    [InlineData(LongestCode, LongestCode, false)]
    [InlineData(LongestCode + 1, LongestCode, true)]
    [InlineData(LongestPage + 1, LongestPage, true)]
    public void A_long_file_would_be_seen(int lines, int most, bool seen) => Assert.Equal(seen, IsLong(lines, most));

    [Fact]
    public void Types_are_named_after_what_they_are() =>
        Assert.DoesNotContain(
            new[] { typeof(Product), typeof(Engine.Money) }
                .SelectMany(t => t.Assembly.GetTypes())
                .Where(t => t.Namespace?.Contains("Migrations", StringComparison.Ordinal) != true)
                .Where(t => !t.FullName!.Contains("_generated>", StringComparison.Ordinal)) // written by a library's generator
                .Select(t => t.Name.Split('`')[0]),
            IsEmptyWord
        );

    [Theory]
    [InlineData("CampaignManager", true)]
    [InlineData("DateHelper", true)]
    [InlineData("ShiftDto", true)]
    [InlineData("BudgetLedger", false)]
    [InlineData("Manager", false)] // the post of a person
    public void An_empty_word_would_be_seen(string name, bool seen) => Assert.Equal(seen, IsEmptyWord(name));

    [Fact]
    public void No_page_speaks_one_language_only() =>
        Assert.Empty(
            Sources("*.razor")
                .Where(f => f.StartsWith(Repository.Path("src"), StringComparison.Ordinal))
                .SelectMany(f => Untranslated(File.ReadAllText(f)).Select(t => $"{Path.GetRelativePath(Repository.Root, f)}: {t}"))
        );

    [Theory]
    [InlineData("<p>Hello</p>", "Hello")]
    [InlineData("<p class=\"a\">@T(\"Hello\", \"你好\") there</p>", "there")]
    [InlineData("<b>预算</b>", "预算")]
    [InlineData("<input placeholder=\"Search\" />", "Search")]
    [InlineData("@if (a > b)\n{\n    <td>Budget</td>\n}", "Budget")]
    [InlineData("<p>@T(\"Hello (you)\", \"你好\")</p>", null)]
    [InlineData("<input placeholder=\"@T(\"Search\", \"搜索\")\" />", null)]
    [InlineData("@if (list.Count > 0 && a < b)\n{\n    <td>@row.Name</td>\n}", null)]
    [InlineData("<p>@Words.Of(x) · – 1 @(a ? T(\"b\", \"c\") : \"d\")</p>", null)]
    [InlineData("<p>@* Hello *@</p>@code { string a = \"<p>Hello</p>\"; }", null)]
    [InlineData("@inject Door<Person> Door\n<p>1</p>", null)]
    [InlineData("<svg><path d=\"M0 0\" /></svg>", null)]
    public void Untranslated_text_is_seen_and_nothing_else(string razor, string? seen) =>
        Assert.Equal(seen is null ? [] : [seen], Untranslated(razor));

    private static bool IsLong(int lines, int most) => lines > most;

    private static bool IsEmptyWord(string name) =>
        UnwantedSuffixes.Any(s => name.Length > s.Length && name.EndsWith(s, StringComparison.Ordinal));

    private static IEnumerable<string> Sources(string pattern) =>
        new[] { "src", "tests" }
            .SelectMany(d => Directory.GetFiles(Repository.Path(d), pattern, SearchOption.AllDirectories))
            .Where(f => !Generated().IsMatch(f.Replace('\\', '/')));

    private static IEnumerable<string> Untranslated(string razor)
    {
        var at = CodeBlock().Match(razor);
        var markup = Comment().Replace(Directive().Replace(at.Success ? razor[..at.Index] : razor, ""), "");
        markup = WithoutExpressions(markup);
        var attributes = VisibleAttribute().Matches(markup).Select(m => m.Groups["text"].Value);
        var bare = Quoted().Replace(Silent().Replace(markup, ""), "\"\"");
        return attributes
            .Concat(TextNode().Matches(bare).Select(m => m.Groups["text"].Value))
            .Select(t => t.Trim())
            .Where(t => Word().IsMatch(t) && !SameEverywhere.Contains(t.Trim(' ', '·', ':', '/')));
    }

    /// <summary>Takes @name.member(...) and @(...) out, with whatever stands in their brackets and strings.</summary>
    private static string WithoutExpressions(string markup)
    {
        var clean = new System.Text.StringBuilder();
        for (var i = 0; i < markup.Length; i++)
        {
            if (markup[i] != '@')
            {
                clean.Append(markup[i]);
                continue;
            }
            i++;
            var word = Keyword().Match(markup, i);
            if (word.Success)
                i += word.Length;
            while (i < markup.Length && (char.IsLetterOrDigit(markup[i]) || markup[i] is '_' or '.' or '?' or '!' or '(' or '['))
                i = markup[i] is '(' or '[' ? AfterBracket(markup, i) : i + 1;
            i--;
        }
        return clean.ToString();
    }

    private static int AfterBracket(string text, int open)
    {
        var depth = 0;
        var quoted = false;
        for (var i = open; i < text.Length; i++)
        {
            if (text[i] == '"' && text[i - 1] != '\\')
                quoted = !quoted;
            if (quoted)
                continue;
            depth +=
                text[i] is '(' or '[' ? 1
                : text[i] is ')' or ']' ? -1
                : 0;
            if (depth == 0)
                return i + 1;
        }
        return text.Length;
    }

    [GeneratedRegex(@"\G(?:if|foreach|for|while|switch)\s+(?=\()")]
    private static partial Regex Keyword();

    [GeneratedRegex("/(?:bin|obj|node_modules|Migrations)/")]
    private static partial Regex Generated();

    [GeneratedRegex(@"^\s*@code\b|@code\s*\{", RegexOptions.Multiline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^@(?:inject|using|inherits|implements|typeparam|attribute|namespace|page|layout)\b.*$", RegexOptions.Multiline)]
    private static partial Regex Directive();

    [GeneratedRegex(@"@\*.*?\*@|<!--.*?-->", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex("<(?<tag>script|style)[^>]*>.*?</\\k<tag>>", RegexOptions.Singleline)]
    private static partial Regex Silent();

    [GeneratedRegex("\\s(?:title|placeholder|aria-label|alt)=\"(?<text>[^\"]*)\"")]
    private static partial Regex VisibleAttribute();

    [GeneratedRegex("\"[^\"\n]*\"")]
    private static partial Regex Quoted();

    /// <summary>Between two tags; code between them has braces, semicolons or operators.</summary>
    [GeneratedRegex(@"</?[A-Za-z][^<>]*>(?<text>[^<>{};=]+)(?=<)")]
    private static partial Regex TextNode();

    [GeneratedRegex(@"\p{L}{2,}|\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Word();
}
