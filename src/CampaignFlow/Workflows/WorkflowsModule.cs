using CampaignFlow.Storage;
using CampaignFlow.Workflows.Archive;
using CampaignFlow.Workflows.Hooks;
using CampaignFlow.Workflows.Http;
using CampaignFlow.Workflows.Incidents;
using CampaignFlow.Workflows.Versions;
using CampaignFlow.Workflows.Waiting;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace CampaignFlow.Workflows;

public static class WorkflowsModule
{
    /// <summary>
    /// Runs definitions. A slice adds its verbs with <c>AddScoped&lt;IActivity, …&gt;()</c>. The background work is apart, in
    /// <see cref="AddWorkflowHost"/>: a replay on a virtual clock drives <see cref="WorkflowRunner"/> itself.
    /// </summary>
    public static IServiceCollection AddWorkflows(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => WorkflowOptions.From(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<ActivityCatalogue>();
        services.AddSingleton<DefinitionCache>();
        services.AddSingleton<DefinitionChecks>();
        services.AddSingleton<WorkflowFiles>();
        services.AddSingleton<WorkflowRunner>();
        services.AddSingleton<Triggers>();
        services.AddScoped<WorkflowRuns>();
        services.AddScoped<RunSentences>();
        services.AddScoped<IWaitReason, ChildRuns>();
        services.AddScoped<JournalQueries>();
        services.TryAddSingleton(provider => RetentionPolicy.From(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<ArchiveFolder>();
        services.AddScoped<DueForArchive>();
        services.AddScoped<SweepArchive>();
        services.AddScoped<RunQueries>();
        services.AddScoped<WorkflowQueries>();
        services.AddScoped<DryRunQueries>();
        services.AddScoped<RetryRun>();
        services.AddScoped<SkipActivity>();
        services.AddScoped<MendActivity>();
        services.AddScoped<CancelRun>();
        services.AddScoped<IncidentQueries>();
        services.AddSingleton<DefinitionFiles>();
        services.AddScoped<WriteToFile>();
        services.AddScoped<SaveDraft>();
        services.AddScoped<PublishVersion>();
        services.AddScoped<RetractVersion>();
        services.AddScoped<RevertTo>();
        services.AddScoped<PreviewMigration>();
        services.AddScoped<MoveRun>();
        services.AddScoped<MigrateRuns>();
        services.AddScoped<RollBackMigration>();
        services.AddScoped<MigrationQueries>();
        services.AddHttpActivities();
        services.AddHooks();
        return services;
    }

    /// <summary>Keeps runs and facts moving in the background.</summary>
    public static IServiceCollection AddWorkflowHost(this IServiceCollection services)
    {
        services.AddSingleton<CarryOn>();
        services.AddScoped<TendRun>();
        services.AddSingleton<MigrationWork>();
        services.AddSingleton<WorkflowHost>();
        services.AddHostedService(provider => provider.GetRequiredService<WorkflowHost>());
        services.AddHostedService<EffectHost>();
        services.AddHostedService<NodeBell>();
        return services;
    }
}
