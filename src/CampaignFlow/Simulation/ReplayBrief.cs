using CampaignFlow.Engine;
using CampaignFlow.Lifecycle;
using CampaignFlow.Metrics;

namespace CampaignFlow.Simulation;

/// <summary>Makes a campaign out of a metrics file: channels start at their mean daily spend, goals are the file's own averages.</summary>
public static class ReplayBrief
{
    /// <summary>A channel keeps at least half and gets at most twice its planned daily budget.</summary>
    public const decimal FloorShare = 0.5m;

    public const decimal CeilingShare = 2m;

    public static NewCampaign Of(string name, string currency, IReadOnlyList<MetricRow> rows)
    {
        var days = rows.Select(r => r.Numbers.Date).Distinct().Order().ToList();
        var channels = rows.GroupBy(r => r.Channel, StringComparer.OrdinalIgnoreCase).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
        var spend = channels.ConvertAll(c => c.Sum(r => r.Numbers.SpendMinor ?? 0));
        var total = (long)Math.Round((decimal)spend.Sum() / days.Count, MidpointRounding.AwayFromZero);
        var daily = total == 0 ? [.. spend.Select(_ => 0L)] : Money.Split(total, [.. spend.Select(s => (decimal)s)]);
        return new(
            CodeOf(name),
            name,
            "promotion",
            name,
            name,
            currency,
            "UTC",
            days[0],
            days[^1],
            [.. channels.Select((c, i) => ChannelOf(c.Key, c.First().Kind ?? "", daily[i]))],
            Goals(MetricTotals.Of(rows.Select(r => r.Numbers)))
        );
    }

    private static NewChannel ChannelOf(string code, string kind, long daily) =>
        new(code, code, kind, daily, (long)decimal.Floor(daily * FloorShare), (long)decimal.Ceiling(daily * CeilingShare));

    private static List<NewGoal> Goals(MetricTotals all)
    {
        const string source = "Averages of the replayed file";
        var goals = new List<NewGoal>();
        if (all.Roas is { } roas)
            goals.Add(new("roas", roas, source, roas, "Replay", Guardrail: false));
        if (all.CpaMinor is { } cpa)
            goals.Add(new("cpa", cpa, source, cpa, "Replay", Guardrail: true));
        return goals;
    }

    private static string CodeOf(string name)
    {
        var code = new string([.. name.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]).Trim('-');
        return code.Length == 0 ? "replay" : code[..Math.Min(60, code.Length)];
    }
}
