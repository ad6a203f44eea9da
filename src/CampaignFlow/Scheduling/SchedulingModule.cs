using CampaignFlow.Metrics;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Waiting;
using Quartz;

namespace CampaignFlow.Scheduling;

public static class SchedulingModule
{
    public static IServiceCollection AddScheduling(this IServiceCollection services) =>
        Check
            .All.Where(c => c.WakesRuns)
            .Aggregate(services, (all, check) => all.AddSingleton(new KnownEvent(check.Code, check.Name, check.NextAfter)))
            .AddScoped<DueChecks>()
            .AddScoped<JobQueries>()
            .AddScoped<RetentionQueries>()
            .AddScoped<DeliverAgain>()
            .AddScoped<RuleHourJob>()
            .AddScoped<IFactHandler<RuleHourCame>, EvaluateHour>()
            .AddScoped<IFactHandler<MetricsArrived>, EvaluateOnMetrics>()
            .AddScoped<IWaitReason, CheckWaits>();

    /// <summary>
    /// Quartz with a persistent store: clustered in the product's PostgreSQL, or in a SQLite file of its own, so that its polling
    /// never waits for the product's writer. Few triggers, short jobs; campaigns' own clocks decide what is due.
    /// </summary>
    public static IServiceCollection AddQuartzScheduling(this IServiceCollection services, StorageOptions storage)
    {
        services.AddQuartz(quartz =>
        {
            quartz.UsePersistentStore(store =>
            {
                store.ProvisionSchema();
                store.UseSystemTextJsonSerializer();
                if (storage.Kind == DatabaseKind.Postgres)
                {
                    store.UsePostgres(storage.ConnectionString);
                    store.UseClustering();
                }
                else
                {
                    store.UseSqlite(StorageOptions.SqliteFile(Path.Combine(storage.Folder, "schedule.db")));
                }
            });
            foreach (var check in Check.All)
            {
                var job = new JobKey(check.Code, "checks");
                quartz.AddJob<CheckJob>(j => j.WithIdentity(job).UsingJobData(CheckJob.Which, check.Code).StoreDurably());
                quartz.AddTrigger<CheckJob>(t => Every(t, job, "0 * * * * ?"));
            }
            var expiry = new JobKey("approval-expiry", "checks");
            quartz.AddJob<ExpiryJob>(j => j.WithIdentity(expiry).StoreDurably());
            quartz.AddTrigger<ExpiryJob>(t => Every(t, expiry, "30 * * * * ?"));
            quartz.AddJob<RuleHourJob>(j => j.WithIdentity(RuleHourJob.Key).StoreDurably());
            quartz.AddTrigger<RuleHourJob>(t => Every(t, RuleHourJob.Key, RuleHourJob.EachHour));
            quartz.AddJob<SweepJob>(j => j.WithIdentity(SweepJob.Key).StoreDurably());
            quartz.AddTrigger<SweepJob>(t => Every(t, SweepJob.Key, SweepJob.Nightly));
        });
        return services.AddQuartzHostedService(hosted => hosted.WaitForJobsToComplete = true);
    }

    /// <summary>A missed firing is made up for once: the job itself finds everything that is due.</summary>
    private static void Every<T>(ITriggerConfigurator<T> trigger, JobKey job, string cron)
        where T : IJob =>
        trigger
            .ForJob(job)
            .WithIdentity(job.Name, job.Group)
            .WithCronSchedule(cron, schedule => schedule.WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed));
}
