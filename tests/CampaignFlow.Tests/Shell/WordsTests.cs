using CampaignFlow.Engine;
using CampaignFlow.Shell;

namespace CampaignFlow.Tests.Shell;

public sealed class WordsTests
{
    private static readonly DateTimeOffset Evening = new(2026, 11, 5, 16, 30, 0, TimeSpan.Zero); // past midnight in Shanghai

    [Theory]
    [InlineData(4_312_000_00L, "CNY", "¥4.31M", "¥431.2万")]
    [InlineData(-12_000_00L, "CNY", "−¥12k", "−¥1.2万")]
    [InlineData(9_999_00L, "EUR", "€9,999", "€9,999")] // small enough to be read in full
    [InlineData(120_000_000_00L, "CNY", "¥120M", "¥1.2亿")]
    [InlineData(52_000L, "JPY", "JP¥52k", "JP¥5.2万")] // yen have no cents
    public void Short_money_counts_as_the_reader_does(long minor, string currency, string en, string zh)
    {
        Assert.Equal(en, Words.For("en").MoneyShort(new Money(minor, currency)));
        Assert.Equal(zh, Words.For("zh-CN").MoneyShort(new Money(minor, currency)));
    }

    [Fact]
    public void What_is_missing_is_a_dash_and_never_zero()
    {
        var words = Words.For("en");
        Assert.All(
            [
                words.Money(null),
                words.MoneyShort(null),
                words.Number((double?)null),
                words.Number((long?)null),
                words.Percent(null),
                words.Percent(double.NaN),
                words.Number(double.PositiveInfinity),
                words.Day(null),
                words.Moment(null),
            ],
            text => Assert.Equal("–", text)
        );
        Assert.Equal("0", words.Number(0L));
    }

    [Theory]
    [InlineData("en", "Asia/Shanghai", "6 Nov 2026, 00:30")]
    [InlineData("zh-CN", "Asia/Shanghai", "2026年11月6日 00:30")]
    [InlineData("en", "Europe/Berlin", "5 Nov 2026, 17:30")]
    public void A_moment_is_told_in_the_campaign_s_zone(string language, string zone, string expected) =>
        Assert.Equal(expected, Words.For(language, "UTC").Moment(Evening, zone));

    [Theory]
    [InlineData(0.0274, false, "2.7%")]
    [InlineData(-0.5, true, "−50.0%")]
    [InlineData(0.11, true, "+11.0%")]
    public void A_share_is_written_as_percent(double share, bool signed, string expected) =>
        Assert.Equal(expected, Words.For("en").Percent(share, signed: signed));

    [Theory]
    [InlineData(30, "in 30 min", "30 分钟后")]
    [InlineData(-200, "3 h ago", "3 小时前")]
    [InlineData(60 * 24 * 3, "in 3 days", "3 天后")]
    [InlineData(0, "now", "现在")]
    public void Distance_in_time_uses_the_unit_that_says_enough(int minutes, string en, string zh)
    {
        Assert.Equal(en, Words.For("en").Away(Evening.AddMinutes(minutes), Evening));
        Assert.Equal(zh, Words.For("zh").Away(Evening.AddMinutes(minutes), Evening));
    }

    [Fact]
    public void Any_chinese_is_ours_and_anything_else_reads_english()
    {
        Assert.Equal("批准", Words.For("zh-TW").T("Approve", "批准"));
        Assert.Equal("Approve", Words.For("fr").T("Approve", "批准"));
        Assert.Equal("周五", Words.For("zh").Weekday(new DateOnly(2026, 11, 6)));
    }
}
