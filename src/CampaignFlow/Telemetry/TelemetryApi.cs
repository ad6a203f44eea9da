using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace CampaignFlow.Telemetry;

/// <summary><c>/telemetry</c> for Prometheus; <c>/health/live</c> and <c>/health/ready</c> for whoever keeps the process running.</summary>
public static class TelemetryApi
{
    private const string PrometheusFormat = "text/plain; version=0.0.4; charset=utf-8";

    public static void MapTelemetry(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/telemetry", ReadAsync).AllowAnonymous();
        // Alive is who answers at all: a restart does not mend a database.
        routes.MapHealthChecks("/health/live", new() { Predicate = _ => false }).AllowAnonymous();
        routes.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = Health.WriteAsync }).AllowAnonymous();
    }

    private static async Task<IResult> ReadAsync(
        HttpContext http,
        TelemetryOptions options,
        Stock stock,
        PrometheusText text,
        CancellationToken cancellationToken
    )
    {
        if (!MayRead(http, options.Key))
            return Results.Text(
                options.Key is null
                    ? "Only this machine may read this; set Telemetry__Key to read it from elsewhere.\n"
                    : "This needs the header Authorization: Bearer KEY with the key in Telemetry__Key.\n",
                statusCode: options.Key is null ? StatusCodes.Status403Forbidden : StatusCodes.Status401Unauthorized
            );
        await stock.TakeAsync(cancellationToken);
        return Results.Text(text.Read(), PrometheusFormat);
    }

    /// <summary>A proxy on this machine makes everybody look near, so who was passed on is not.</summary>
    private static bool MayRead(HttpContext http, string? key) =>
        key is null
            ? http.Connection.RemoteIpAddress is { } from
                && IPAddress.IsLoopback(from)
                && !http.Request.Headers.ContainsKey("X-Forwarded-For")
                && !http.Request.Headers.ContainsKey("Forwarded")
            : http.Request.Headers.Authorization.ToString() is ['B', 'e', 'a', 'r', 'e', 'r', ' ', .. var given]
                && CryptographicOperations.FixedTimeEquals(
                    SHA256.HashData(Encoding.UTF8.GetBytes(given)),
                    SHA256.HashData(Encoding.UTF8.GetBytes(key))
                );
}
