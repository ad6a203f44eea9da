using CampaignFlow.Storage;

namespace CampaignFlow.Tests.Proofs;

public sealed class KillLoopTests
{
    [Theory]
    [InlineData(DatabaseKind.Postgres, 12, 3)] // the eleventh hits the server
    [InlineData(DatabaseKind.Sqlite, 4, 1)]
    public async Task Nodes_and_server_are_killed_again_and_again_and_every_run_ends_once(DatabaseKind kind, int kills, int nodes)
    {
        var result = await KillLoop.RunAsync(kind, kills, nodes, seed: Environment.TickCount);

        Assert.True(result.IsSound, result.ToString());
    }
}
