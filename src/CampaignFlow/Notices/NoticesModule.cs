using CampaignFlow.Budgets;
using CampaignFlow.Engine.Workflows.Checks;
using CampaignFlow.Rules;
using CampaignFlow.Scheduling;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Workflows;

namespace CampaignFlow.Notices;

/// <summary>Which mail follows which fact.</summary>
public static class NoticesModule
{
    public static IServiceCollection AddNotices(this IServiceCollection services) =>
        services
            .AddScoped<IFactHandler<ApprovalOpened>, ApprovalNotice>()
            .AddScoped<IFactHandler<TaskOpened>, TaskNotice>()
            .AddScoped<IFactHandler<ShiftSettled>, ShiftNotice>()
            .AddScoped<IFactHandler<CheckDue>, DailyDigest>()
            .AddScoped<IFactHandler<RuleNotified>, RuleNotice>()
            .AddSingleton(new NameList(NameList.MailTemplate, [.. NoticeTemplate.All.Select(t => t.Code)]))
            .AddScoped<IActivity, NotifyRole>();
}
