using CampaignFlow.Storage;

namespace CampaignFlow.Workflows.Http;

internal static class HttpActivities
{
    /// <summary>Requests that workflows send.</summary>
    public static IServiceCollection AddHttpActivities(this IServiceCollection services)
    {
        services.AddSingleton(provider =>
            OutboundOptions.From(provider.GetService<IConfiguration>() ?? new ConfigurationBuilder().Build())
        );
        services.AddSingleton<Outbound>();
        foreach (var type in SendHttpRequest.Types)
            services.AddScoped<IActivity>(provider => new SendHttpRequest(
                type,
                provider.GetRequiredService<CampaignFlowDb>(),
                provider.GetRequiredService<Outbound>()
            ));
        services.AddScoped<IFactHandler<RequestWanted>, AnswerRequest>();
        return services;
    }
}
