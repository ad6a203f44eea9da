using CampaignFlow.Studio;

namespace CampaignFlow;

/// <summary>
/// Two OpenAPI documents for those who are signed in: <c>/openapi/campaignflow.json</c> is ours; <c>/openapi/studio.json</c> is the part of
/// Elsa's API that its designer calls, which follows Elsa and not us.
/// </summary>
internal static class ApiDocuments
{
    private const string Own = "campaignflow";

    public static IServiceCollection AddApiDocuments(this IServiceCollection services) =>
        services
            .AddOpenApi(
                Own,
                options =>
                    options.ShouldInclude = api =>
                        api.GroupName != StudioModule.Document && api.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true
            )
            .AddOpenApi(StudioModule.Document, options => options.ShouldInclude = api => api.GroupName == StudioModule.Document);
}
