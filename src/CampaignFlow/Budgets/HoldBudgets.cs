using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets;

/// <summary>A person stopped all budget changes of a campaign, or released them.</summary>
public sealed record BudgetsHeld(Guid CampaignId, bool Held, string By) : IFact;

/// <summary>Stops every budget change of a campaign at once, or lets them go on. A rule's hold is lifted by the rule itself.</summary>
public sealed class HoldBudgets(CampaignFlowDb db, TimeProvider clock)
{
    /// <returns>Null when it stands as asked; otherwise why not.</returns>
    public async Task<Phrase?> HandleAsync(string code, bool hold, Person person, CancellationToken cancellationToken)
    {
        if (!Holds(person, Permissions.HoldBudgets))
            return new("Your role may not hold budget changes.", "您的角色不能暂停预算调整。");
        var campaign = await db.Campaigns.SingleOrDefaultAsync(c => c.Code == code, cancellationToken);
        if (campaign is null)
            return new($"There is no campaign '{code}'.", $"没有编号为“{code}”的活动。");
        if (Objection(campaign, hold, person) is { } no)
            return no;
        if (hold == (campaign.HeldBy is not null) && !ByRule(campaign))
            return null;
        var now = clock.GetUtcNow();
        campaign.HeldBy = hold ? person.DisplayName : null;
        db.Publish(
            $"budgets-held:{campaign.Id}:{hold}:{now.ToUnixTimeMilliseconds()}",
            new BudgetsHeld(campaign.Id, hold, person.DisplayName),
            now
        );
        db.Note(
            campaign.Id,
            now,
            person.DisplayName,
            hold ? new("All budget changes put on hold.", "暂停全部预算调整。") : new("Budget changes released.", "恢复预算调整。")
        );
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }

    /// <summary>True when the hold stands or falls with a rule's reason.</summary>
    public static bool ByRule(Campaign campaign) => campaign.HeldBy?.StartsWith("rule:", StringComparison.Ordinal) == true;

    /// <summary>Stopping is open to many; letting money move again is for those who approve shifts, and for who stopped it.</summary>
    private static Phrase? Objection(Campaign campaign, bool hold, Person person) =>
        hold || campaign.HeldBy is null ? null
        : ByRule(campaign)
            ? new(
                "A rule holds these budgets. It lifts the hold itself as soon as its reason is gone.",
                "预算由规则暂停，原因消除后会自动恢复。"
            )
        : campaign.HeldBy == person.DisplayName || Holds(person, Permissions.ApproveShifts) ? null
        : new(
            $"{campaign.HeldBy} stopped these changes; only they or somebody who approves shifts may release them.",
            $"该暂停由{campaign.HeldBy}发起，只有本人或有权审批调整的人可以恢复。"
        );

    private static bool Holds(Person person, string permission) => Permissions.RolesThatMay(permission).Any(person.Roles.Contains);
}

public static class HoldBudgetsApi
{
    public static IEndpointRouteBuilder MapHoldBudgets(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/campaigns/{code}/hold", HoldAsync).RequireAuthorization(Permissions.HoldBudgets);
        return routes;
    }

    private static async Task<IResult> HoldAsync(string code, HttpContext http, HoldBudgets use, CampaignFlowDb db)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        if (form["hold"] is not [("true" or "false") and var asked])
            return TypedResults.BadRequest();
        var hold = asked == "true";
        var id = http.User.PersonId;
        var person = await db.People.AsNoTracking().SingleAsync(p => p.Id == id, http.RequestAborted);
        var refusal = await use.HandleAsync(code, hold, person, http.RequestAborted);
        if (refusal is { } no)
            Toast.After(http, no, Tone.Blocks);
        else
            Toast.After(
                http,
                hold ? new("All budget changes are on hold.", "预算调整已全部暂停。") : new("Budget changes may go on.", "预算调整已恢复。")
            );
        return Results.LocalRedirect($"/campaigns/{Uri.EscapeDataString(code)}");
    }
}
