using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Lifecycle;

/// <summary>Parts of a task's form that htmx fetches: more empty rows, the plan's running total. Nothing is stored here.</summary>
internal static class TaskParts
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/artefacts/{kind}/{field}/rows", Rows);
        routes.MapPost("/plans/{code}/total", TotalAsync);
    }

    private static IResult Rows(string kind, string field, int from)
    {
        var known = ArtefactKind.All.FirstOrDefault(k => k.Code == kind);
        if (known?.Fields.FirstOrDefault(f => f.Name == field && f.Kind == FieldKind.Rows) is not { } rows)
            return Results.NotFound();
        return new RazorComponentResult<RowsAdded>(
            new Dictionary<string, object?>
            {
                ["Kind"] = known,
                ["Field"] = rows,
                ["From"] = Math.Clamp(from, 0, ArtefactForm.MostRows),
            }
        );
    }

    private static async Task<IResult> TotalAsync(string code, HttpContext http, CampaignFlowDb db, Words words)
    {
        if (await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Code == code, http.RequestAborted) is not { } campaign)
            return Results.NotFound();
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var channels = await db
            .CampaignChannels.AsNoTracking()
            .Where(c => c.CampaignId == campaign.Id)
            .OrderByDescending(c => c.PlannedMinor)
            .ThenBy(c => c.Code)
            .ToListAsync(http.RequestAborted);
        var rows = PlanForm.Read(form, channels);
        var wrong = new List<Phrase>();
        PlanForm.Parse(campaign, rows, wrong);
        var total = words.Money(campaign.Money(PlanForm.Total(campaign, rows)));
        return Results.Text(wrong.Count == 0 ? total : $"{total} – {words.T(wrong[0])}");
    }
}
