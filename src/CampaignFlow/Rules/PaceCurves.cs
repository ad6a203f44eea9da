using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Metrics;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Rules;

/// <summary>The courses that people chose for their goals: how revenue came in over an earlier campaign.</summary>
public sealed class PaceCurves(CampaignFlowDb db, MetricQueries metrics)
{
    /// <summary>By campaign. One that chose none, or whose model is not over or has gaps, is not there.</summary>
    public async Task<IReadOnlyDictionary<Guid, PaceCurve>> OfAsync(
        IReadOnlyList<Campaign> campaigns,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var curves = new Dictionary<Guid, PaceCurve>();
        var codes = campaigns.Select(c => c.PaceLike).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        if (codes.Count == 0)
            return curves;
        var models = await db.Campaigns.AsNoTracking().Where(c => codes.Contains(c.Code)).ToListAsync(cancellationToken);
        models.RemoveAll(m => m.EndsOn >= m.Today(now));
        if (models.Count == 0)
            return curves;
        var days = await metrics.DaysOfAsync(
            models.ConvertAll(m => m.Id),
            now,
            models.Min(m => m.StartsOn),
            models.Max(m => m.EndsOn),
            cancellationToken
        );
        foreach (var campaign in campaigns)
            if (models.Find(m => m.Code == campaign.PaceLike) is { } model && days.TryGetValue(model.Id, out var known))
                if (Of(model, known, campaign.FlightDays) is { } curve)
                    curves[campaign.Id] = curve;
        return curves;
    }

    private static PaceCurve? Of(Campaign model, KnownDays known, int days)
    {
        var revenue = known.Channels.SelectMany(c => c.Days).ToLookup(d => d.Date, d => d.RevenueMinor);
        return PaceCurve.Like(
            new($"in {model.Name}", $"“{model.Name}”的实际走势"),
            // A channel that never reports revenue adds none; a day on which nobody does is not known.
            [
                .. Enumerable
                    .Range(0, model.FlightDays)
                    .Select(i => revenue[model.StartsOn.AddDays(i)].OfType<long>().ToList())
                    .Select(r => r.Count == 0 ? null : (long?)r.Sum()),
            ],
            days
        );
    }
}
