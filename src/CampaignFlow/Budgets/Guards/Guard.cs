using System.Globalization;
using System.Text.RegularExpressions;
using CampaignFlow.Engine;

namespace CampaignFlow.Budgets.Guards;

/// <summary>A guard's value: a plain number, or for the mode how far a rule may go.</summary>
/// <param name="Number">A share as 0.2, days, a count; with a mode the amount above which people are asked, in currency units.</param>
public readonly record struct GuardValue(double Number, string? Mode = null);

/// <summary>A guard that people may set beside the rule files, and which of two values is the stricter.</summary>
public sealed partial record Guard(
    string Key,
    Phrase Name,
    Phrase Meaning,
    GuardUnit Unit,
    bool HigherIsStricter,
    double Least,
    double Most
)
{
    public const string Mode = "mode";
    public const string Sample = "sample";
    public const string Certainty = "certainty";
    public const string Maturity = "maturity";
    public const string Cooldown = "cooldown";
    public const string Step = "step";
    public const string DailyTotal = "daily total";
    public const string Changes = "changes";
    public const string Floor = "floor";
    public const string Ceiling = "ceiling";
    public const string Learning = "learning";

    private static readonly string[] Modes = ["observe", "ask", "ask above", "auto"];

    public static IReadOnlyList<Guard> All { get; } =
    [
        new(
            Mode,
            new("Mode", "执行模式"),
            new(
                "How far rules may go: observe, ask, ask above 500, auto. A campaign or rule can only be held shorter than its file says.",
                "规则的自主程度：observe（仅观察）、ask（请示）、ask above 500（超过则请示）、auto（自动）。只能比规则文件更严。"
            ),
            GuardUnit.Mode,
            false,
            0,
            0
        ),
        new(
            Sample,
            new("Minimum sample", "最小样本"),
            new("Conversions that each channel of a shift must have in the rule's window.", "参与调整的渠道在规则窗口内须有的转化数。"),
            GuardUnit.Count,
            true,
            0,
            1_000_000
        ),
        new(
            Certainty,
            new("Certainty", "把握度"),
            new("Least probability that the difference is real.", "差异真实存在的最低概率。"),
            GuardUnit.Share,
            true,
            0.5,
            0.999
        ),
        new(
            Maturity,
            new("Data maturity", "数据成熟"),
            new("Newest days that no window looks at: late conversions are still coming.", "窗口忽略最近几天，等待滞后转化。"),
            GuardUnit.Days,
            true,
            0,
            30
        ),
        new(
            Cooldown,
            new("Cooldown", "冷却期"),
            new("Days between two changes of one channel.", "同一渠道两次调整的间隔天数。"),
            GuardUnit.Days,
            true,
            0,
            60
        ),
        new(
            Step,
            new("Largest single change", "单次调整上限"),
            new("Part of either channel's daily budget that one shift may move.", "单次调整占任一渠道日预算的最大比例。"),
            GuardUnit.Share,
            false,
            0.001,
            1
        ),
        new(
            DailyTotal,
            new("Daily total", "每日总调整上限"),
            new("Part of the campaign's daily total that all shifts of a day may move.", "一天内全部调整占活动日总预算的最大比例。"),
            GuardUnit.Share,
            false,
            0.001,
            1
        ),
        new(
            Changes,
            new("Changes in 7 days", "7 天变更次数"),
            new("Shifts that a campaign may see in seven days.", "活动在 7 天内允许的调整次数。"),
            GuardUnit.Count,
            false,
            0,
            1000
        ),
        new(
            Floor,
            new("Floor", "下限"),
            new(
                "Part of its planned budget that every channel keeps, beside its own floor.",
                "各渠道至少保留计划预算的比例（另有渠道自身下限）。"
            ),
            GuardUnit.Share,
            true,
            0,
            1
        ),
        new(
            Ceiling,
            new("Ceiling", "上限"),
            new(
                "Times its planned budget that a channel may reach, beside its own ceiling.",
                "各渠道最多为计划预算的倍数（另有渠道自身上限）。"
            ),
            GuardUnit.Share,
            false,
            1,
            10
        ),
        new(
            Learning,
            new("Learning phase", "学习期"),
            new("Days of numbers that a channel needs before rules touch it.", "渠道须有多少天数据后规则才可调整。"),
            GuardUnit.Days,
            true,
            0,
            60
        ),
    ]; // csharpier-ignore

    public static Guard? Of(string key) => All.FirstOrDefault(g => g.Key == key);

    /// <summary>Reads what a person typed: <c>20%</c>, <c>0.2</c>, <c>3</c>, <c>3d</c>, <c>ask above 500</c>.</summary>
    /// <returns>Null when it cannot be; <paramref name="wrong"/> says why.</returns>
    public GuardValue? Read(string? text, out Phrase? wrong)
    {
        var words = (text ?? "").Normalize(System.Text.NormalizationForm.FormKC).Trim().ToLowerInvariant();
        wrong = null;
        var read = Unit == GuardUnit.Mode ? ReadMode(words) : ReadNumber(words);
        if (read is null)
            wrong = new($"{Name.En}: '{text}' does not read as {Form.En}.", $"{Name.Zh}：“{text}”应写为{Form.Zh}。");
        else if (Unit != GuardUnit.Mode && (read.Value.Number < Least || read.Value.Number > Most))
        {
            wrong = new(
                $"{Name.En}: {Say(read.Value)} lies outside {Say(new(Least))} to {Say(new(Most))}.",
                $"{Name.Zh}：{Say(read.Value)} 超出范围 {Say(new(Least))} 至 {Say(new(Most))}。"
            );
            return null;
        }
        return read;
    }

    /// <summary>As it is stored and shown.</summary>
    public string Say(GuardValue value) =>
        Unit switch
        {
            GuardUnit.Mode => value.Mode == "ask above" ? $"ask above {Text(value.Number)}" : value.Mode!,
            GuardUnit.Share => Text(Math.Round(value.Number * 100, 4)) + "%",
            GuardUnit.Days => Text(value.Number) + "d",
            _ => Text(value.Number),
        };

    /// <summary>True when <paramref name="a"/> forbids more than <paramref name="b"/>.</summary>
    public bool IsStricter(GuardValue a, GuardValue b) =>
        Unit == GuardUnit.Mode ? Rank(a) < Rank(b) || (Rank(a) == Rank(b) && a.Mode == "ask above" && a.Number < b.Number)
        : HigherIsStricter ? a.Number > b.Number
        : a.Number < b.Number;

    private Phrase Form =>
        Unit switch
        {
            GuardUnit.Mode => new("observe, ask, ask above 500 or auto", " observe、ask、ask above 500 或 auto"),
            GuardUnit.Share => new("a percentage such as 20%", "百分比，例如 20%"),
            GuardUnit.Days => new("whole days such as 3", "整数天，例如 3"),
            _ => new("a whole number such as 30", "整数，例如 30"),
        };

    private static int Rank(GuardValue value) => Array.IndexOf(Modes, value.Mode);

    private static GuardValue? ReadMode(string words) =>
        words is "observe" or "ask" or "auto" ? new(0, words)
        : AskAbove().Match(words) is { Success: true } match
        && double.TryParse(match.Groups[1].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var limit)
            ? new(limit, "ask above")
        : null;

    private GuardValue? ReadNumber(string words)
    {
        var percent = words.EndsWith('%');
        var plain = words.TrimEnd('%', 'd', '天').Trim();
        if (
            (percent && Unit != GuardUnit.Share)
            || !double.TryParse(plain, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || (Unit != GuardUnit.Share && number != Math.Truncate(number))
        )
            return null;
        // "20" for a share is a slip for 20%, never twenty times; a ceiling of "2" would be as unclear, so it wants its sign as well.
        return Unit == GuardUnit.Share && !percent && number > 1 ? null : new(percent ? number / 100 : number);
    }

    private static string Text(double number) => number.ToString("0.####", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^ask above (\d{1,12}(?:\.\d{1,4})?)$")]
    private static partial Regex AskAbove();
}

public enum GuardUnit
{
    Count,
    Days,
    Share,
    Mode,
}
