using CampaignFlow.Workflows;

namespace CampaignFlow.Tasks;

public static class TasksModule
{
    public static IServiceCollection AddTasks(this IServiceCollection services) =>
        services
            .AddScoped<OpenApproval>()
            .AddScoped<DecideApproval>()
            .AddScoped<ExpireApprovals>()
            .AddScoped<CompleteTask>()
            .AddScoped<IActivity, HumanTask>()
            .AddScoped<IActivity, ApprovalActivity>();
}
