namespace CampaignFlow.Books;

/// <summary>The books of a campaign as people read and move them: the budget page, its downloads, requests and roll-backs.</summary>
public static class BooksModule
{
    public static IServiceCollection AddBooks(this IServiceCollection services) => services.AddScoped<BudgetQueries>();

    public static IEndpointRouteBuilder MapBooks(this IEndpointRouteBuilder routes)
    {
        BooksApi.Map(routes);
        SheetApi.Map(routes);
        return routes;
    }
}
