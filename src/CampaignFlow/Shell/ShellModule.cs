using System.IO.Compression;
using CampaignFlow.Accounts;
using CampaignFlow.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace CampaignFlow.Shell;

/// <summary>The frame around all pages: languages, looks, live feed, safety of requests. <c>AddShell</c>, <c>UseShell</c>, <c>MapShell</c>.</summary>
public static class ShellModule
{
    /// <summary>Exports of a year are a few megabytes.</summary>
    public const long LargestRequest = 32 * 1024 * 1024;

    public static IServiceCollection AddShell(this IServiceCollection services, Action<Navigation>? navigate = null)
    {
        var navigation = new Navigation();
        navigate?.Invoke(navigation);
        services.AddSingleton(navigation);
        services.AddSingleton<LiveFeed>();
        services.AddScoped<Words>();
        services.AddHttpContextAccessor();
        services.AddRazorComponents();
        services.AddProblemDetails();
        services.AddAntiforgery(options =>
        {
            options.HeaderName = ForgeryCheck.Header;
            options.Cookie.Name = "antiforgery";
            options.SuppressXFrameOptionsHeader = true;
        });
        services.AddDataProtection().SetApplicationName("CampaignFlow");
        services
            .AddOptions<KeyManagementOptions>()
            .Configure<StorageOptions, ILoggerFactory>(
                (keys, storage, loggers) =>
                    keys.XmlRepository = new FileSystemXmlRepository(
                        Directory.CreateDirectory(Path.Combine(storage.Folder, "keys")),
                        loggers
                    )
            );
        services.AddHealthChecks().AddCheck<DatabaseCheck>("database");
        services.AddResponseCompression(options =>
        {
            // Tokens are masked anew in every answer, so compressing pages over TLS does not leak them.
            options.EnableForHttps = true;
            options.Providers.Add<BrotliCompressionProvider>();
            options.Providers.Add<GzipCompressionProvider>();
        });
        services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        services.Configure<KestrelServerOptions>(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = LargestRequest;
            options.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
        });
        services.Configure<FormOptions>(options =>
        {
            options.MultipartBodyLengthLimit = LargestRequest;
            options.ValueCountLimit = 512;
        });
        return services;
    }

    /// <summary>Once, before the endpoints are mapped.</summary>
    public static WebApplication UseShell(this WebApplication app)
    {
        app.UseSecurityHeaders();
        app.UseResponseCompression();
        app.UseWhen(
            http => !IsForMachines(http),
            pages =>
            {
                pages.UseExceptionHandler("/error/500", createScopeForErrors: true);
                pages.UseStatusCodePagesWithReExecute("/error/{0}", createScopeForStatusCodePages: true);
                pages.Use(
                    (http, next) =>
                    {
                        // The error page of a form that failed is read, not posted to.
                        if (
                            http.Features.Get<IStatusCodeReExecuteFeature>() is not null
                            || http.Features.Get<IExceptionHandlerFeature>() is not null
                        )
                            http.Request.Method = HttpMethods.Get;
                        return next(http);
                    }
                );
            }
        );
        app.UseWhen(IsForMachines, api => api.UseExceptionHandler().UseStatusCodePages());
        app.UseRouting();
        app.Use(MeantQuery.DropTheRestAsync);
        app.UseAuthentication();
        app.UseLanguageChoice();
        app.UseAuthorization();
        app.UseForgeryCheck();
        return app;
    }

    public static IEndpointRouteBuilder MapShell(this WebApplication app)
    {
        var feed = app.Services.GetRequiredService<LiveFeed>();
        app.Services.GetRequiredService<OutboxDispatcher>().Delivered += (_, _) => feed.Changed();
        app.MapStaticAssets().AllowAnonymous().WithMetadata(OpenFile.Mark);
        app.MapHealthChecks("/health").AllowAnonymous();
        app.MapLanguageChoice();
        app.MapGet("/events", Events);
        app.MapRazorComponents<App>()
            .AddAdditionalAssemblies([.. app.Services.GetRequiredService<Navigation>().PagesFrom])
            .WithStaticAssets();
        return app;
    }

    /// <summary>Who calls these reads no pages.</summary>
    private static bool IsForMachines(HttpContext http) =>
        http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase)
        || http.Request.Path.StartsWithSegments("/elsa", StringComparison.OrdinalIgnoreCase)
        || http.Request.Path.StartsWithSegments("/hooks", StringComparison.OrdinalIgnoreCase);

    private static IResult Events(LiveFeed feed, IHostApplicationLifetime lifetime, HttpContext http)
    {
        var until = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, lifetime.ApplicationStopping);
        http.Response.RegisterForDispose(until);
        return TypedResults.ServerSentEvents(feed.ListenAsync(until.Token));
    }

    private sealed class DatabaseCheck(CampaignFlowDb db) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            await db.Database.CanConnectAsync(cancellationToken)
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy("The database does not answer.");
    }
}
