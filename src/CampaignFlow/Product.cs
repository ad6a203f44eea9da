using CampaignFlow.Administration;
using CampaignFlow.Applying;
using CampaignFlow.Board;
using CampaignFlow.Books;
using CampaignFlow.Budgets;
using CampaignFlow.Desk;
using CampaignFlow.Effects;
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
        services.AddSingleton(clock).AddStorage(storage).AddSlices();

    /// <summary>What stands on the storage and the clock.</summary>
    public static IServiceCollection AddSlices(this IServiceCollection services) =>
        services
            .AddCampaignMetrics()
            .AddWorkflows()
            .AddNotifications()
            .AddTasks()
            .AddBudgets()
            .AddApplying()
            .AddEffects()
            .AddRules()
            .AddLifecycle()
            .AddReviews()
            .AddScheduling()
            .AddNotices()
            .AddBoard()
            .AddDesk()
            .AddBooks()
            .AddAdministration();

    /// <summary>Warnings on stderr, for the verbs; the database's stack traces stay out, its errors are thrown and told in a sentence.</summary>
    public static IServiceCollection AddQuietLogging(this IServiceCollection services) =>
        services.AddLogging(logging =>
            logging
                .SetMinimumLevel(LogLevel.Warning)
                .AddFilter("Microsoft.EntityFrameworkCore", LogLevel.None)
                .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
        );
}
