using CampaignFlow.Lifecycle;

namespace CampaignFlow.Tests.Board;

public sealed class NewCampaignFormTests
{
    [Theory]
    [InlineData("12000", "CNY", 12_000_00, "plain units")]
    [InlineData("12,000.5", "CNY", 12_000_50, "thousands are parted, one decimal is ten cents")]
    [InlineData("¥1,234.56", "CNY", 1_234_56, "the sign may stand before")]
    [InlineData("1.2万", "CNY", 12_000_00, "the way Chinese plans write it")]
    [InlineData("１２０", "CNY", 120_00, "full-width digits of a Chinese keyboard")]
    [InlineData("1500", "JPY", 1_500, "a currency without minor units")]
    public void An_amount_typed_in_units_becomes_minor_units(string typed, string currency, long minor, string reason)
    {
        var (brief, wrong) = Form(typed, currency).Read();

        Assert.True(wrong.Count == 0 && brief!.Channels[0].DailyMinor == minor, $"{reason}: {string.Join(' ', wrong)}");
    }

    [Theory]
    [InlineData("", "CNY", "Channel row 1, daily budget is missing.")]
    [InlineData("12,5", "CNY", "Channel row 1, daily budget: '12,5' is not an amount such as 12000 or 12,000.50.")] // 12.5 or 125?
    [InlineData("-3", "CNY", "Channel row 1, daily budget: '-3' is not an amount such as 12000 or 12,000.50.")]
    [InlineData("1.005", "CNY", "Channel row 1, daily budget: '1.005' has more decimals than CNY has (2).")]
    [InlineData("1.5", "JPY", "Channel row 1, daily budget: '1.5' has more decimals than JPY has (0).")]
    public void An_amount_that_cannot_be_meant_is_refused_with_its_place(string typed, string currency, string message)
    {
        var (brief, wrong) = Form(typed, currency).Read();

        Assert.Null(brief);
        Assert.Equal(message, wrong[0].En);
    }

    [Fact]
    public void Money_goals_are_in_minor_units_and_ratios_as_they_are()
    {
        var form = Form("100", "CNY");
        form.Goals =
        [
            new() { Metric = "cpa", Target = "95.5" },
            new()
            {
                Metric = "roas",
                Target = "2.4",
                Guardrail = true,
            },
        ];

        var (brief, _) = form.Read();

        Assert.Equal([("cpa", 9550.0, false), ("roas", 2.4, true)], brief!.Goals.Select(g => (g.Metric, g.Target, g.Guardrail)));
    }

    private static NewCampaignForm Form(string daily, string currency) =>
        new()
        {
            Code = "a",
            Name = "A",
            Brand = "B",
            Product = "P",
            Currency = currency,
            StartsOn = "2027-01-01",
            EndsOn = "2027-01-02",
            Channels =
            [
                new()
                {
                    Code = "x",
                    Daily = daily,
                    Ceiling = daily.Length == 0 ? "5" : null,
                },
            ],
        };
}
