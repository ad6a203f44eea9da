using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CampaignFlow.Engine;

namespace CampaignFlow.Lifecycle;

/// <summary>A campaign's brief as it is typed; everything is text, so that nothing typed is lost when something is wrong.</summary>
public sealed partial class NewCampaignForm
{
    public string? Code { get; set; }
    public string? Name { get; set; }
    public string? Intent { get; set; }
    public string? Brand { get; set; }
    public string? Product { get; set; }
    public string? Currency { get; set; } = "CNY";
    public string? TimeZone { get; set; } = "Asia/Shanghai";
    public string? StartsOn { get; set; }
    public string? EndsOn { get; set; }

    /// <summary>Id of the workflow that leads the campaign; empty: the usual one.</summary>
    public string? Process { get; set; }
    public List<ChannelEntry> Channels { get; set; } = [];
    public List<GoalEntry> Goals { get; set; } = [];

    /// <summary>Set by the button that only adds empty rows.</summary>
    public string? More { get; set; }

    public sealed class ChannelEntry
    {
        public string? Code { get; set; }
        public string? Name { get; set; }
        public string? Kind { get; set; }
        public string? Daily { get; set; }
        public string? Floor { get; set; }
        public string? Ceiling { get; set; }
        public string? LagDays { get; set; }

        /// <summary>Money under contract, which is not shifted.</summary>
        public bool Contract { get; set; }

        public bool Empty => string.IsNullOrWhiteSpace(Code + Name + Daily + Floor + Ceiling);
    }

    public sealed class GoalEntry
    {
        public string? Metric { get; set; }
        public string? Baseline { get; set; }
        public string? Source { get; set; }
        public string? Target { get; set; }
        public string? Parent { get; set; }
        public bool Guardrail { get; set; }

        public bool Empty => string.IsNullOrWhiteSpace(Metric + Baseline + Target);
    }

    /// <summary>Metrics a goal may be set for; money metrics are typed in units.</summary>
    public static IReadOnlyList<(string Metric, Phrase Name, bool Money)> Metrics { get; } =
    [
        ("roas", new("ROAS", "ROAS"), false),
        ("cpa", new("CPA", "CPA"), true),
        ("revenue", new("Revenue", "成交额"), true),
        ("conversions", new("Orders", "订单数"), false),
        ("cvr", new("CVR (0–1)", "转化率（0–1）"), false),
    ];

    /// <returns>The brief, or what is wrong with it, field by field.</returns>
    public (NewCampaign? Brief, IReadOnlyList<Phrase> Wrong) Read()
    {
        var wrong = new List<Phrase>();
        var currency = Currency?.Trim().ToUpperInvariant() ?? "";
        var starts = Day(StartsOn, new("First day", "开始日期"), wrong);
        var ends = Day(EndsOn, new("Last day", "结束日期"), wrong);
        foreach (
            var (value, label) in new[]
            {
                (Code, new Phrase("Code", "编号")),
                (Name, new("Name", "名称")),
                (Brand, new("Brand", "品牌")),
                (Product, new("Product", "产品")),
            }
        )
        {
            if (string.IsNullOrWhiteSpace(value))
                wrong.Add(new($"{label.En} is missing.", $"请填写{label.Zh}。"));
        }
        var channels = Channels.Select((c, i) => (Entry: c, Number: i + 1)).Where(c => !c.Entry.Empty).ToList();
        var read = channels.ConvertAll(c => ChannelOf(c.Entry, c.Number, currency, wrong));
        var goals = Goals
            .Select((g, i) => (Entry: g, Number: i + 1))
            .Where(g => !g.Entry.Empty)
            .Select(g => GoalOf(g.Entry, g.Number, currency, wrong))
            .ToList();
        foreach (var twice in goals.OfType<NewGoal>().GroupBy(g => g.Metric).Where(g => g.Count() > 1))
            wrong.Add(new($"The goal {twice.Key} is set twice.", $"目标 {twice.Key} 重复。"));
        if (read.Count == 0)
            wrong.Add(new("At least one channel is needed.", "至少需要一个渠道。"));
        if (wrong.Count > 0)
            return (null, wrong);
        return (
            new(
                Code!.Trim(),
                Name!.Trim(),
                Intent?.Trim() ?? "",
                Brand!.Trim(),
                Product!.Trim(),
                currency,
                TimeZone?.Trim() ?? "",
                starts!.Value,
                ends!.Value,
                [.. read.OfType<NewChannel>()],
                [.. goals.OfType<NewGoal>()]
            )
            {
                Process = string.IsNullOrWhiteSpace(Process) ? StartCampaign.Lifecycle : Process.Trim(),
            },
            []
        );
    }

