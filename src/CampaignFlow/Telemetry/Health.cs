using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CampaignFlow.Telemetry;

/// <summary>What has to be in order before work may be sent here.</summary>
internal static class Health
{
    public const string Ready = "ready";

    /// <summary>Each check with its state and its sentence; an exception's text stays out, it may name a server.</summary>
    public static Task WriteAsync(HttpContext http, HealthReport report) =>
        http.Response.WriteAsJsonAsync(
            new
            {
                status = report.Status.ToString(),
                checks = report.Entries.ToDictionary(
                    e => e.Key,
                    e => new { status = e.Value.Status.ToString(), says = e.Value.Description },
                    StringComparer.Ordinal
                ),
            }
        );
}

/// <summary>The database has the schema of this program.</summary>
internal sealed class SchemaCheck(CampaignFlowDb db) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var missing = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).Count();
        return missing == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"{missing} changes of the schema are missing: restart the program on this database.");
    }
}

/// <summary>The workflow host goes its rounds.</summary>
internal sealed class RunnerCheck(WorkflowRunner runner, TimeProvider clock) : IHealthCheck
{
    /// <summary>It looks every two seconds, and after failures in a row every minute.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var silent = clock.GetUtcNow() - runner.LastLook;
        return Task.FromResult(
            silent < Patience
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"The runner has not looked for work for {(int)silent.TotalMinutes} minutes.")
        );
    }
}
