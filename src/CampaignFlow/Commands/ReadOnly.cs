using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Commands;

/// <summary>The product on its database for verbs that only read: it may be asked while a server is at work, on SQLite too.</summary>
internal static class ReadOnly
{
    /// <exception cref="StartupRefusal">There is no database yet, or it is of another version.</exception>
    public static async Task<T> AskAsync<T>(Func<IServiceProvider, Task<T>> question, CancellationToken cancellationToken)
    {
        var configuration = new ConfigurationBuilder().AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables().Build();
        await using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddQuietLogging()
            .AddProduct(StorageOptions.From(configuration), TimeProvider.System)
            .BuildServiceProvider();
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CampaignFlowDb>();
        if (!await db.Database.CanConnectAsync(cancellationToken))
            throw new StartupRefusal("There is no database here yet, or it does not answer: start the server once.");
        if ((await db.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
            throw new StartupRefusal("The database is of an older version: start the server once, it brings it up to date.");
        return await question(scope.ServiceProvider);
    }
}
