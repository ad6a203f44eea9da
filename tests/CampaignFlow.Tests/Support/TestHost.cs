using CampaignFlow.Accounts;
using CampaignFlow.Storage;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Support;

/// <summary>The whole product on a data folder of its own (SQLite), with the demo people signed up.</summary>
public sealed class TestHost : WebApplicationFactory<Program>
{
    public const string Password = "correct horse battery";
    private readonly string folder = Directory.CreateTempSubdirectory("cfhost").FullName;

    /// <summary>Lives through the demo campaign's weeks at the first start, which takes a while.</summary>
    public bool WithDemo { get; init; }

    /// <summary>Replaces or adds services before the host is built.</summary>
    public Action<IServiceCollection>? More { get; init; }

    /// <summary>Settings of this host alone, e.g. <c>RulesFolder</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("DataFolder", folder);
        builder.UseSetting("Demo:Password", Password);
        builder.UseSetting("Demo:Skip", WithDemo ? "false" : "true");
        if (WithDemo)
        {
            builder.UseSetting("RulesFolder", Repository.Path("rules"));
            builder.UseSetting("WorkflowFolder", Repository.Path("workflows"));
        }
        builder.UseSetting("Logging:LogLevel:Default", "Error");
        foreach (var (key, value) in Settings)
            builder.UseSetting(key, value);
        builder.ConfigureTestServices(services =>
        {
            services.Configure<PasswordHasherOptions>(options => options.IterationCount = 1); // slow on purpose elsewhere
            More?.Invoke(services);
        });
    }

    /// <summary>Somebody who has not signed in, with a browser's language.</summary>
    public HttpClient Visitor(string language = "en")
    {
        var client = CreateClient(new() { AllowAutoRedirect = false });
        client.DefaultRequestHeaders.Add("Accept-Language", language);
        return client;
    }

    public async Task<HttpClient> SignedInAsync(string role, string language = "en")
    {
        await MakePeopleAsync();
        var client = Visitor(language);
        using var answer = await client.SignInAsync(role, Password);
        Assert.Equal(System.Net.HttpStatusCode.Redirect, answer.StatusCode);
        return client;
    }

    public async Task MakePeopleAsync()
    {
        await using var scope = Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<DemoPeople>().CreateDemoPeopleAsync();
    }

    public async Task<T> InScopeAsync<T>(Func<CampaignFlowDb, Task<T>> work)
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<CampaignFlowDb>());
    }

    /// <summary>One use case in a scope of its own.</summary>
    public async Task<T> WithAsync<TUseCase, T>(Func<TUseCase, Task<T>> work)
        where TUseCase : notnull
    {
        await using var scope = Services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<TUseCase>());
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}
