namespace CampaignFlow.Board;

/// <summary>Board and campaign page: what stands above all other slices.</summary>
public static class BoardModule
{
    public static IServiceCollection AddBoard(this IServiceCollection services) =>
        services.AddScoped<BoardQueries>().AddScoped<CampaignQueries>();
}
