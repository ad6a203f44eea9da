using System.Diagnostics;
using System.Globalization;
using CampaignFlow.Storage;

namespace CampaignFlow.Tests.Rules.Worlds;

/// <summary>
/// Whatever the numbers and the rules are, however greedy, with crashes around every commit, everything asked twice and at once: money
/// stays whole, and every limit of the rules and of people is kept on every day.
/// </summary>
public sealed class MoneyWorldsTests
{
    /// <summary>Plays one world again, the one whose seed a failure named.</summary>
    private const string Seed = "CAMPAIGNFLOW_WORLD_SEED";

    /// <summary>How many worlds a database.</summary>
    private const string Worlds = "CAMPAIGNFLOW_WORLDS";

    [Theory]
    [InlineData(DatabaseKind.Sqlite, 8)]
    [InlineData(DatabaseKind.Postgres, 2)]
    public async Task Money_stays_whole_and_every_limit_is_kept_at_every_instant(DatabaseKind kind, int usually)
    {
        var only = Environment.GetEnvironmentVariable(Seed);
        var first = only is null ? Environment.TickCount & 0xFFFFFF : int.Parse(only, CultureInfo.InvariantCulture);
        var count =
            only is not null ? 1
            : Environment.GetEnvironmentVariable(Worlds) is { } set ? int.Parse(set, CultureInfo.InvariantCulture)
            : usually;
        var seen = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var watch = Stopwatch.StartNew();
        for (var seed = first; seed < first + count; seed++)
            try
            {
                var random = new Random(seed);
                await using var world = await MoneyWorld.CreateAsync(kind, random);
                var books = new MoneyBooks(world);
                await new MoneyLife(world, books, random).LiveAsync();
                foreach (var (what, times) in books.Seen)
                    seen[what] = seen.GetValueOrDefault(what) + times;
            }
            catch (Exception e)
            {
                throw new InvalidOperationException(
                    $"World {seed} went wrong; {Seed}={seed} plays it again. {e.GetBaseException().Message}",
                    e
                );
            }
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{count} worlds from seed {first} in {watch.Elapsed.TotalSeconds:0.0} s: {string.Join(", ", seen.Select(s => $"{s.Key} {s.Value}"))}"
        );
        if (count >= 8)
            Assert.True(
                seen.Where(s => s.Key.StartsWith("moved", StringComparison.Ordinal)).Sum(s => s.Value) >= 3,
                "The worlds prove nothing."
            );
    }
}
