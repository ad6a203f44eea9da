using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Engine.Tests.Rules;

public class RuleFileTests
{
    private const string Good = """
        rule: Pause what is dear
        for each: channel in a campaign
        when: roas(7d) < 1
        then:
          - pause: channel
        """;

    [Fact]
    public void A_rule_is_named_by_its_file_and_versioned_by_its_text()
    {
        var rule = RuleFile.Parse(Good, "pause-dear.yaml").Rule!;
        Assert.Equal(("pause-dear", 64, 50), (rule.Id, rule.Hash.Length, rule.Priority));
        Assert.NotEqual(rule.Hash, RuleFile.Parse(Good + "\n", "pause-dear.yaml").Rule!.Hash);
        Assert.Equal("For each channel: when roas(7d) < 1, pause it; always asked first.", rule.Sentence.En);
        Assert.Equal("对每个渠道：当近7日ROAS < 1时，暂停该渠道；须先批准。", rule.Sentence.Zh);
    }

    [Theory]
    [InlineData("when:", "wen:", 3, 1, "'wen' is not a key known here; did you mean 'when'?")]
    [InlineData("roas(7d) < 1", "raos(7d) < 1", 3, 7, "'raos' is not a known name; did you mean 'roas'?")]
    [InlineData("roas(7d) < 1", "\"roas(7d) < 1 EUR\"", 3, 8, "cannot compare a ratio with money")] // the quote does not count
    [InlineData("pause: channel", "pause: chanel", 5, 12, "'chanel' is not a channel known here; did you mean 'channel'?")]
    [InlineData("pause: channel", "puase: channel", 5, 5, "'puase' is not a key known here; did you mean 'pause'?")]
    [InlineData("pause: channel", "shift: 10% of budget to winner", 5, 12, "'shift' needs a pair of channels in 'for each'")]
    [InlineData("pause: channel", "ask: somebody", 5, 10, "'ask' reads 'campaign owner to confirm in 24h, else resume', found 'somebody'")]
    [InlineData(
        "channel in a campaign",
        "chanel in a campaign",
        2,
        11,
        "'chanel in a campaign' is not what the rule looks at known here; did you mean"
    )]
    [InlineData("rule: Pause", "rulez: Pause", 1, 1, "'rulez' is not a key known here; did you mean 'rule'?")]
    [InlineData(
        "rule: Pause what is dear",
        "rule: &name Pause",
        1,
        7,
        "rule files do not take anchors and aliases (& and *); write the value out"
    )]
    [InlineData("rule: Pause what is dear", "rule: !!str Pause", 1, 7, "rule files do not take a tag (!…)")]
    [InlineData("for each:", "rule:", 2, 1, "rule files do not take the key 'rule' twice")]
    [InlineData("then:", "guard: { cooldown: 3 days }\nthen:", 4, 20, "'cooldown' reads '3d per channel', found '3 days'")]
    [InlineData("then:", "guard: { certainty: 190% }\nthen:", 4, 21, "expected a percentage above 0% and up to 100%, found '190%'")]
    [InlineData("then:", "guard: { at least: 30 roas }\nthen:", 4, 20, "'roas' is not a metric that adds up known here")]
    [InlineData("then:", "mode: autom\nthen:", 4, 7, "'autom' is not a mode known here; did you mean 'auto'?")]
    [InlineData("then:", "mode: ask above 5\nthen:", 4, 17, "expected money, found a number")]
    [InlineData("then:", "priority: high\nthen:", 4, 11, "expected a whole number from 0 to 1000, found 'high'")]
    public void A_mistake_is_named_with_its_line_and_column(string from, string to, int line, int column, string expected)
    {
        var text = Good.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(Good, text);
        var (rule, problems) = RuleFile.Parse(text, "r.yaml");
        Assert.Null(rule);
        Assert.Contains(problems, p => p.Line == line && p.Column == column && p.Text.En.StartsWith(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("task: editor to read it | 阅读 in 2d", "give the editor the task to read it within", "给内容编辑派任务“阅读”，")]
    [InlineData("task: editor to read it in 2d", "give the editor the task to read it within", "给内容编辑派任务“read it”，")]
    [InlineData("issue: broken | 已失效", "open the issue 'broken'", "建立问题“已失效”")]
    [InlineData(
        "ask: campaign owner to end it | 结束 in 24h, else resume",
        "ask the campaign owner to end it within",
        "（结束），否则：恢复投放"
    )]
    public void What_people_read_may_be_written_in_both_languages(string then, string en, string zh)
    {
        var sentence = RuleFile.Parse(Good.Replace("pause: channel", then, StringComparison.Ordinal), "a.yaml").Rule!.Sentence;

        Assert.Contains(en, sentence.En, StringComparison.Ordinal);
        Assert.Contains(zh, sentence.Zh, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_too_large_or_too_deep_or_empty_is_refused()
    {
        Assert.Equal("the file is larger than 64 KB", Only(Good + new string('#', 65_536)));
        Assert.Equal("rule files do not take nesting deeper than 12 levels", Only("when: " + new string('[', 40) + new string(']', 40)));
        Assert.Equal("the file is empty", Only(""));
        Assert.StartsWith("not valid YAML", Only("rule: ["), StringComparison.Ordinal);

        static string Only(string text) => Assert.Single(RuleFile.Parse(text, "r.yaml").Problems).Text.En;
    }

    [Fact]
    public void All_problems_of_a_file_are_told_at_once()
    {
        var text = Good.Replace("roas(7d)", "raos(7d)", StringComparison.Ordinal).Replace("pause:", "puase:", StringComparison.Ordinal);
        Assert.Equal([3, 5], RuleFile.Parse(text, "r.yaml").Problems.Select(p => p.Line));
    }

    [Fact]
    public void A_bad_file_does_not_silence_the_good_ones()
    {
        var set = RuleSet.Load([("bad.yaml", "rule: x"), ("good.yaml", Good), ("good.cases.yaml", "cases: []"), ("README.md", "no yaml")]);
        Assert.Equal("good", Assert.Single(set.Rules).Id);
        Assert.All(set.Problems, p => Assert.Equal("bad.yaml", p.File));
    }
}
