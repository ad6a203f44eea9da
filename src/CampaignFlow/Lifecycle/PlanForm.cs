using System.Globalization;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;

namespace CampaignFlow.Lifecycle;

/// <summary>A channel's plan as it stands in the form: text, in units.</summary>
public sealed record PlanRow(string Code, string Name, string Floor, string Planned, string Ceiling);

public static class PlanForm
{
    public static IReadOnlyList<PlanRow> Of(Campaign campaign, IEnumerable<CampaignChannel> channels) =>
        [
            .. channels.Select(c => new PlanRow(
                c.Code,
                c.Name,
                Write(campaign, c.FloorMinor),
                Write(campaign, c.PlannedMinor),
                Write(campaign, c.CeilingMinor)
            )),
        ];

    public static IReadOnlyList<PlanRow> Read(IFormCollection form, IReadOnlyList<CampaignChannel> channels) =>
        [
            .. channels.Select(
                (c, i) =>
                    new PlanRow(
                        c.Code,
                        c.Name,
                        form[$"plan[{i}].floor"].ToString(),
                        form[$"plan[{i}].planned"].ToString(),
                        form[$"plan[{i}].ceiling"].ToString()
                    )
            ),
        ];

    public static IReadOnlyList<PlannedChannel> Parse(Campaign campaign, IReadOnlyList<PlanRow> rows, List<Phrase> wrong)
    {
        long Minor(PlanRow row, string text)
        {
            var minor = Amount.Read(text, campaign.Currency, out var no);
            if (no is { } why)
                wrong.Add(new($"{row.Name}: {why.En}", $"{row.Name}：{why.Zh}"));
            return minor;
        }
        return [.. rows.Select(r => new PlannedChannel(r.Code, Minor(r, r.Floor), Minor(r, r.Planned), Minor(r, r.Ceiling)))];
    }

    /// <summary>Of what can be read, minor units a day.</summary>
    public static long Total(Campaign campaign, IReadOnlyList<PlanRow> rows) =>
        rows.Sum(r => Amount.Read(r.Planned, campaign.Currency, out var wrong) is var minor && wrong is null ? minor : 0);

    private static string Write(Campaign campaign, long minor) =>
        campaign.Money(minor).Units.ToString("0.##", CultureInfo.InvariantCulture);
}
