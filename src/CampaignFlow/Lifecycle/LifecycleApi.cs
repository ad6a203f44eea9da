using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Lifecycle;

public static class LifecycleApi
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/campaigns/{code}/gates/{gate:long}/override", OverrideAsync).RequireAuthorization(Permissions.OverrideGates);

    private static async Task<IResult> OverrideAsync(string code, long gate, HttpContext http, OverrideGate use, CampaignFlowDb db)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var campaigns = db.Campaigns.Where(c => c.Code == code);
        var stage = await db
            .GateChecks.Where(g => g.Id == gate && campaigns.Any(c => c.Id == g.CampaignId))
            .Select(g => g.Stage)
            .SingleOrDefaultAsync(http.RequestAborted);
        if (stage is null)
            return Results.NotFound();
        var id = http.User.PersonId;
        var person = await db.People.AsNoTracking().SingleAsync(p => p.Id == id, http.RequestAborted);
        if (await use.HandleAsync(gate, form["reason"].ToString(), person, http.RequestAborted) is { } no)
            Toast.After(http, no, Tone.Blocks);
        else
            Toast.After(
                http,
                new("The gate is overridden; the campaign goes on in a moment.", "关口已强制通过，活动即将继续。"),
                Tone.Look
            );
        return Results.LocalRedirect($"/campaigns/{Uri.EscapeDataString(code)}/stages/{stage}");
    }
}
