using System.Text;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Checks;

namespace CampaignFlow.Engine.Tests.Workflows;

/// <summary>What is no JSON is said in our words, with its place, whoever brings it; what is stored is read as far as it can be.</summary>
public class DefinitionJsonTests
{
    [Theory]
    [InlineData("", 1, 1, "is empty", "内容为空")]
    [InlineData(" \r\n ", 1, 1, "is empty", "内容为空")]
    [InlineData("{\"a\":1,\n \"b\":[{", 2, 8, "ends in the middle: 3 opened", "还有 3 个")]
    [InlineData("{\"a\":\"half", 1, 11, "ends in the middle: 1 opened { or [ is not closed", "中途结束")]
    [InlineData("{\"a\":tru", 1, 9, "ends in the middle", "中途结束")]
    [InlineData("{\n \"营销\": 1, \"a\": 2, \"a\": 3}", 2, 19, "\"a\" stands twice", "\"a\" 出现两次")]
    [InlineData("{\"a\" 1}", 1, 6, "1 stands where a colon after the name was expected", "名称后的冒号")]
    [InlineData("{\"a\":}", 1, 6, "} stands where a value was expected", "应为一个值")]
    [InlineData("{\"a\":1 \"b\":2}", 1, 8, "a comma or a closing } was expected", "逗号或结束的 }")]
    [InlineData("{\"a\":1, b:2}", 1, 9, "a name in double quotes", "双引号中的名称")]
    [InlineData("[1 2]", 1, 4, "a comma or a closing ] was expected", "逗号或结束的 ]")]
    [InlineData("{} {}", 1, 4, "nothing more was expected", "其后不应再有内容")]
    [InlineData("<html>", 1, 1, "an object beginning with { was expected", "以 { 开头")]
    [InlineData("{\"a\":\"x\ny\"}", 1, 8, "a line break is written \\n", "换行写作 \\n")]
    [InlineData("{\"a\":\"\\ud800\"}", 1, 6, "Half a character", "半个字符")]
    [InlineData("{\"\\ud800\":1}", 1, 2, "Half a character", "半个字符")]
    [InlineData("{\"a\":1e999}", 1, 6, "too large", "数字过大")]
    public void Trouble_has_a_place_and_our_own_words(string text, int line, int column, string en, string zh)
    {
        var (read, trouble) = DefinitionJson.Read(Encoding.UTF8.GetBytes(text));
        Assert.Null(read);
        Assert.Equal((line, column), (trouble!.Line, trouble.Column));
        Assert.Contains(en, trouble.Text.En, StringComparison.Ordinal);
        Assert.Contains(zh, trouble.Text.Zh, StringComparison.Ordinal);
        Assert.Contains($"Line {line}, column {column}: ", trouble.Placed.En, StringComparison.Ordinal);
    }

    [Fact]
    public void Comments_and_trailing_commas_do_no_harm_and_a_mark_at_the_start_is_not_seen() =>
        Assert.Equal("[1,2]", DefinitionJson.Read(Encoding.UTF8.GetBytes("\uFEFF// two\n[1, 2,]")).Read!.ToJsonString());

    [Fact]
    public void A_file_is_refused_in_the_same_words()
    {
        var problem = Assert.Single(WorkflowJson.Parse("{\n \"root\": {,}\n}", "t.json", []).Problems);
        Assert.Equal(
            "t.json(2,11): Not JSON here: , stands where a name in double quotes or a closing } was expected.",
            problem.ToString()
        );
    }

    [Theory]
    [InlineData(DefinitionJson.Deepest, true)]
    [InlineData(DefinitionJson.Deepest + 1, false)]
    public void Nesting_has_one_limit_and_the_sentence_names_the_place_and_the_cure(int levels, bool good)
    {
        var (read, trouble) = DefinitionJson.Read(Encoding.UTF8.GetBytes(new string('[', levels) + new string(']', levels)));
        Assert.Equal(good, read is not null);
        if (good)
            return;
        Assert.Equal((1, levels), (trouble!.Line, trouble.Column));
        Assert.Contains("nested deeper than 60 levels", trouble.Text.En, StringComparison.Ordinal);
        Assert.Contains("workflow of its own", trouble.Text.En, StringComparison.Ordinal);
    }

    // Runs of such a version go on; it is not put into use anew.
    [Theory]
    [InlineData("""{"root":{"id":"s","type":"Elsa.Sequence","activities":[],"activities":[]}}""", "stands twice")]
    [InlineData(null, "nested deeper than 60 levels")]
    public void What_is_stored_already_is_still_read_and_the_check_refuses_it(string? json, string sentence)
    {
        var definition = WorkflowJson.Parse(json ?? Nested(40), "t.json", []).Definition!;
        var problem = Assert.Single(DefinitionCheck.Check(definition, []), p => p.Severity == Severity.Error);
        Assert.Contains(sentence, problem.Text.En, StringComparison.Ordinal);
        Assert.True(problem.Line > 0);
        Assert.Equal("s", DefinitionJson.ReadStored(definition.Json)!["root"]!["id"]!.ToString());
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""", """{"a":2}""")]
    [InlineData("""{"a":1.10,/* b */}""", """{"a":1.10}""")]
    [InlineData("""{"a":""", null)]
    [InlineData("""{"\ud800":1}""", null)]
    public void Of_what_is_stored_as_much_is_read_as_a_run_reads(string json, string? read) =>
        Assert.Equal(read, DefinitionJson.ReadStored(json)?.ToJsonString());

    private static string Nested(int sequences)
    {
        var json = """{"id":"inner","type":"Elsa.WriteLine","text":"x"}""";
        for (var n = sequences; n > 0; n--)
            json = $$"""{"id":"{{(n == 1 ? "s" : $"s{n}")}}","type":"Elsa.Sequence","activities":[{{json}}]}""";
        return "{\"name\":\"Nested\",\"root\":" + json + "}";
    }
}
