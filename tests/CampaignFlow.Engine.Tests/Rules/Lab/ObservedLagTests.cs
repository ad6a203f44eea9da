using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Rules.Lab;

namespace CampaignFlow.Engine.Tests.Rules.Lab;

public sealed class ObservedLagTests
{
    private static readonly DateOnly First = new(2026, 10, 1);
    private static readonly DateOnly Today = First.AddDays(22);

    [Theory]
    [InlineData(new[] { 1.0 }, 0)] // complete the next morning
    [InlineData(new[] { 0.74, 0.92, 1 }, 2)]
    [InlineData(new[] { 0.74, 0.97, 1 }, 1)] // within five percent is complete
    [InlineData(new[] { 1.0, 0.7, 1 }, 2)] // back again only on the third morning
    public void A_day_is_complete_when_its_later_versions_stay_near_the_last(double[] shares, int expected) =>
        Assert.Equal(expected, Lag(Days(20, _ => shares)));

    [Fact]
    public void One_late_day_of_five_is_a_slip() => Assert.Equal(0, Lag(Days(20, d => d % 5 == 0 ? [0.5, 0.5, 0.5, 1] : [1])));

    [Fact]
    public void Two_late_days_of_five_are_the_sources_way() => Assert.Equal(3, Lag(Days(20, d => d % 5 < 2 ? [0.5, 0.5, 0.5, 1] : [1])));

    [Fact]
    public void Young_days_say_nothing_yet() => Assert.Null(Lag(Days(20, _ => [1]).Where(v => v.Numbers.Date > Today.AddDays(-8))));

    [Fact]
    public void A_file_imported_long_after_says_nothing() =>
        Assert.Null(Lag(Days(20, _ => [1]).Select(v => v with { KnownAt = At(Today) })));

    private static int? Lag(IEnumerable<HistoryFact> versions) =>
        ObservedLag.Of(versions, at => DateOnly.FromDateTime(at.UtcDateTime), Today);

    /// <param name="shares">Of a day's orders that are known one, two, … mornings later.</param>
    private static IEnumerable<HistoryFact> Days(int days, Func<int, double[]> shares) =>
        from day in Enumerable.Range(0, days)
        from version in shares(day).Select((share, n) => (share, n))
        let date = First.AddDays(day)
        select new HistoryFact("c", At(date.AddDays(1 + version.n)), new DayFact(date, 10_00, null, 1000, 100, 50 * version.share, null));

    private static DateTimeOffset At(DateOnly day) => new(day, new TimeOnly(6, 0), TimeSpan.Zero);
}
