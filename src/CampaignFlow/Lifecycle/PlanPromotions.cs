using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Lifecycle;

/// <summary>A person enters a campaign's promotion days, or takes them out: rules with <c>ignore: promotion days</c> leave them aside.</summary>
public sealed class PlanPromotions(CampaignFlowDb db, TimeProvider clock)
{
    public const int LongestName = 60;
    private const int Most = 20;

    /// <summary>Windows may overlap: a day counts once, whatever it is called.</summary>
    /// <returns>Null when it stands in the calendar; otherwise why not.</returns>
    public async Task<Phrase?> AddAsync(
        string code,
        string name,
        DateOnly first,
        DateOnly last,
        Person person,
        CancellationToken cancellationToken
    )
    {
        var (campaign, refusal) = await FindAsync(code, person, cancellationToken);
        if (campaign is null)
            return refusal;
        name = name.Trim();
        if (name.Length is 0 or > LongestName)
            return new($"Give it a name of at most {LongestName} characters.", $"请填写名称，最多 {LongestName} 个字。");
        if (last < first)
            return new($"{name} ends before it begins.", $"“{name}”的结束日期早于开始日期。");
        if (first < campaign.StartsOn || last > campaign.EndsOn)
            return new(
                $"{name} must lie inside the flight, {campaign.StartsOn:yyyy-MM-dd} to {campaign.EndsOn:yyyy-MM-dd}.",
                $"“{name}”须在投放期内：{campaign.StartsOn:yyyy-MM-dd} 至 {campaign.EndsOn:yyyy-MM-dd}。"
            );
        var known = await db.PromotionsOfAsync(campaign.Id, cancellationToken);
        if (known.FirstOrDefault(w => w.Name == name) is { } same)
            return same.First == first && same.Last == last
                ? null
                : new($"There is already a window {name}; remove it first.", $"已有名为“{name}”的促销期，请先删除。");
        if (known.Count >= Most)
            return new($"A campaign has at most {Most} windows.", $"每个活动最多 {Most} 个促销期。");
        db.PromotionWindows.Add(
            new()
            {
                CampaignId = campaign.Id,
                Name = name,
                First = first,
                Last = last,
            }
        );
        db.Note(
            campaign.Id,
            clock.GetUtcNow(),
            person.DisplayName,
            new(
                $"Promotion days entered: {name}, {first:yyyy-MM-dd} to {last:yyyy-MM-dd}.",
                $"录入促销期：{name}，{first:yyyy-MM-dd} 至 {last:yyyy-MM-dd}。"
            )
        );
        return await SavedAsync(cancellationToken);
    }

    /// <returns>Null when it is gone; otherwise why not.</returns>
    public async Task<Phrase?> RemoveAsync(string code, Guid window, Person person, CancellationToken cancellationToken)
    {
        var (campaign, refusal) = await FindAsync(code, person, cancellationToken);
        if (campaign is null)
            return refusal;
        if (
            await db.PromotionWindows.SingleOrDefaultAsync(w => w.Id == window && w.CampaignId == campaign.Id, cancellationToken)
            is not { } known
        )
            return null;
        db.PromotionWindows.Remove(known);
        db.Note(
            campaign.Id,
            clock.GetUtcNow(),
            person.DisplayName,
            new(
                $"Promotion days removed: {known.Name}, {known.First:yyyy-MM-dd} to {known.Last:yyyy-MM-dd}.",
                $"删除促销期：{known.Name}，{known.First:yyyy-MM-dd} 至 {known.Last:yyyy-MM-dd}。"
            )
        );
        return await SavedAsync(cancellationToken);
    }

    private async Task<(Campaign? Campaign, Phrase? Refusal)> FindAsync(string code, Person person, CancellationToken cancellationToken)
    {
        if (!Permissions.RolesThatMay(Permissions.EditCampaigns).Any(person.Roles.Contains))
            return (null, new("Your role may not change the campaign's calendar.", "您的角色不能修改活动日历。"));
        var campaign = await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Code == code, cancellationToken);
        return campaign switch
        {
            null => (null, new($"There is no campaign '{code}'.", $"没有编号为“{code}”的活动。")),
            { State: CampaignState.Archived or CampaignState.Cancelled } => (
                null,
                new("This campaign is over; its calendar stays as it is.", "该活动已结束，日历不再修改。")
            ),
            _ => (campaign, null),
        };
    }

    private async Task<Phrase?> SavedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateException)
        {
            return new("Somebody changed the calendar at the same moment; look again.", "刚刚有人修改了日历，请刷新查看。");
        }
    }
}
