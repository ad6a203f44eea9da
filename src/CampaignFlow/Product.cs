using CampaignFlow.Books;
using CampaignFlow.Budgets;
using CampaignFlow.Desk;
using CampaignFlow.Lifecycle;
using CampaignFlow.Metrics;
using CampaignFlow.Notices;
using CampaignFlow.Notifications;
using CampaignFlow.Reviews;
using CampaignFlow.Rules;
using CampaignFlow.Scheduling;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Workflows;

namespace CampaignFlow;

/// <summary>All slices without web and background work: what the server, the command line and a replay have in common.</summary>
public static class Product
{
    public static IServiceCollection AddProduct(this IServiceCollection services, StorageOptions storage, TimeProvider clock) =>
        services
            .AddSingleton(clock)
            .AddStorage(storage)
            .AddCampaignMetrics()
            .AddWorkflows()
            .AddNotifications()
            .AddTasks()
            .AddBudgets()
            .AddRules()
            .AddLifecycle()
            .AddReviews()
            .AddScheduling()
            .AddNotices()
            .AddDesk()
            .AddBooks();
}
