using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Engine.Tests.Rules;

/// <summary>Nothing that the parser takes is missing from the page: kinds are taken from the types, words from the parser's tables.</summary>
public class GrammarPageTests
{
    private static readonly List<Rule> Rules = [.. GrammarPage.Rules()];
    private static readonly List<Node> Nodes = [.. GrammarPage.Nodes(Rules)];
    private static readonly List<Fact> Facts = [.. Nodes.OfType<Node.Read>().Select(r => r.Fact)];
    private static readonly List<Fact.Named> Named = [.. Facts.OfType<Fact.Named>()];
    private static readonly string Page = File.ReadAllText(Repository.Path("rules", "README.md"));

    [Fact]
    public void Every_kind_of_node_fact_measure_and_window_is_shown()
    {
        All(Kinds<Node>(), Nodes.Select(n => n.GetType().Name));
        All(Kinds<Fact>(), Facts.Select(f => f.GetType().Name));
        All(Enum.GetNames<Measure>(), Named.Select(f => f.Measure.ToString()));
        All(Enum.GetNames<WindowKind>(), Named.Select(f => f.Window).OfType<Window>().Select(w => w.Kind.ToString()));
        All(["+", "-", "*", "/"], Nodes.OfType<Node.Arithmetic>().Select(a => a.Sign.ToString()));
        All([">", ">=", "<", "<=", "==", "!="], Nodes.OfType<Node.Comparison>().Select(c => c.Sign));
        All(
            [nameof(Unit.Condition), nameof(Unit.Number), nameof(Unit.Ratio), nameof(Unit.Duration)],
            Nodes.OfType<Node.Literal>().Select(l => l.Unit.ToString())
        );
    }

    [Fact]
    public void Every_function_name_and_owner_is_shown()
    {
        var examples = string.Join('\n', GrammarPage.Blocks().Select(b => b.Text));
        Assert.All(Parser.Functions, f => Assert.Contains(f + "(", examples, StringComparison.Ordinal));
        Assert.All(Parser.Methods, m => Assert.Contains($", {m})", examples, StringComparison.Ordinal));
        Assert.All(["previous", "week_before", " of ", "3s", "48h"], w => Assert.Contains(w, examples, StringComparison.Ordinal));
        var whos = Enum.GetValues<ForEach>().SelectMany(s => RuleVocabulary.For(s).Whos.Concat(RuleVocabulary.Inside(s).Whos));
        All(whos.Select(w => w.Name).Distinct().Where(w => w != "goal"), Named.Select(f => f.Who));
        All(["goal"], Named.Select(f => f.Who));
        var told = Page.Split(['`', ' ', '\n', '(', ')', '.', ',']).ToHashSet();
        Assert.All(RuleVocabulary.For(ForEach.Channel).Terms, t => Assert.Contains(t.Name, told));
    }

    [Fact]
    public void Every_condition_action_mode_and_schedule_is_shown()
    {
        var whens = Rules.SelectMany(r => r.Branches).SelectMany(b => GrammarPage.Whens(b.When)).ToList();
        All(Kinds<When>(), whens.Select(w => w.GetType().Name));
        All(Enum.GetNames<HowMany>(), whens.OfType<When.Channels>().Select(c => c.HowMany.ToString()));
        All(Kinds<AskedAction>(), Rules.SelectMany(r => r.Branches).SelectMany(b => b.Then).Select(a => a.GetType().Name));
        All(Kinds<AskedMode>(), Rules.Select(r => r.Mode.GetType().Name));
        All(Kinds<Schedule>(), Rules.Select(r => r.Schedule.GetType().Name));
        All(Enum.GetNames<ForEach>(), Rules.Select(r => r.ForEach.ToString()));
    }

    [Fact]
    public void Every_key_is_shown()
    {
        var lines = GrammarPage.Blocks().SelectMany(b => GrammarPage.Lines(b.Text)).Select(l => l.TrimStart(' ', '-')).ToList();
        string[] keys = [.. RuleFile.WhenKeys, .. RuleFile.ActionKeys, .. RuleFile.GuardKeys];
        Assert.All(keys, k => Assert.Contains(lines, l => l.StartsWith(k + ":", StringComparison.Ordinal)));
        Assert.All(RuleFile.Keys, k => Assert.Contains($"`{k}`", Page, StringComparison.Ordinal));
        Assert.All(RuleFile.Subjects.Keys, k => Assert.Contains($"`{k}`", Page, StringComparison.Ordinal));
        Assert.All(RuleFile.Modes, m => Assert.Contains(m, lines));
    }

    private static IEnumerable<string> Kinds<T>() => typeof(T).GetNestedTypes().Where(t => t.IsSubclassOf(typeof(T))).Select(t => t.Name);

    private static void All(IEnumerable<string> known, IEnumerable<string> shown) => Assert.Empty(known.Except(shown));
}
