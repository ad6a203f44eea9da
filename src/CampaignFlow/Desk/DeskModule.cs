namespace CampaignFlow.Desk;

/// <summary>What lies on a person's desk: the inbox, approvals, mails and the links in them that answer.</summary>
public static class DeskModule
{
    public static IServiceCollection AddDesk(this IServiceCollection services) =>
        services.AddScoped<InboxQueries>().AddScoped<ApprovalQueries>().AddScoped<LinkQueries>();

    public static IEndpointRouteBuilder MapDesk(this IEndpointRouteBuilder routes)
    {
        DeskApi.Map(routes);
        LinkApi.Map(routes);
        MailApi.Map(routes);
        return routes;
    }
}
