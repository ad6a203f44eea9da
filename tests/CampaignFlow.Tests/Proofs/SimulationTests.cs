using System.Diagnostics;
using System.Globalization;

namespace CampaignFlow.Tests.Proofs;

public sealed class SimulationTests
{
    /// <summary>Plays one history again, the one whose seed a failure named.</summary>
    private const string Seed = "CAMPAIGNFLOW_SIMULATION_SEED";

    /// <summary>How many histories; the rest of the time budget is the machine's business.</summary>
    private const string Histories = "CAMPAIGNFLOW_SIMULATIONS";

    [Fact]
    public async Task Whatever_order_things_happen_in_and_whoever_dies_every_run_comes_to_its_end_once()
    {
        await using var simulation = await Simulation.CreateAsync();
        var only = Environment.GetEnvironmentVariable(Seed);
        var first = only is null ? Environment.TickCount & 0xFFFFFF : int.Parse(only, CultureInfo.InvariantCulture);
        var count = only is null ? int.Parse(Environment.GetEnvironmentVariable(Histories) ?? "100", CultureInfo.InvariantCulture) : 1;
        var watch = Stopwatch.StartNew();
        for (var seed = first; seed < first + count; seed++)
        {
            try
            {
                await simulation.LiveAsync(seed);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"History {seed} went wrong; {Seed}={seed} plays it again. {e.Message}", e);
            }
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} histories from seed {first} in {watch.Elapsed.TotalSeconds:0.0} s");
        if (count >= 100)
            Assert.All(
                new[] { "slept", "died", "reclaimed", "signalled again", "a person acted" },
                what => Assert.True(simulation.Seen.GetValueOrDefault(what) >= count / 10, $"Too seldom: {what}")
            );
    }
}
