using System.Globalization;
using CampaignFlow.Engine;

namespace CampaignFlow.Metrics;

/// <summary>What a person reads about a file that could not be taken as it is.</summary>
internal static class FileWords
{
    public static readonly Phrase Empty = new("The file is empty.", "文件是空的。");

    public static readonly Phrase Workbook = new(
        "This is an Excel workbook; expected a text file. Download the report as CSV from the platform.",
        "这是 Excel 工作簿，需要文本文件。请在平台后台下载 CSV 格式的报表。"
    );

    public static readonly Phrase UnknownEncoding = new(
        "The characters cannot be read; expected UTF-8, UTF-16 or GB18030 (GBK).",
        "无法识别文件编码，支持 UTF-8、UTF-16 和 GB18030（GBK）。"
    );

    public static readonly Phrase OpenQuote = new(
        "From here on a quotation mark is never closed, or a cell is far too long; the lines from here on were not read.",
        "从这一行起有引号没有闭合，或单元格过长；此后的内容没有读取。"
    );

    public static readonly Phrase SecondTable = new(
        "A second table begins here; only the first one was read.",
        "从这一行开始是第二张表，只读取了第一张。"
    );

    public static readonly Phrase NoDay = new(
        "No column has the date and the file name does not name one day; expected a column such as 日期 or date, or a name such as report_20261105.csv.",
        "没有日期列，文件名里也没有唯一的日期；需要“日期”或 date 列，或形如 report_20261105.csv 的文件名。"
    );

    public static readonly Phrase ADay = new(
        "a day such as 2026-11-05, 20261105 or 2026/11/5",
        "日期，例如 2026-11-05、20261105 或 2026/11/5"
    );
    public static readonly Phrase AChannel = new("the name of a channel", "渠道名称");
    public static readonly Phrase ANumber = new("a number such as 1,234 or 3.2万", "数字，例如 1,234 或 3.2万");
    public static readonly Phrase AWholeNumber = new("a whole number", "整数");
    public static readonly Phrase NotNegative = new("a number that is not negative", "不小于零的数字");

    public static Phrase AnAmount(string currency) =>
        new($"an amount in {currency} such as 1,234.56", $"以 {currency} 计的金额，例如 1,234.56");

    public static Phrase ACurrency(string currency) => new($"{currency}, the campaign's currency", $"活动的币种 {currency}");

    public static Phrase Expected(string found, string header, Phrase expected)
    {
        var shown = found.Length > 60 ? found[..60] + "…" : found;
        return found.Length == 0
            ? new($"Column “{header}” is empty; expected {expected.En}.", $"“{header}”列为空，应为{expected.Zh}。")
            : new($"Found “{shown}” in column “{header}”; expected {expected.En}.", $"“{header}”列的内容是“{shown}”，应为{expected.Zh}。");
    }

    public static Phrase TooLarge(int bytes)
    {
        var mb = (bytes / 1024m / 1024m).ToString("0.#", CultureInfo.InvariantCulture);
        return new($"The file is larger than {mb} MB; export fewer days at a time.", $"文件超过 {mb} MB，请减少天数分批导出。");
    }

    public static Phrase TooManyRows(int most) =>
        new(
            $"The file has more than {most.ToString("N0", CultureInfo.InvariantCulture)} rows; export fewer days or fewer levels at a time.",
            $"文件超过 {most.ToString("N0", CultureInfo.InvariantCulture)} 行，请减少天数或细分层级后再导出。"
        );

    public static Phrase TooManyCells(int found, int expected) =>
        new(
            $"The row has {found} cells, the header has {expected}: probably a thousands separator or a name with the delimiter in it stands without quotation marks.",
            $"本行有 {found} 个单元格，表头只有 {expected} 个：可能是千分位或名称里含有分隔符却没有加引号。"
        );

    public static Phrase Twice(string channel, DateOnly day, int line) =>
        new(
            $"{channel} has another row for {day:yyyy-MM-dd} with other numbers on line {line}, and no id or ad group tells them apart; the first one counts.",
            $"{channel} 在 {day:yyyy-MM-dd} 已有一行（第 {line} 行），数字不同，又没有 ID 或广告组可以区分；以第一行为准。"
        );

    public static Phrase Period(DateOnly from, DateOnly to) =>
        new(
            $"The row covers {from:yyyy-MM-dd} to {to:yyyy-MM-dd}; expected one day. Export the report with a breakdown by day.",
            $"这一行覆盖 {from:yyyy-MM-dd} 至 {to:yyyy-MM-dd}，应为一天。请按天细分后重新导出。"
        );

    public static Phrase DayFromName(DateOnly day) =>
        new(
            $"There is no date column; the day {day:yyyy-MM-dd} comes from the file name.",
            $"没有日期列，采用文件名里的日期 {day:yyyy-MM-dd}。"
        );

    public static Phrase OtherCurrency(string header, string found, string expected) =>
        new(
            $"Column “{header}” is in {found}; expected {expected}, the campaign's currency. Amounts are not converted.",
            $"“{header}”列的币种是 {found}，活动的币种是 {expected}；系统不做汇率换算。"
        );

    public static Phrase AmbiguousDates(string header, string example) =>
        new(
            $"Dates such as “{example}” in column “{header}” can be read month first or day first, and nothing in the file decides; say which order it is, or export the dates as 2026-11-05.",
            $"“{header}”列的日期（如“{example}”）既可读作“月/日”也可读作“日/月”，文件本身无法判断；请指定顺序，或改用 2026-11-05 这样的格式导出。"
        );

    public static Phrase NotRecognised(IReadOnlyList<string> found, bool channelKnown)
    {
        var cells = found.Where(c => c.Length > 0).Select(c => c.Length > 40 ? c[..40] + "…" : c).Take(20).ToList();
        var needed = new List<MetricField> { MetricField.Day, MetricField.Spend, MetricField.Clicks };
        if (!channelKnown)
            needed.InsertRange(1, [MetricField.Channel, MetricField.Plan]);
        string Words(MetricField field) => string.Join(", ", MetricColumns.Examples(field));
        return new(
            $"No row looks like the header of a daily report. Found: {(cells.Count == 0 ? "no columns" : string.Join(" | ", cells))}. "
                + "Expected at least three known columns, among them "
                + $"a date ({Words(MetricField.Day)}), {(channelKnown ? "" : $"a channel ({Words(MetricField.Channel)}) or plan ({Words(MetricField.Plan)}), ")}"
                + $"and spend ({Words(MetricField.Spend)}) or clicks ({Words(MetricField.Clicks)}).",
            $"没有找到日报的表头。文件中的列：{(cells.Count == 0 ? "没有列" : string.Join(" | ", cells))}。"
                + "至少需要三个可识别的列，其中包括"
                + $"日期（{Words(MetricField.Day)}）、{(channelKnown ? "" : $"渠道（{Words(MetricField.Channel)}）或推广计划（{Words(MetricField.Plan)}）、")}"
                + $"以及消耗（{Words(MetricField.Spend)}）或点击（{Words(MetricField.Clicks)}）。"
        );
    }
}
