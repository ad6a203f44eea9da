using CampaignFlow.Campaigns;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CampaignFlow.Metrics;

public static class MetricsModule
{
    /// <summary>
    /// Imports and queries (the plain name belongs to the framework's diagnostics). A house's own column words come from <c>Metrics:Columns:FIELD</c> in the configuration, e.g.
    /// <c>Metrics:Columns:Spend:0 = 投放成本</c>.
    /// </summary>
    public static IServiceCollection AddCampaignMetrics(this IServiceCollection services)
    {
        services.AddSingleton(provider => Columns(provider.GetService<IConfiguration>()));
        services.AddScoped<ImportMetrics>();
        services.AddScoped<MetricQueries>();
        services.AddScoped<MetricExplorer>();
        services.AddSingleton<UploadShelf>();
        services.TryAddScoped<CampaignList>();
        return services;
    }

    private static MetricColumns Columns(IConfiguration? configuration)
    {
        var columns = MetricColumns.Default;
        foreach (var field in Enum.GetValues<MetricField>())
        {
            var own = configuration?.GetSection($"Metrics:Columns:{field}").GetChildren().Select(c => c.Value).OfType<string>().ToList();
            if (own is { Count: > 0 })
                columns = columns.With(field, own);
        }
        return columns;
    }
}
