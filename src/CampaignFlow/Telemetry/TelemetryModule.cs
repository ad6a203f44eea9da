using System.Diagnostics;
using CampaignFlow.Storage;
using Microsoft.AspNetCore.Http.Features;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Quartz.Diagnostics;

namespace CampaignFlow.Telemetry;

/// <summary>Collects what the product tells about its work and hands it on: <c>/telemetry</c> for Prometheus, OTLP where it is configured.</summary>
public static class TelemetryModule
{
    public static IServiceCollection AddTelemetry(this IServiceCollection services, TelemetryOptions options)
    {
        services.AddMetrics();
        services.AddSingleton(options);
        services.AddSingleton<PrometheusText>();
        services.AddSingleton<Stock>();
        services
            .AddHealthChecks()
            .AddCheck<SchemaCheck>("schema", tags: [Health.Ready])
            .AddCheck<RunnerCheck>("runner", tags: [Health.Ready]);
        var telemetry = new Builder(services)
            .ConfigureResource(resource => resource.AddService("campaignflow"))
            .WithMetrics(metrics =>
            {
                metrics
                    .AddMeter(
                        Instruments.Name,
                        Stock.Name,
                        QuartzInstrumentation.MeterName,
                        "Microsoft.AspNetCore.Hosting",
                        "System.Runtime"
                    )
                    .AddReader(provider => provider.GetRequiredService<PrometheusText>().Reader);
                if (options.Endpoint is not null)
                    metrics.AddOtlpExporter(otlp => Send(otlp, options, "v1/metrics"));
            });
        // Nobody could look a span up that is not sent anywhere, so none is made.
        if (options.Endpoint is not null)
        {
            telemetry.WithTracing(tracing =>
                tracing
                    .AddSource(Instruments.Name, "Microsoft.AspNetCore", "Npgsql", QuartzInstrumentation.ActivitySourceName)
                    .AddOtlpExporter(otlp => Send(otlp, options, "v1/traces"))
            );
            services.AddHostedService<StockTaking>();
        }
        // The first hosted service: providers have to listen before anything speaks.
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService, Listen>());
        return services;
    }

    /// <summary>
    /// Names a request's span by its route. Paths and queries stay out: a link in a mail carries its key there.
    /// </summary>
    public static void UseSpanNames(this IApplicationBuilder app) =>
        app.Use(
            async (http, next) =>
            {
                await next(http);
                if (http.Features.Get<IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true } span)
                    return;
                var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "-";
                span.DisplayName = $"{http.Request.Method} {route}";
                span.SetTag("http.request.method", http.Request.Method);
                span.SetTag("http.route", route);
                span.SetTag("http.response.status_code", http.Response.StatusCode);
                if (http.Response.StatusCode >= StatusCodes.Status500InternalServerError)
                    span.SetStatus(ActivityStatusCode.Error);
            }
        );

    private static void Send(OtlpExporterOptions otlp, TelemetryOptions options, string path)
    {
        otlp.Protocol = options.Http ? OtlpExportProtocol.HttpProtobuf : OtlpExportProtocol.Grpc;
        // Over HTTP the exporter posts to the address as it is given.
        otlp.Endpoint = options.Http ? new Uri(options.Endpoint!.ToString().TrimEnd('/') + "/" + path) : options.Endpoint!;
        otlp.Headers = options.Headers;
    }

    /// <summary>Stands in for the package OpenTelemetry.Extensions.Hosting.</summary>
    private sealed class Builder(IServiceCollection services) : IOpenTelemetryBuilder
    {
        public IServiceCollection Services => services;
    }

    private sealed class Listen(IServiceProvider services) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            services.GetRequiredService<Stock>();
            services.GetService<TracerProvider>();
            services.GetService<MeterProvider>();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
