using System.Globalization;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;

namespace CampaignFlow.Lifecycle;

/// <summary>A goal as it stands in the form: text, so that what was typed survives a refusal.</summary>
public sealed record GoalRow(string Metric, string Baseline, string Source, string Target, string Deadline, string Parent, bool Guardrail)
{
    public bool IsEmpty => Metric.Length == 0 && Target.Length == 0 && Baseline.Length == 0 && Parent.Length == 0;
}

/// <summary>Reads and writes the rows of the goal form. Money is typed in units, rates in percent.</summary>
public static class GoalForm
{
    private const int Most = SaveGoals.Most + 3;

    public static IReadOnlyList<GoalRow> Of(Campaign campaign, IEnumerable<Goal> goals) =>
        [
            .. goals.Select(g => new GoalRow(
                g.Metric,
                Write(campaign, g.Metric, g.Baseline),
                g.BaselineSource ?? "",
                Write(campaign, g.Metric, g.Target),
                g.Deadline.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                g.ParentObjective ?? "",
                g.Guardrail
            )),
        ];

    public static IReadOnlyList<GoalRow> Read(IFormCollection form) =>
        [
            .. Enumerable
                .Range(0, Most)
                .Where(i => form.ContainsKey($"goals[{i}].metric"))
                .Select(i => new GoalRow(
                    form[$"goals[{i}].metric"].ToString().Trim(),
                    form[$"goals[{i}].baseline"].ToString().Trim(),
                    form[$"goals[{i}].source"].ToString().Trim(),
                    form[$"goals[{i}].target"].ToString().Trim(),
                    form[$"goals[{i}].deadline"].ToString().Trim(),
                    form[$"goals[{i}].parent"].ToString().Trim(),
                    form[$"goals[{i}].guardrail"] == "true"
                )),
        ];

    /// <summary>The drafts of the rows that are not empty; what cannot be read is told with the row's number.</summary>
    public static IReadOnlyList<GoalDraft> Parse(Campaign campaign, IReadOnlyList<GoalRow> rows, List<Phrase> wrong)
    {
        var drafts = new List<GoalDraft>();
        foreach (var (row, number) in rows.Select((r, i) => (r, i + 1)).Where(r => !r.r.IsEmpty))
        {
            if (row.Metric.Length == 0)
                wrong.Add(new($"Row {number}: choose a metric.", $"第 {number} 行：请选择指标。"));
            DateOnly? deadline = DateOnly.TryParseExact(
                row.Deadline,
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var day
            )
                ? day
                : null;
            drafts.Add(
                new(
                    row.Metric,
                    Number(campaign, row.Metric, row.Baseline, number, wrong),
                    row.Source,
                    Number(campaign, row.Metric, row.Target, number, wrong),
                    deadline,
                    row.Parent,
                    row.Guardrail
                )
            );
        }
        return drafts;
    }

    private static double? Number(Campaign campaign, string metric, string text, int row, List<Phrase> wrong)
    {
        if (text.Length == 0)
            return null;
        var known = GoalMetric.Of(metric);
        if (known.IsMoney)
        {
            var minor = Amount.Read(text, campaign.Currency, out var no);
            if (no is { } why)
                wrong.Add(new($"Row {row}: {why.En}", $"第 {row} 行：{why.Zh}"));
            return no is null ? minor : null;
        }
        if (
            double.TryParse(
                text.TrimEnd('%', '％'),
                NumberStyles.Float | NumberStyles.AllowThousands,
                CultureInfo.InvariantCulture,
                out var value
            ) && double.IsFinite(value)
        )
            return known.IsShare ? value / 100 : value;
        wrong.Add(new($"Row {row}: '{text}' is not a number.", $"第 {row} 行：“{text}”不是数字。"));
        return null;
    }

    private static string Write(Campaign campaign, string metric, double? value) =>
        value is not { } v
            ? ""
            : GoalMetric.Of(metric) switch
            {
                { IsMoney: true } => campaign.Money((long)Math.Round(v)).Units.ToString("0.##", CultureInfo.InvariantCulture),
                { IsShare: true } => (v * 100).ToString("0.####", CultureInfo.InvariantCulture),
                _ => v.ToString("0.####", CultureInfo.InvariantCulture),
            };
}
