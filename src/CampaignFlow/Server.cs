using System.Net.Sockets;
using CampaignFlow.Accounts;
using CampaignFlow.Administration;
using CampaignFlow.Books;
using CampaignFlow.Budgets;
using CampaignFlow.Budgets.Guards;
using CampaignFlow.Desk;
using CampaignFlow.Lifecycle;
using CampaignFlow.Metrics;
using CampaignFlow.Rules.Lab;
using CampaignFlow.Scheduling;
using CampaignFlow.Shell;
using CampaignFlow.Simulation;
using CampaignFlow.Storage;
using CampaignFlow.Studio;
using CampaignFlow.Telemetry;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Hooks;
using CampaignFlow.Workflows.Incidents;
using CampaignFlow.Workflows.Versions;
using Microsoft.AspNetCore.Connections;

namespace CampaignFlow;

/// <summary>The web server: pages, background work, scheduled checks.</summary>
public static class Server
{
    /// <returns>0 after an orderly stop, 1 when it could not start; the reason is one sentence on stderr.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            await using var app = Build(args);
            using var held = await DatabaseStart.PrepareAsync(app.Services);
            await FirstStartAsync(app);
            app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"CampaignFlow is ready: {string.Join(", ", app.Urls)}"));
            await app.RunAsync();
            return 0;
        }
        catch (StartupRefusal refusal)
        {
            await Console.Error.WriteLineAsync(refusal.Message);
        }
        catch (Exception e) when (e is SocketException || e.InnerException is AddressInUseException or SocketException)
        {
            await Console.Error.WriteLineAsync($"{e.Message} Stop what listens there, or choose another address with --urls.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"Cannot read or write: {e.Message}");
        }
        return 1;
    }

    private static WebApplication Build(string[] args)
    {
        // Settings and static files lie beside the program, whatever folder it is started from.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = Home() });
        CheckAddresses(builder.Configuration[WebHostDefaults.ServerUrlsKey]);
        var storage = StorageOptions.From(builder.Configuration);
        builder
            .Services.AddProduct(storage, TimeProvider.System)
            .AddWorkflowHost()
            .AddQuartzScheduling(storage)
            .AddAccounts()
            .AddShell(Navigate)
            .AddStudio()
            .AddApiDocuments()
            .AddTelemetry(TelemetryOptions.From(builder.Configuration));
        var app = builder.Build();
        app.UseSpanNames();
        app.UseShell();
        app.MapShell();
        app.MapTelemetry();
        app.MapAccounts();
        app.MapLifecycle();
        app.MapHoldBudgets();
        app.MapGuards();
        app.MapDesk();
        app.MapBooks();
        app.MapMetrics();
        app.MapRuleLab();
        app.MapRuns();
        app.MapVersions();
        app.MapStudio();
        app.MapOpenApi();
        app.MapHooks();
        app.MapJobs();
        app.MapAdministration();
        return app;
    }

    private static void Navigate(Navigation navigation) =>
        navigation
            .Add(new(new("Board", "看板"), "/", "layout-kanban", 'b') { Also = ["/campaigns"] })
            .Add(
                new(new("Inbox", "收件箱"), "/inbox", "inbox", 'i')
                {
                    Also = ["/tasks", "/approvals"],
                    Count = http => http.RequestServices.GetRequiredService<InboxQueries>().CountAsync(http.User, http.RequestAborted),
                }
            )
            .Group(new("Decide", "决策"))
            .Add(new(new("Metrics", "数据"), "/metrics", "chart-line", 'm'))
            .Add(new(new("Rules", "规则"), "/rules", "scale", 'r'))
            .Add(new(new("Guards", "护栏"), "/guards", "shield-check", 'g'))
            .Add(new(new("Mails", "邮件"), "/mails", "mail", 'e'))
            .Group(new("Run", "运行"))
            .Add(new(new("Workflows", "流程"), "/workflows", "sitemap", 'w') { Also = ["/runs", "/migrations"] })
            .Add(
                new(new("Incidents", "异常"), "/incidents", "urgent", 'x')
                {
                    Count = http => http.RequestServices.GetRequiredService<IncidentQueries>().CountAsync(new(), http.RequestAborted),
                }
            )
            .Add(new(new("Jobs", "检查与任务"), "/jobs", "clock-play", 'j'))
            .Group(new("Administer", "管理"))
            .Add(new(new("People", "人员"), "/people", "users", 'p'))
            .Add(new(new("Audit", "审计"), "/audit", "list-search", 'u'))
            .Add(new(new("My account", "我的账户"), "/me", "user-cog"));

    private static void CheckAddresses(string? urls)
    {
        foreach (var url in (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            try
            {
                if (BindingAddress.Parse(url).Port is >= 0 and <= ushort.MaxValue)
                    continue;
            }
            catch (FormatException) { }
            throw new StartupRefusal($"Urls: '{url}' is not an address to listen on, such as http://127.0.0.1:5080.");
        }
    }

    private static string Home() =>
        File.Exists(Path.Combine(AppContext.BaseDirectory, "appsettings.json"))
            ? AppContext.BaseDirectory
            : Directory.GetCurrentDirectory();

    /// <summary>An empty database gets demo people, whose passwords are shown this once, and a demo campaign.</summary>
    private static async Task FirstStartAsync(WebApplication app)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var demo = new Demo(app.Configuration, app.Services.GetRequiredService<StorageOptions>(), TimeProvider.System);
        if (
            app.Configuration.GetValue("Demo:Skip", false)
            || !await demo.IsWantedAsync(scope.ServiceProvider.GetRequiredService<CampaignFlowDb>(), default)
        )
            return;
        var people = await scope.ServiceProvider.GetRequiredService<DemoPeople>().CreateDemoPeopleAsync();
        if (people.Count > 0)
            Console.WriteLine("Sign in with one of these; the passwords are not stored in readable form and not shown again:");
        foreach (var (user, password) in people)
            Console.WriteLine($"  {user, -12} {password}");
        Console.WriteLine("First start: living through the weeks of the demo campaign …");
        try
        {
            await demo.CreateAsync(default);
        }
        catch (UnknownWorkflow missing)
        {
            await Console.Error.WriteLineAsync($"There is no demo campaign: {missing.Message}");
        }
    }
}
