using CampaignFlow.Budgets;
using CampaignFlow.Engine.Workflows.Checks;
using CampaignFlow.Metrics;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Waiting;

namespace CampaignFlow.Lifecycle;

public static class LifecycleModule
{
    public static IServiceCollection AddLifecycle(this IServiceCollection services) =>
        services
            .AddSingleton(new NameList(NameList.Stage, [.. Stage.All.Select(s => s.Code)]))
            .AddSingleton(new NameList(NameList.Artefact, [.. ArtefactKind.All.Select(k => k.Code)]))
            .AddScoped<SaveArtefact>()
            .AddScoped<SaveGoals>()
            .AddScoped<PlanPromotions>()
            .AddScoped<WorkOnTask>()
            .AddScoped<TaskQueries>()
            .AddScoped<GateFacts>()
            .AddScoped<OverrideGate>()
            .AddScoped<CampaignProcesses>()
            .AddScoped<CampaignErrands>()
            .AddScoped<StartCampaign>()
            .AddScoped<StageQueries>()
            .AddScoped<IWaitReason, GateWaits>()
            .AddScoped<IActivity, EnterStageActivity>()
            .AddScoped<IActivity, GateActivity>()
            .AddScoped<IFactHandler<ArtefactSaved>, AskAgain>()
            .AddScoped<IFactHandler<ApprovalDecided>, AskAgain>()
            .AddScoped<IFactHandler<ArtefactSaved>, WakeGates>()
            .AddScoped<IFactHandler<TaskDone>, WakeGates>()
            .AddScoped<IFactHandler<ApprovalDecided>, WakeGates>()
            .AddScoped<IFactHandler<MetricsArrived>, WakeGates>()
            .AddScoped<IFactHandler<ShiftSettled>, WakeGates>();

    public static IEndpointRouteBuilder MapLifecycle(this IEndpointRouteBuilder routes)
    {
        TaskParts.Map(routes);
        LifecycleApi.Map(routes);
        return routes;
    }
}
