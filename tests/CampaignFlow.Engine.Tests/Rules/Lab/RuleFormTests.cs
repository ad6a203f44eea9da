using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Rules.Lab;

namespace CampaignFlow.Engine.Tests.Rules.Lab;

public class RuleFormTests
{
    private const string Text = """
        # Why we have it: money should follow the buyers.
        rule: { en: Shift to the best, zh: 转给最佳渠道 } # shown on the pages
        for each: pair of channels (loser, winner) in a campaign
        when:
          all:
            - loser.roas(7d) < campaign.roas(7d)   # earns less
            - "winner.roas(7d) > 1.2 * loser.roas(7d)"
            - any:
                - winner.cvr(7d) > 1%
                - winner.conversions(7d) >= 50
        choose: highest winner.roas(7d) # one winner per loser
        then:
          - shift: 15% of loser.budget to winner
          - notify: campaign owner
        guard:
          cooldown: 3d per channel # platforms learn for three days
          at least: 30 conversions
        mode: ask

        """;

    [Fact]
    public void The_form_shows_what_it_can_and_names_the_rest()
    {
        var form = RuleForm.Read(Text)!;
        Assert.Equal("转给最佳渠道", form.Head.Single(f => f.Name == "rule.zh").Value);
        Assert.Equal("3d per channel", form.Guards.Single(f => f.Key == "cooldown").Value);
        Assert.Equal("", form.Guards.Single(f => f.Key == "certainty").Value);
        var branch = Assert.Single(form.Branches);
        Assert.Equal(["loser.roas(7d) < campaign.roas(7d)", "winner.roas(7d) > 1.2 * loser.roas(7d)"], branch.When.Select(w => w.Value));
        Assert.Equal([("shift", "15% of loser.budget to winner"), ("notify", "campaign owner")], branch.Then.Select(t => (t.Key, t.Value)));
        Assert.Equal([8], form.OnlyAsText);
    }

    [Theory]
    [InlineData("mode", "auto", "mode: ask\n", "mode: auto\n")]
    [InlineData("rule.en", "Follow, the: buyers", "en: Shift to the best,", "en: \"Follow, the: buyers\",")]
    [InlineData("rule.zh", "跟随买家", "zh: 转给最佳渠道 }", "zh: 跟随买家 }")]
    [InlineData(
        "when.0",
        "loser.roas(14d) < 1",
        "    - loser.roas(7d) < campaign.roas(7d)   # earns less\n",
        "    - loser.roas(14d) < 1   # earns less\n"
    )]
    [InlineData("when.1", "winner.roas(7d) > 2", "\"winner.roas(7d) > 1.2 * loser.roas(7d)\"", "\"winner.roas(7d) > 2\"")]
    [InlineData("then.0", "20% of loser.budget to winner", "shift: 15% of", "shift: 20% of")]
    [InlineData("then.1", "#performance", "notify: campaign owner", "notify: \"#performance\"")]
    [InlineData("guard.cooldown", "7d per channel", "cooldown: 3d per channel # platforms", "cooldown: 7d per channel # platforms")]
    [InlineData("guard.cooldown", "", "  cooldown: 3d per channel # platforms learn for three days\n", "")]
    [InlineData("guard.certainty", "90%", "  at least: 30 conversions\n", "  at least: 30 conversions\n  certainty: 90%\n")]
    [InlineData("choose", "", "choose: highest winner.roas(7d) # one winner per loser\n", "")]
    [InlineData("priority", "70", "mode: ask\n", "mode: ask\npriority: 70\n")]
    [InlineData("then.1", "", "  - notify: campaign owner\n", "")]
    [InlineData("then.+", "notify: analyst", "  - notify: campaign owner\n", "  - notify: campaign owner\n  - notify: analyst\n")]
    [InlineData("when.+", "loser.conversions(7d) >= 30", "* loser.roas(7d)\"\n", "* loser.roas(7d)\"\n    - loser.conversions(7d) >= 30\n")]
    [InlineData("mode", " ask ", "", "")]
    public void Only_the_edited_words_change(string field, string value, string before, string after)
    {
        var changed = RuleForm.Read(Text)!.With(new Dictionary<string, string> { [field] = value });
        Assert.Equal(before.Length == 0 ? Text : Text.Replace(before, after, StringComparison.Ordinal), changed);
        Assert.NotNull(RuleForm.Read(changed));
    }

