using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CampaignFlow.Engine;

namespace CampaignFlow.Metrics;

/// <summary>An import as a person at a terminal or a script reads it.</summary>
public static class ImportFileReport
{
    private const int MostShown = 20;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>0: all taken; 1: nothing could be taken; 2: taken, but some rows were rejected or the file's totals differ.</summary>
    public static int ExitCode(ImportReport report) =>
        !report.Accepted ? 1
        : report.RowsRejected > 0 || report.Problems.Count > 0 || report.AgreesWithTotals == false ? 2
        : 0;

    /// <param name="language">A BCP 47 tag; <c>zh…</c> reads Chinese, all others English.</param>
    public static string ToText(ImportReport report, string language)
    {
        var text = new StringBuilder();
        foreach (var line in Lines(report))
            text.AppendLine(line.In(language));
        return text.ToString();
    }

    public static string ToJson(ImportReport report) =>
        JsonSerializer.Serialize(
            new
            {
                report.Campaign,
                report.Source,
                report.DryRun,
                report.Accepted,
                report.KnownAt,
                report.BatchId,
                encoding = report.File?.Encoding,
                columns = report.File?.Columns.Select(c => new { c.Header, c.Field }),
                report.RowsRead,
                report.RowsRejected,
                report.FactsNew,
                report.FactsRestated,
                report.FactsUnchanged,
                report.Days,
                report.Currency,
                totals = new
                {
                    report.Totals.SpendMinor,
                    report.Totals.RevenueMinor,
                    report.Totals.Impressions,
                    report.Totals.Clicks,
                    report.Totals.Conversions,
                    report.Totals.Leads,
                },
                dropped = report.File?.Dropped,
                report.AgreesWithTotals,
                fileTotals = report.File?.Totals,
                report.UnknownChannels,
                problems = report.Problems.Select(Place),
                notices = report.Notices.Select(Place),
            },
            Json
        );

    private static IEnumerable<Phrase> Lines(ImportReport report)
    {
        if (report.File is { } file)
        {
            yield return new(
                $"{report.Source} ({file.Encoding}) → {report.Campaign}",
                $"{report.Source}（{file.Encoding}）→ {report.Campaign}"
            );
            if (file.Columns.Count > 0)
                yield return Listed(
                    new("Columns: ", "识别的列："),
                    file.Columns.Select(c => Phrase.Same($"{c.Header} → {c.Field.ToString().ToLowerInvariant()}"))
                );
        }
        foreach (var problem in Places(report.Problems))
            yield return problem;
        if (!report.Accepted)
        {
            yield return new("Nothing was imported.", "没有导入任何数据。");
            yield break;
        }
        foreach (var notice in Places(report.Notices))
            yield return notice;
        yield return Counted(report);
        if (report.File?.Dropped is { } dropped)
            yield return Skipped(dropped);
        yield return Sums(report);
        foreach (var check in report.File?.Totals ?? [])
            yield return Checked(check, report.Currency);
        foreach (var channel in report.UnknownChannels)
            yield return new(
                $"Unknown channel “{channel.Name}” ({channel.Days} days): the campaign has no such channel, its numbers are kept under this name.",
                $"未知渠道“{channel.Name}”（{channel.Days} 天）：活动中没有这个渠道，数据以此名称保留。"
            );
        if (report.DryRun)
            yield return new("Dry run: nothing was written.", "仅试运行，没有写入任何数据。");
    }

    private static Phrase Counted(ImportReport report)
    {
        var days =
            report.Days.Count == 0 ? new Phrase("", "")
            : report.Days.Count == 1 ? Phrase.Same($" ({report.Days[0]:yyyy-MM-dd})")
            : Phrase.Same($" ({report.Days[0]:yyyy-MM-dd} – {report.Days[^1]:yyyy-MM-dd})");
        return new(
            $"{report.RowsRead} rows read: {report.FactsNew} new, {report.FactsRestated} restated, {report.FactsUnchanged} unchanged, {report.RowsRejected} rejected{days.En}.",
            $"读取 {report.RowsRead} 行：新增 {report.FactsNew}，修正 {report.FactsRestated}，未变 {report.FactsUnchanged}，拒绝 {report.RowsRejected}{days.Zh}。"
        );
    }

