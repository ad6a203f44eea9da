using CampaignFlow.Budgets.Guards;
using CampaignFlow.Metrics;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Waiting;

namespace CampaignFlow.Budgets;

public static class BudgetsModule
{
    public static IServiceCollection AddBudgets(this IServiceCollection services) =>
        services
            .AddScoped<BudgetLedger>()
            .AddScoped<GuardQueries>()
            .AddScoped<MachineLimits>()
            .AddScoped<MoneyRails>()
            .AddScoped<MoneyStateQueries>()
            .AddScoped<SetGuard>()
            .AddScoped<StopMoney>()
            .AddScoped<CloseBreaker>()
            .AddScoped<LockChannel>()
            .AddScoped<WatchData>()
            .AddScoped<IFactHandler<MetricsArrived>, WatchData>()
            .AddScoped<RollBackSince>()
            .AddScoped<ApplyShift>()
            .AddScoped<ProposeShift>()
            .AddScoped<RequestShift>()
            .AddScoped<RollBackShift>()
            .AddScoped<HoldBudgets>()
            .AddScoped<SavePlan>()
            .AddScoped<IFactHandler<ApprovalDecided>, OpenLedger>()
            .AddScoped<IFactHandler<ApprovalDecided>, SettleShift>()
            .AddScoped<IActivity, ShiftBudget>()
            .AddScoped<IWaitReason, ShiftWaits>()
            .AddScoped<IFactHandler<ShiftSettled>, WakeShiftWaits>();
}
