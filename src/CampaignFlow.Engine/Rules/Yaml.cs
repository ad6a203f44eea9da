using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace CampaignFlow.Engine.Rules;

/// <summary>A YAML value with its place. Only what a rule needs: no anchors, aliases, tags or second documents.</summary>
internal abstract record Yaml(int Line, int Column)
{
    public sealed record Scalar(int Line, int Column, string Text) : Yaml(Line, Column)
    {
        /// <summary>Where it stands in the file, quotes included, so that it alone can be changed; null where it spans lines.</summary>
        public Expressions.Span? Raw { get; init; }

        /// <summary>The quote around it; null when it is plain.</summary>
        public char? Quote { get; init; }
    }

    public sealed record List(int Line, int Column, IReadOnlyList<Yaml> Items) : Yaml(Line, Column);

    public sealed record Map(int Line, int Column, IReadOnlyList<(Scalar Key, Yaml Value)> Entries) : Yaml(Line, Column)
    {
        public Yaml? this[string key] => Entries.FirstOrDefault(e => e.Key.Text == key).Value;
    }

    private const int DeepestNesting = 12;

    public static (Yaml? Root, Problem? Problem) Read(string text, string file)
    {
        if (Encoding.UTF8.GetByteCount(text) > RuleFile.LargestBytes)
            return (null, new(file, 0, 0, new("the file is larger than 64 KB", "文件超过 64 KB")));
        try
        {
            var events = new Parser(new StringReader(text));
            events.Consume<StreamStart>();
            if (events.TryConsume<StreamEnd>(out _))
                return (null, new(file, 0, 0, new("the file is empty", "文件为空")));
            events.Consume<DocumentStart>();
            var root = Node(events, 0);
            events.Consume<DocumentEnd>();
            if (events.Current is DocumentStart second)
                throw Refused(second, "a second document ('---'); one file holds one rule", "多个 YAML 文档（---）；一个文件只写一条规则");
            return (root, null);
        }
        catch (YamlException error)
        {
            var told = error is Refusal refusal ? refusal.Text : new($"not valid YAML: {error.Message}", $"YAML 格式错误：{error.Message}");
            return (null, new(file, (int)error.Start.Line, (int)error.Start.Column, told));
        }
    }

    private static Yaml Node(Parser events, int depth)
    {
        if (events.Current is not { } current)
            throw new YamlException("the file ends too early");
        if (depth > DeepestNesting)
            throw Refused(current, $"nesting deeper than {DeepestNesting} levels", $"嵌套超过 {DeepestNesting} 层");
        if (current is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
            throw Refused(current, "anchors and aliases (& and *); write the value out", "锚点与别名（& 与 *）；请直接写出内容");
        if (current is NodeEvent { Tag.IsEmpty: false })
            throw Refused(current, "a tag (!…)", "标签（!…）");
        var (line, column) = ((int)current.Start.Line, (int)current.Start.Column);
        if (events.TryConsume<YamlDotNet.Core.Events.Scalar>(out var scalar))
        {
            var raw =
                scalar.Start.Line == scalar.End.Line
                    ? new Expressions.Span((int)scalar.Start.Index, (int)(scalar.End.Index - scalar.Start.Index))
                    : (Expressions.Span?)null;
            return scalar.Style switch
            {
                ScalarStyle.Plain => new Scalar(line, column, scalar.Value) { Raw = raw },
                ScalarStyle.SingleQuoted => new Scalar(line, column + 1, scalar.Value) { Raw = raw, Quote = '\'' },
                ScalarStyle.DoubleQuoted => new Scalar(line, column + 1, scalar.Value) { Raw = raw, Quote = '"' },
                _ => new Scalar(line + 1, 1, scalar.Value.TrimEnd('\n')),
            };
        }
        if (events.TryConsume<SequenceStart>(out _))
        {
            var items = new List<Yaml>();
            while (!events.TryConsume<SequenceEnd>(out _))
                items.Add(Node(events, depth + 1));
            return new List(line, column, items);
        }
        events.Consume<MappingStart>();
        var entries = new List<(Scalar, Yaml)>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (!events.TryConsume<MappingEnd>(out _))
        {
            var place = events.Current;
            if (Node(events, depth + 1) is not Scalar key)
                throw Refused(place, "a key that is not a word", "键不是文字");
            if (!keys.Add(key.Text))
                throw Refused(place, $"the key '{key.Text}' twice", $"键“{key.Text}”重复");
            entries.Add((key, Node(events, depth + 1)));
        }
        return new Map(line, column, entries);
    }

    private static Refusal Refused(ParsingEvent at, string en, string zh) =>
        new(at.Start, at.End, new($"rule files do not take {en}", $"规则文件不支持{zh}"));

    private sealed class Refusal(Mark start, Mark end, Phrase text) : YamlException(start, end, text.En)
    {
        public Phrase Text => text;
    }
}
