namespace CampaignFlow.Administration;

public static class AdministrationModule
{
    /// <summary>Pages of people and history; the people themselves are registered by <c>AddAccounts</c>.</summary>
    public static IServiceCollection AddAdministration(this IServiceCollection services) => services.AddScoped<AdministrationQueries>();
}