    private static NewChannel? ChannelOf(ChannelEntry entry, int number, string currency, List<Phrase> wrong)
    {
        var place = new Phrase($"Channel row {number}", $"渠道第 {number} 行");
        var before = wrong.Count;
        if (string.IsNullOrWhiteSpace(entry.Code))
            wrong.Add(new($"{place.En}: the code is missing.", $"{place.Zh}：请填写编号。"));
        var daily = Amount(entry.Daily, currency, At(place, "daily budget", "日预算"), wrong);
        var floor = Amount(entry.Floor is { Length: > 0 } f ? f : "0", currency, At(place, "floor", "下限"), wrong);
        var ceiling = Amount(entry.Ceiling is { Length: > 0 } c ? c : entry.Daily, currency, At(place, "ceiling", "上限"), wrong);
        var lag = 1;
        if (
            entry.LagDays is { Length: > 0 } typed
            && (!int.TryParse(Plain(typed), NumberStyles.None, CultureInfo.InvariantCulture, out lag) || lag > 60)
        )
            wrong.Add(
                new($"{place.En}: lag '{typed}' is not a number of days from 0 to 60.", $"{place.Zh}：延迟“{typed}”应为 0 到 60 天。")
            );
        if (wrong.Count > before)
            return null;
        var code = entry.Code!.Trim();
        var name = string.IsNullOrWhiteSpace(entry.Name) ? code : entry.Name;
        return new(code, name, entry.Kind?.Trim() ?? "", daily!.Value, floor!.Value, ceiling!.Value, !entry.Contract, lag);
    }

    private static NewGoal? GoalOf(GoalEntry entry, int number, string currency, List<Phrase> wrong)
    {
        var place = new Phrase($"Goal row {number}", $"目标第 {number} 行");
        var before = wrong.Count;
        var known = Metrics.FirstOrDefault(m => m.Metric == entry.Metric);
        if (known.Metric is null)
            wrong.Add(
                new(
                    $"{place.En}: choose one of {string.Join(", ", Metrics.Select(m => m.Metric))}.",
                    $"{place.Zh}：请选择指标（{string.Join("、", Metrics.Select(m => m.Metric))}）。"
                )
            );
        var target = Number(entry.Target, known.Money, currency, At(place, "target", "目标值"), wrong);
        double? baseline = string.IsNullOrWhiteSpace(entry.Baseline)
            ? null
            : Number(entry.Baseline, known.Money, currency, At(place, "baseline", "基线"), wrong);
        return wrong.Count > before
            ? null
            : new(known.Metric!, baseline, Text(entry.Source), target!.Value, Text(entry.Parent), entry.Guardrail);
    }

    private static double? Number(string? typed, bool money, string currency, Phrase place, List<Phrase> wrong)
    {
        if (money)
            return Amount(typed, currency, place, wrong);
        if (double.TryParse(Plain(typed), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number > 0)
            return number;
        wrong.Add(
            new($"{place.En}: '{typed}' is not a number above zero, such as 2.4.", $"{place.Zh}：“{typed}”不是大于零的数字，例如 2.4。")
        );
        return null;
    }

    /// <summary>Money typed in units, such as 12,000.50 or 1.2万; commas only where they part thousands.</summary>
    /// <returns>Minor units; null when it cannot be read, with the reason in <paramref name="wrong"/>.</returns>
    private static long? Amount(string? typed, string currency, Phrase place, List<Phrase> wrong)
    {
        var match = AmountShape().Match(Plain(typed));
        if (
            !match.Success
            || !decimal.TryParse(
                match.Groups["number"].Value.Replace(",", "", StringComparison.Ordinal),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var units
            )
            || units > 1_000_000_000_000m
        )
        {
            wrong.Add(
                string.IsNullOrWhiteSpace(typed)
                    ? new($"{place.En} is missing.", $"请填写{place.Zh}。")
                    : new(
                        $"{place.En}: '{typed}' is not an amount such as 12000 or 12,000.50.",
                        $"{place.Zh}：“{typed}”不是金额，例如 12000 或 12,000.50。"
                    )
            );
            return null;
        }
        var minor = units * (match.Groups["wan"].Success ? 10_000 : 1) * Money.MinorPerUnit(currency);
        if (minor == decimal.Truncate(minor))
            return (long)minor;
        wrong.Add(
            new(
                $"{place.En}: '{typed}' has more decimals than {currency} has ({Money.Digits(currency)}).",
                $"{place.Zh}：“{typed}”的小数位多于 {currency} 的 {Money.Digits(currency)} 位。"
            )
        );
        return null;
    }

    private static DateOnly? Day(string? typed, Phrase place, List<Phrase> wrong)
    {
        if (DateOnly.TryParseExact(Plain(typed), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return day;
        wrong.Add(new($"{place.En}: '{typed}' is not a date such as 2026-11-11.", $"{place.Zh}：“{typed}”不是日期，例如 2026-11-11。"));
        return null;
    }

    private static Phrase At(Phrase place, string en, string zh) => new($"{place.En}, {en}", $"{place.Zh} {zh}");

    private static string? Text(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : typed.Trim();

    /// <summary>Full-width digits and signs are what a Chinese keyboard types.</summary>
    private static string Plain(string? typed) => (typed ?? "").Normalize(NormalizationForm.FormKC).Trim();

    [GeneratedRegex(@"^[¥$€£]?\s*(?<number>(\d{1,3}(,\d{3})+|\d+)(\.\d+)?)\s*(?<wan>万)?$")]
    private static partial Regex AmountShape();
}
