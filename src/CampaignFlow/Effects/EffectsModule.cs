using CampaignFlow.Metrics;
using CampaignFlow.Storage;

namespace CampaignFlow.Effects;

/// <summary>What shifts were followed by.</summary>
public static class EffectsModule
{
    public static IServiceCollection AddEffects(this IServiceCollection services) =>
        services.AddScoped<MeasureEffects>().AddScoped<EffectQueries>().AddScoped<IFactHandler<MetricsArrived>, MeasureEffects>();
}
