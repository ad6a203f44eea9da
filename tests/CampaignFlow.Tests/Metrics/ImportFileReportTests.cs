using System.Text;
using System.Text.Json;
using CampaignFlow.Metrics;

namespace CampaignFlow.Tests.Metrics;

public sealed class ImportFileReportTests
{
    private static ImportReport Report(string text)
    {
        var file = MetricsFile.Read(Encoding.UTF8.GetBytes(text), "day.csv", new MetricsFileOptions { Currency = "CNY" });
        return new()
        {
            CampaignId = Guid.Empty,
            Campaign = "autumn",
            Currency = "CNY",
            Source = "day.csv",
            KnownAt = new(2026, 11, 6, 0, 0, 0, TimeSpan.Zero),
            File = file,
            Accepted = file.Recognised,
            RowsRead = file.RowsRead,
            RowsRejected = file.RowsRejected,
            FactsNew = file.Rows.Count,
            Problems = file.Problems,
            Totals = MetricTotals.Of(file.Rows.Select(r => r.Numbers)),
            UnknownChannels = [new("A", null, 1, 100000)],
            DryRun = true,
        };
    }

    [Fact]
    public void Both_languages_say_what_was_taken_what_was_not_and_whether_the_totals_agree()
    {
        var report = Report("日期,渠道,点击数,消耗\n2026-11-05,A,10,1000\n2026-11-05,B,x,5\n合计,,30,1005\n");
        var zh = ImportFileReport.ToText(report, "zh-CN");
        Assert.Contains("读取 2 行：新增 1，修正 0，未变 0，拒绝 1", zh, StringComparison.Ordinal);
        Assert.Contains("day.csv(3,3): “点击数”列的内容是“x”，应为数字", zh, StringComparison.Ordinal);
        Assert.Contains("消耗为 ¥1,005.00，读取到 ¥1,000.00，相差 −¥5.00", zh, StringComparison.Ordinal);
        var en = ImportFileReport.ToText(report, "en");
        Assert.Contains("difference −¥5.00", en, StringComparison.Ordinal);
        Assert.Contains("Unknown channel “A”", en, StringComparison.Ordinal);
        Assert.Contains("Dry run", en, StringComparison.Ordinal);
        Assert.Equal(2, ImportFileReport.ExitCode(report));
    }

    [Fact]
    public void Json_has_the_same_for_scripts()
    {
        using var json = JsonDocument.Parse(
            ImportFileReport.ToJson(Report("日期,渠道,点击数,消耗\n2026-11-05,A,10,1000\n合计,,10,1000\n"))
        );
        var root = json.RootElement;
        Assert.Equal(100000, root.GetProperty("totals").GetProperty("spendMinor").GetInt64());
        Assert.Equal(JsonValueKind.Null, root.GetProperty("totals").GetProperty("revenueMinor").ValueKind); // missing is not zero
        Assert.True(root.GetProperty("agreesWithTotals").GetBoolean());
        Assert.Equal("channel", root.GetProperty("columns")[1].GetProperty("field").GetString());
    }

    [Fact]
    public void A_file_that_is_no_report_ends_with_exit_code_one()
    {
        var report = Report("a,b,c\n1,2,3\n");
        Assert.Equal(1, ImportFileReport.ExitCode(report));
        Assert.Contains("没有导入任何数据", ImportFileReport.ToText(report, "zh-CN"), StringComparison.Ordinal);
    }
}
