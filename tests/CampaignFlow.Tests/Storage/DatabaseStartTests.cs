using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Storage;

public sealed class DatabaseStartTests
{
    [Fact]
    public async Task A_process_killed_while_it_migrated_does_not_lock_the_next_one_out()
    {
        await using var store = await TestStore.CreateAsync(DatabaseKind.Sqlite);
        await store.InScopeAsync(
            async (db, _) =>
                await db.Database.ExecuteSqlRawAsync(
                    """
                    create table if not exists "__EFMigrationsLock" ("Id" integer not null constraint "PK___EFMigrationsLock" primary key, "Timestamp" text not null);
                    insert or ignore into "__EFMigrationsLock" values (1, '2026-11-21 23:33:13+00:00');
                    """
                )
        );

        await store.RestartAsync(new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);

        Assert.True(await store.InScopeAsync((db, _) => db.Database.CanConnectAsync()));
    }
}