    private static Phrase Skipped(DroppedRows dropped)
    {
        (int Count, Phrase What)[] kinds =
        [
            (dropped.Preamble, new("before the header", "表头前的说明")),
            (dropped.Totals, new("totals", "合计行")),
            (dropped.Blank, new("blank", "空行")),
            (dropped.Comments, new("comments", "注释")),
            (dropped.RepeatedHeaders, new("repeated headers", "重复表头")),
            (dropped.NoNumbers, new("without numbers", "没有数字的行")),
            (dropped.Duplicates, new("exact repeats", "完全重复的行")),
        ];
        var some = kinds.Where(k => k.Count > 0).Select(k => new Phrase($"{k.Count} {k.What.En}", $"{k.What.Zh} {k.Count}")).ToList();
        return some.Count == 0 ? new("No lines were skipped.", "没有跳过任何行。") : Listed(new("Skipped lines: ", "跳过的行："), some);
    }

    private static Phrase Sums(ImportReport report)
    {
        string Amount(long? minor) => minor is { } known ? new Money(known, report.Currency).ToString() : "–";
        string Count(double? count) => count?.ToString("#,0.##", CultureInfo.InvariantCulture) ?? "–";
        var sum = report.Totals;
        return new(
            $"Sums: spend {Amount(sum.SpendMinor)}, revenue {Amount(sum.RevenueMinor)}, impressions {Count(sum.Impressions)}, clicks {Count(sum.Clicks)}, conversions {Count(sum.Conversions)}.",
            $"合计：消耗 {Amount(sum.SpendMinor)}，成交金额 {Amount(sum.RevenueMinor)}，展示 {Count(sum.Impressions)}，点击 {Count(sum.Clicks)}，转化 {Count(sum.Conversions)}。"
        );
    }

    private static Phrase Checked(TotalsCheck check, string currency)
    {
        var what = check.Field switch
        {
            MetricField.Spend => new Phrase("spend", "消耗"),
            MetricField.Revenue => new("revenue", "成交金额"),
            MetricField.Impressions => new("impressions", "展示"),
            MetricField.Clicks => new("clicks", "点击"),
            MetricField.Conversions => new("conversions", "转化"),
            _ => new("leads", "线索"),
        };
        string Shown(decimal value) =>
            check.Field is MetricField.Spend or MetricField.Revenue
                ? new Money((long)Math.Round(value, MidpointRounding.AwayFromZero), currency).ToString()
                : value.ToString("#,0.##", CultureInfo.InvariantCulture);
        return check.Agrees
            ? new(
                $"“{check.Label}” on line {check.Line} agrees: {what.En} {Shown(check.InFile)}.",
                $"与第 {check.Line} 行“{check.Label}”一致：{what.Zh} {Shown(check.InFile)}。"
            )
            : new(
                $"“{check.Label}” on line {check.Line} says {what.En} {Shown(check.InFile)}, read {Shown(check.Imported)}: difference {Shown(check.Difference)}.",
                $"第 {check.Line} 行“{check.Label}”的{what.Zh}为 {Shown(check.InFile)}，读取到 {Shown(check.Imported)}，相差 {Shown(check.Difference)}。"
            );
    }

    private static IEnumerable<Phrase> Places(IReadOnlyList<Problem> problems)
    {
        foreach (var problem in problems.Take(MostShown))
        {
            var place = problem.Line > 0 ? $"{problem.File}({problem.Line},{problem.Column}): " : $"{problem.File}: ";
            yield return new(place + problem.Text.En, place + problem.Text.Zh);
        }
        if (problems.Count > MostShown)
            yield return new($"… and {problems.Count - MostShown} more.", $"……另有 {problems.Count - MostShown} 条。");
    }

    private static object Place(Problem problem) =>
        new
        {
            problem.File,
            problem.Line,
            problem.Column,
            problem.Subject,
            en = problem.Text.En,
            zh = problem.Text.Zh,
        };

    private static Phrase Listed(Phrase title, IEnumerable<Phrase> items)
    {
        var joined = Phrase.Join(items, ", ", "，");
        return new($"{title.En}{joined.En}.", $"{title.Zh}{joined.Zh}。");
    }
}
