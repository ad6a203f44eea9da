using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Tests.Expressions;

public class NearestTests
{
    [Theory]
    [InlineData("raos", "roas")] // two swapped letters are one slip
    [InlineData("conversion", "conversions")]
    [InlineData("SPEND", "spend")]
    [InlineData("temperature", null)] // too far to be a slip
    public void A_slip_of_the_finger_finds_its_word(string typed, string? meant) =>
        Assert.Equal(meant, Nearest.Word(typed, ["roas", "aov", "roi", "spend", "conversions"]));
}
