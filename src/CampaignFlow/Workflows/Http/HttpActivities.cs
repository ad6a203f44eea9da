using CampaignFlow.Storage;
using Microsoft.AspNetCore.DataProtection;

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
        // Without a server (a replay, a verb) nothing that is sealed outlives the process.
        services.AddSingleton(provider => new RequestSeal(
            provider.GetService<IDataProtectionProvider>() ?? new EphemeralDataProtectionProvider()
        ));
        services.AddSingleton(provider => new NamedSecrets(provider.GetService<IConfiguration>() ?? new ConfigurationBuilder().Build()));
        foreach (var type in SendHttpRequest.Types)
            services.AddScoped<IActivity>(provider => new SendHttpRequest(
                type,
                provider.GetRequiredService<CampaignFlowDb>(),
                provider.GetRequiredService<Outbound>(),
                provider.GetRequiredService<RequestSeal>()
            ));
        services.AddScoped<IFactHandler<RequestWanted>, AnswerRequest>();
        return services;
    }
}