    [Fact]
    public void All_fields_as_they_are_change_nothing_in_every_shipped_rule()
    {
        foreach (var file in Directory.GetFiles(Repository.Path("rules"), "*.yaml").Where(f => !RuleSet.IsCases(f)))
        {
            var text = File.ReadAllText(file);
            var form = RuleForm.Read(text)!;
            var fields = form.Head.Concat(form.Guards).Concat(form.Branches.SelectMany(b => b.When.Concat(b.Then)));
            Assert.Equal(text, form.With(fields.ToDictionary(f => f.Name, f => f.Value)));
        }
    }

    [Fact]
    public void Every_single_value_can_be_set_and_reads_back_the_same()
    {
        string[] hard =
        [
            "a: b",
            "# c",
            "it's",
            "say \"x\"",
            "{ x }",
            "- y",
            "100%",
            "yes",
            "*a",
            "& b",
            "x #y",
            "末尾：",
            "[1, 2]",
            "@z",
            "'q'",
            "\\",
        ];
        foreach (var words in hard)
        foreach (var field in new[] { "rule.en", "rule.zh", "when.0", "when.1", "then.0", "guard.cooldown", "mode", "choose" })
        {
            var changed = RuleForm.Read(RuleForm.Read(Text)!.With(new Dictionary<string, string> { [field] = words }))!;
            var fields = changed.Head.Concat(changed.Guards).Concat(changed.Branches.SelectMany(b => b.When.Concat(b.Then)));
            Assert.Equal(words, fields.Single(f => f.Name == field).Value);
        }
    }

    [Fact]
    public void A_file_without_guards_gets_them_and_loses_them_again()
    {
        const string Plain = "rule: r\nfor each: channel in a campaign\nwhen: roas(7d) > 1 or cvr(7d) > 1%\nthen: { notify: x }\n";
        var guarded = RuleForm
            .Read(Plain)!
            .With(
                new Dictionary<string, string>
                {
                    ["guard.cooldown"] = "3d per channel",
                    ["guard.certainty"] = "90%",
                    ["when.+"] = "clicks(7d) > 9",
                }
            );
        Assert.Equal(
            Plain.Replace("roas(7d) > 1 or cvr(7d) > 1%", "(roas(7d) > 1 or cvr(7d) > 1%) and (clicks(7d) > 9)", StringComparison.Ordinal)
                + "guard:\n  cooldown: 3d per channel\n  certainty: 90%\n",
            guarded
        );
        var bare = RuleForm.Read(guarded)!.With(new Dictionary<string, string> { ["guard.cooldown"] = "", ["guard.certainty"] = "" });
        Assert.DoesNotContain("guard", bare, StringComparison.Ordinal);
        Assert.Empty(RuleFile.Parse(bare, "r.yaml").Problems);
    }

    [Fact]
    public void Cases_have_fields_of_their_own_and_what_is_no_yaml_has_none()
    {
        var form = RuleForm.Read(Books.Naive)!;
        Assert.Equal("to 80% of budget", form.Branches[1].Then[0].Value);
        var changed = form.With(new Dictionary<string, string> { ["cases.1.then.0"] = "to 90% of budget" });
        Assert.Equal(Books.Naive.Replace("80%", "90%", StringComparison.Ordinal), changed);
        Assert.Null(RuleForm.Read("rule: { en: "));
        Assert.Null(RuleForm.Read("- a\n- b\n"));
    }
}
