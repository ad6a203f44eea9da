using CampaignFlow.Storage;
using CampaignFlow.Tasks;

namespace CampaignFlow.Budgets;

public static class BudgetsModule
{
    public static IServiceCollection AddBudgets(this IServiceCollection services) =>
        services
            .AddScoped<BudgetLedger>()
            .AddScoped<ApplyShift>()
            .AddScoped<ProposeShift>()
            .AddScoped<RequestShift>()
            .AddScoped<RollBackShift>()
            .AddScoped<HoldBudgets>()
            .AddScoped<SavePlan>()
            .AddScoped<IFactHandler<ApprovalDecided>, OpenLedger>()
            .AddScoped<IFactHandler<ApprovalDecided>, SettleShift>();
}
