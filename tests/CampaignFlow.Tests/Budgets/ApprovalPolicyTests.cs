using CampaignFlow.Accounts;
using CampaignFlow.Budgets;

namespace CampaignFlow.Tests.Budgets;

public sealed class ApprovalPolicyTests
{
    [Theory]
    [InlineData(3_00, true, "")] // exactly 3 %: still alone
    [InlineData(3_01, true, Roles.Manager)]
    [InlineData(3_00, false, Roles.Manager)] // the rule itself wants to ask
    [InlineData(10_00, true, Roles.Manager)] // exactly 10 %
    [InlineData(10_01, true, "manager+finance")]
    [InlineData(10_01, false, "manager+finance")]
    public void The_share_of_the_total_decides_who_is_asked(long amount, bool alone, string roles) =>
        Assert.Equal(roles, string.Join('+', ApprovalPolicy.RolesFor(amount, 100_00, alone)));

    [Fact]
    public void With_no_total_to_compare_with_everybody_is_asked() =>
        Assert.Equal([Roles.Manager, Roles.Finance], ApprovalPolicy.RolesFor(1, 0, ruleMayActAlone: true));
}
