using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Waiting;

namespace CampaignFlow.Tasks;

public static class TasksModule
{
    public static IServiceCollection AddTasks(this IServiceCollection services) =>
        services
            .AddScoped<OpenApproval>()
            .AddScoped<DecideApproval>()
            .AddScoped<ExpireApprovals>()
            .AddScoped<CompleteTask>()
            .AddScoped<IWaitReason, TaskWaits>()
            .AddScoped<IWaitReason, ApprovalWaits>()
            .AddScoped<IActivity, HumanTask>()
            .AddScoped<IActivity, ApprovalActivity>();
}
