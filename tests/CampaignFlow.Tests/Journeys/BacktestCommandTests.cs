using System.Text.Json;

namespace CampaignFlow.Tests.Journeys;

/// <summary><c>rules backtest</c> as an analyst calls it from a terminal.</summary>
public sealed class BacktestCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cfbacktest").FullName;

    public BacktestCommandTests()
    {
        SmallFile.Write(folder);
        File.WriteAllText(
            Path.Combine(folder, "naive.yaml"),
            """
            rule: { en: Raise what earned yesterday, zh: 昨日盈利则加预算 }
            for each: channel in a campaign
            cases:
              - when: roas(yesterday) > 1.2
                then:
                  - scale: to 120% of budget
              - when: roas(yesterday) < 0.8
                then:
                  - scale: to 80% of budget
            mode: auto
            """
        );
    }

    [Fact]
    public async Task The_shipped_rule_keeps_the_total_to_the_cent_and_may_be_published()
    {
        var ended = await ProductProcess.RunAsync(folder, "rules", "backtest", "shift-to-winner", "--metrics", "spring.csv", "--json");

        Assert.Equal((0, ""), (ended.Code, ended.Error));
        var report = JsonDocument.Parse(ended.Out).RootElement;
        Assert.True(report.GetProperty("may_publish").GetBoolean());
        Assert.True(report.GetProperty("changes").GetInt32() > 0);
        Assert.Equal(SmallFile.Days, report.GetProperty("days").GetInt32());
        var with = report.GetProperty("with");
        Assert.True(with.GetProperty("keeps_total").GetBoolean());
        Assert.Equal(SmallFile.DailyTotal, with.GetProperty("total_start_minor").GetInt64());
        Assert.All(
            report.GetProperty("path").EnumerateArray(),
            d => Assert.Equal(SmallFile.DailyTotal, d.GetProperty("total_minor").GetInt64())
        );
        Assert.True(with.GetProperty("roas_after").GetDouble() > with.GetProperty("roas_before").GetDouble());
        Assert.NotEmpty(report.GetProperty("why_not").EnumerateArray());
    }

    [Fact]
    public async Task The_naive_rule_is_refused_at_its_line_in_text_and_json()
    {
        var text = await ProductProcess.RunAsync(folder, "rules", "backtest", "naive.yaml", "--metrics", "spring.csv", "--alone");
        var json = await ProductProcess.RunAsync(folder, "rules", "backtest", "naive.yaml", "--metrics", "spring.csv", "--alone", "--json");

        Assert.Equal((1, 1), (text.Code, json.Code));
        Assert.Contains("naive.yaml(6,9): unbounded compounding: ×", text.Out, StringComparison.Ordinal);
        Assert.Contains($"in {SmallFile.Days} days", text.Out, StringComparison.Ordinal);
        Assert.EndsWith("It may not be published.", text.Out.TrimEnd(), StringComparison.Ordinal);
        var finding = JsonDocument
            .Parse(json.Out)
            .RootElement.GetProperty("findings")
            .EnumerateArray()
            .Single(f => f.GetProperty("code").GetString() == "unbounded-compounding");
        Assert.Equal(("error", 6), (finding.GetProperty("severity").GetString(), finding.GetProperty("line").GetInt32()));
        Assert.Contains("无界复利", finding.GetProperty("message_zh").GetString(), StringComparison.Ordinal);
        Assert.NotEqual("", finding.GetProperty("cure").GetString());
    }

    [Theory]
    [InlineData("rules backtest shift-to-winer --metrics spring.csv", "no rule of that name")]
    [InlineData("rules backtest shift-to-winner --metrics nofile.csv", "There is no file nofile.csv.")]
    [InlineData("rules backtest shift-to-winner", "--metrics")]
    [InlineData("rules backtest shift-to-winner --metrics naive.yaml", "Nothing could be read from naive.yaml.")]
    [InlineData("rules backtest shift-to-winner --metrics spring.csv --ceiling 0.5", "--ceiling from 1 to 100")]
    [InlineData("rules backtest shift-to-winner --metrics spring.csv --goal rosa=1", "is not NAME=VALUE")]
    public async Task Bad_usage_is_one_sentence(string words, string sentence)
    {
        var ended = await ProductProcess.RunAsync(folder, words.Split(' '));
        Assert.Equal((1, ""), (ended.Code, ended.Out));
        Assert.Contains(sentence, Assert.Single(ended.Error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
