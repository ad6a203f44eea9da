using CampaignFlow.Budgets;
using CampaignFlow.Budgets.Guards;
using CampaignFlow.Metrics;
using CampaignFlow.Rules.Lab;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Waiting;

namespace CampaignFlow.Rules;

public static class RulesModule
{
    public static IServiceCollection AddRules(this IServiceCollection services) =>
        services
            .AddSingleton<RuleFiles>()
            .AddSingleton<IRulesInForce>(services => services.GetRequiredService<RuleFiles>())
            .AddScoped<CampaignSnapshot>()
            .AddScoped<PaceCurves>()
            .AddScoped<EvaluateCampaign>()
            .AddScoped<EvaluatePortfolios>()
            .AddScoped<CarryOut>()
            .AddScoped<GiveWork>()
            .AddScoped<DecisionLines>()
            .AddScoped<DecisionQueries>()
            .AddScoped<RuleQueries>()
            .AddScoped<TryRule>()
            .AddSingleton<RuleFolder>()
            .AddScoped<LabQueries>()
            .AddScoped<SaveRuleDraft>()
            .AddScoped<HistoryOfCampaign>()
            .AddScoped<ProveRule>()
            .AddScoped<PublishRule>()
            .AddScoped<RerunDecision>()
            .AddScoped<IFactHandler<ShiftSettled>, SettleDecision>()
            .AddScoped<IFactHandler<ApprovalDecided>, SettleDecision>()
            .AddScoped<IFactHandler<MetricsArrived>, WakeMetricWaits>()
            .AddScoped<IWaitReason, MetricWaits>()
            .AddScoped<IActivity, WaitForMetric>()
            .AddScoped<IActivity, EvaluateRulesActivity>();
}
