namespace CampaignFlow.Tests.Proofs;

public sealed class ServerLoopTests
{
    [Fact]
    public async Task Two_servers_are_killed_in_turn_and_every_campaign_comes_to_its_end_once()
    {
        var result = await ServerLoop.RunAsync(campaigns: 40, leastKills: 2, seed: Environment.TickCount);

        Assert.True(result.IsSound, result.ToString());
        Assert.True(result.Mails > 0);
    }
}
