using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Versions;
using FsCheck;
using FsCheck.Fluent;

namespace CampaignFlow.Engine.Tests.Workflows.Versions;

/// <summary>
/// Any chart of steps, forks and joins, run to any point, changed by adding, renaming and removing steps, migrated and run to its end:
/// what was finished is not done again, every wait survives, and exactly what an oracle over the drawing expects is still done.
/// </summary>
public class RandomMigrationsTests
{
    private static readonly string[] Kinds = ["line", "ask", "ask", "gate", "delay"];

    private static Arbitrary<int[]> Dice => Gen.Choose(0, 9_999).ArrayOf(60).ToArbitrary();

    [Fact]
    public void A_migrated_run_does_what_is_left_and_nothing_twice()
    {
        var (migrated, refused) = (0, 0);
        Prop.ForAll(
                Dice,
                numbers =>
                {
                    var dice = new Dice(numbers);
                    var chart = RandomChart.Draw(dice);
                    var run = new Drive(chart.Definition());
                    for (var answers = dice.Next(8); answers > 0 && run.Waiting.ToList() is { Count: > 0 } waiting; answers--)
                        run.Answer(waiting[dice.Next(waiting.Count)]);
                    if (run.State.Status == RunStatus.Finished)
                        return true;
                    var live = run.Waiting.ToHashSet(StringComparer.Ordinal);
                    var finished = run.Completed.ToHashSet(StringComparer.Ordinal);
                    var change = chart.Change(dice, Kinds);
                    var mapping = ActivityMapping.Of(chart.Definition(), change.Chart.Definition(), change.Renamed);

                    var outcome = new Migration(mapping).Carry(run.State, Sample.Now);

                    if (outcome.State is null)
                    {
                        refused++;
                        return change.MayRefuse(live, finished);
                    }
                    migrated++;
                    Assert.DoesNotContain(change.Removed, live.Contains);
                    Assert.Equal(run.Bookmarks, outcome.State.Executions.SelectMany(e => e.Bookmarks));
                    run.Completed.Clear();
                    run.GoOnWith(change.Chart.Definition(), outcome.State);
                    run.ToTheEnd();
                    Assert.Equal(RunStatus.Finished, run.State.Status);
                    Assert.Equal(
                        change.StillToDo(live, finished).Order(StringComparer.Ordinal),
                        run.Completed.Where(id => id != "flow").Order(StringComparer.Ordinal)
                    );
                    return true;
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));
        Assert.InRange(migrated, 100, 300); // most can be migrated,
        Assert.InRange(refused, 5, 100); // and some stand where the newer version has nothing
    }
}

internal sealed class Dice(int[] numbers)
{
    private int _at;

    internal int Next(int below) => numbers[_at++ % numbers.Length] % below;
}
