using System.Net;
using CampaignFlow.Tests.Pages;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Lifecycle;

/// <summary>The shipped review and incident response, started for a campaign from its page.</summary>
public sealed class CampaignErrandsTests(OfficeHost office) : IClassFixture<OfficeHost>
{
    [Theory]
    [InlineData("weekly-review", "operator", "en", "Start …")]
    [InlineData("incident-response", "manager", "zh-CN", "启动…")]
    public async Task A_person_starts_it_once_however_often_the_form_is_sent(string workflow, string role, string language, string button)
    {
        await ShipAsync();
        using var client = await office.Host.ReaderAsync(role, language);
        var page = await client.TextAsync("/campaigns/spring");
        Assert.Contains(button, page, StringComparison.Ordinal);
        Assert.Contains($"value=\"{workflow}\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"campaign-lifecycle\"", page, StringComparison.Ordinal); // leads a campaign, is no errand

        var fields = new Dictionary<string, string> { ["workflow"] = workflow, ["once"] = $"form-{language}" };
        using var first = await client.PostFormAsync("/campaigns/spring", "/campaigns/spring/errands", fields);
        using var again = await client.PostFormAsync("/campaigns/spring", "/campaigns/spring/errands", fields);

        Assert.StartsWith("/runs/", first.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        var run = await office.Host.InScopeAsync(db => db.Runs.AsNoTracking().SingleAsync(r => r.DefinitionId == workflow));
        Assert.Equal(office.CampaignId.ToString(), run.Correlation);
        Assert.Contains(workflow, await client.TextAsync("/campaigns/spring"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_who_edits_campaigns_may_and_only_what_is_meant_for_it()
    {
        await ShipAsync();
        using var analyst = await office.Host.ReaderAsync("analyst");
        Assert.DoesNotContain("id=\"errand\"", await analyst.GetStringAsync("/campaigns/spring"), StringComparison.Ordinal);
        var fields = new Dictionary<string, string> { ["workflow"] = "weekly-review", ["once"] = "x" };
        using var refused = await analyst.PostFormAsync("/runs", "/campaigns/spring/errands", fields);
        Assert.DoesNotContain("/runs/", refused.Headers.Location?.ToString() ?? "", StringComparison.Ordinal);

        using var manager = await office.Host.ReaderAsync("manager");
        fields["workflow"] = "campaign-lifecycle";
        using var wrong = await manager.PostFormAsync("/campaigns/spring", "/campaigns/spring/errands", fields);
        Assert.Contains(
            "No workflow 'campaign-lifecycle' can be started for a campaign.",
            await manager.TextAsync("/campaigns/spring"),
            StringComparison.Ordinal
        );
        using var unknown = await manager.PostFormAsync("/campaigns/spring", "/campaigns/nowhere/errands", fields);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(0, await office.Host.InScopeAsync(db => db.Runs.CountAsync(r => r.DefinitionId == "campaign-lifecycle")));
    }

    private async Task ShipAsync()
    {
        foreach (var name in new[] { "weekly-review", "incident-response", "campaign-lifecycle", "budget-approval" })
            await OfficeHost.WriteAsync(
                office.Workflows,
                name + ".json",
                await File.ReadAllTextAsync(Repository.Path("workflows", name + ".json"), TestContext.Current.CancellationToken)
            );
        await office.ReadWorkflowsAsync();
    }
}
