using System.Security.Claims;
using CampaignFlow.Accounts;
using CampaignFlow.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Accounts;

public sealed class PermissionsTests(TestHost host) : IClassFixture<TestHost>
{
    [Theory]
    [InlineData(Permissions.ApproveShifts, "manager finance executive")]
    [InlineData(Permissions.OverrideGates, "manager executive")] // listed in the review with the reason
    [InlineData(Permissions.WriteRules, "analyst manager")]
    [InlineData(Permissions.PublishRules, "manager")]
    [InlineData(Permissions.ImportMetrics, "operator analyst manager")]
    [InlineData(Permissions.RollBack, "manager finance")]
    [InlineData(Permissions.HoldBudgets, "operator manager analyst finance executive")] // stopping is open to all who watch money
    public async Task A_policy_lets_exactly_its_roles_pass(string permission, string may)
    {
        var policies = host.Services.GetRequiredService<IAuthorizationService>();
        var passed = new List<string>();
        foreach (var role in Roles.Names.Keys)
        {
            var person = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.Role, role)], "test"));
            var result = await policies.AuthorizeAsync(person, permission);
            Assert.Equal(result.Succeeded, person.May(permission));
            if (result.Succeeded)
                passed.Add(role);
        }
        Assert.Equal(may.Split(' ').Order(), passed.Order());
    }

    [Fact]
    public async Task An_approval_is_decided_only_in_a_role_one_holds()
    {
        var policies = host.Services.GetRequiredService<IAuthorizationService>();
        var finance = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.Role, Roles.Finance)], "test"));

        Assert.True((await policies.AuthorizeAsync(finance, Permissions.DecideAs(Roles.Finance))).Succeeded);
        Assert.False((await policies.AuthorizeAsync(finance, Permissions.DecideAs(Roles.Manager))).Succeeded);
        Assert.Throws<ArgumentException>(() => Permissions.DecideAs("boss"));
    }
}
