using System.Net.Sockets;
using CampaignFlow.Accounts;
using CampaignFlow.Books;
using CampaignFlow.Desk;
using CampaignFlow.Lifecycle;
using CampaignFlow.Scheduling;
using CampaignFlow.Shell;
using CampaignFlow.Simulation;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;

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
            await app.RunAsync();
            return 0;
        }
        catch (StartupRefusal refusal)
        {
            await Console.Error.WriteLineAsync(refusal.Message);
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException or SocketException)
        {
            await Console.Error.WriteLineAsync($"{e.Message} Stop what listens there, or choose another address with --urls.");
        }
        return 1;
    }

    private static WebApplication Build(string[] args)
    {
        // Settings and static files lie beside the program, whatever folder it is started from.
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = Home() });
        var storage = StorageOptions.From(builder.Configuration);
        builder
            .Services.AddProduct(storage, TimeProvider.System)
            .AddWorkflowHost()
            .AddQuartzScheduling(storage)
            .AddAccounts()
            .AddShell(Navigate);
        var app = builder.Build();
        app.UseShell();
        app.MapShell();
        app.MapAccounts();
        app.MapDesk();
        app.MapLifecycle();
        app.MapBooks();
        return app;
    }

    private static void Navigate(Navigation navigation) =>
        navigation
            .Add(new(new("Board", "看板"), "/", "layout-kanban", 'b'))
            .Add(
                new(new("Inbox", "收件箱"), "/inbox", "inbox", 'i')
                {
                    Also = ["/tasks", "/approvals"],
                    Count = http => http.RequestServices.GetRequiredService<InboxQueries>().CountAsync(http.User, http.RequestAborted),
                }
            )
            .Add(new(new("Mails", "邮件"), "/mails", "mail", 'm'));

    private static string Home() =>
        File.Exists(Path.Combine(AppContext.BaseDirectory, "appsettings.json"))
            ? AppContext.BaseDirectory
            : Directory.GetCurrentDirectory();

    /// <summary>An empty database gets demo people, whose passwords are shown this once, and a demo campaign.</summary>
    private static async Task FirstStartAsync(WebApplication app)
    {
        await using var scope = app.Services.CreateAsyncScope();
        if (
            app.Configuration.GetValue("Demo:Skip", false)
            || !await Demo.IsWantedAsync(scope.ServiceProvider.GetRequiredService<CampaignFlowDb>(), default)
        )
            return;
        Console.WriteLine("First start: making the demo team and living through the weeks of the demo campaign …");
        var people = await scope.ServiceProvider.GetRequiredService<DemoPeople>().CreateDemoPeopleAsync();
        await new Demo(app.Configuration, app.Services.GetRequiredService<StorageOptions>(), TimeProvider.System).CreateAsync(default);
        Console.WriteLine("Sign in with one of these; the passwords are not stored in readable form and not shown again:");
        foreach (var (user, password) in people)
            Console.WriteLine($"  {user, -12} {password}");
    }
}
