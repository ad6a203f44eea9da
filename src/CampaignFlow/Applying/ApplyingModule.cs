using CampaignFlow.Budgets;
using CampaignFlow.Metrics;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;

namespace CampaignFlow.Applying;

/// <summary>From the ledger to the platforms and back: instructions, how they are carried out, and whether they hold.</summary>
public static class ApplyingModule
{
    public static IServiceCollection AddApplying(this IServiceCollection services) =>
        services
            .AddSingleton(provider => PlatformOptions.From(provider.GetService<IConfiguration>() ?? new ConfigurationBuilder().Build()))
            .AddScoped<RaiseIssue>()
            .AddScoped<ConfirmBudgets>()
            .AddScoped<ConnectChannel>()
            .AddScoped<ChangeSandbox>()
            .AddScoped<IFactHandler<ShiftSettled>, WriteInstructions>()
            .AddScoped<IFactHandler<InstructionIssued>, SendInstruction>()
            .AddScoped<IFactHandler<TaskDone>, TickSheet>()
            .AddScoped<IFactHandler<MetricsArrived>, ConfirmBudgets>();
}
