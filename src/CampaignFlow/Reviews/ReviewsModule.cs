using CampaignFlow.Workflows;

namespace CampaignFlow.Reviews;

public static class ReviewsModule
{
    public static IServiceCollection AddReviews(this IServiceCollection services) =>
        services
            .AddScoped<CampaignStanding>()
            .AddScoped<ReportQueries>()
            .AddScoped<IActivity, RemindOfReview>()
            .AddScoped<IActivity, WriteReport>();
}
