using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Scheduling;

/// <summary>Finds the checks that are due and announces each once: as a signal to the campaign's run and as a fact.</summary>
public sealed class DueChecks(CampaignFlowDb db, TimeProvider clock, WakeUp bell)
{
    /// <param name="only">One check's code; null: all.</param>
    /// <returns>How many checks were announced.</returns>
    public async Task<int> RunAsync(string? only, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var announced = 0;
        foreach (var (campaign, since) in await db.InExecutionAsync(cancellationToken))
        {
            foreach (var check in Check.All.Where(c => only is null || c.Code == only))
            {
                var due = check.LatestUpTo(campaign, now);
                if (due >= since && await AnnounceAsync(check, campaign, due, now, cancellationToken))
                    announced++;
            }
        }
        if (announced > 0)
            bell.Ring();
        return announced;
    }

    /// <summary>A person wants a check now, whatever the clock says; asked twice within a minute it runs once.</summary>
    /// <returns>Null when it was announced, else why not.</returns>
    public async Task<Phrase?> RunNowAsync(Check check, Guid campaignId, string by, CancellationToken cancellationToken)
    {
        var campaigns = await db.InExecutionAsync(cancellationToken);
        if (campaigns.FirstOrDefault(c => c.Campaign.Id == campaignId).Campaign is not { } campaign)
            return new("Checks run while a campaign is in execution; this one is not.", "检查只在活动执行阶段运行，该活动不在执行阶段。");
        var now = clock.GetUtcNow();
        var minute = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds() / 60 * 60);
        db.Note(campaign.Id, now, by, new($"{check.Name.En} asked for by hand.", $"手动执行“{check.Name.Zh}”。"));
        if (!await AnnounceAsync(check, campaign, minute, now, cancellationToken))
        {
            db.ChangeTracker.Clear();
            return new("This check ran less than a minute ago.", "该检查不到一分钟前刚执行过。");
        }
        bell.Ring();
        return null;
    }

    /// <summary>When the next check of any campaign is due; null when no campaign is in execution.</summary>
    public async Task<DateTimeOffset?> NextAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var campaigns = await db.InExecutionAsync(cancellationToken);
        return campaigns.SelectMany(c => Check.All.Select(check => (DateTimeOffset?)check.NextAfter(c.Campaign, now))).Min();
    }

    private async Task<bool> AnnounceAsync(
        Check check,
        Campaign campaign,
        DateTimeOffset due,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var key = $"{check.Code}:{campaign.Code}:{due:yyyyMMddTHHmm}";
        if (await db.CheckRuns.AnyAsync(r => r.Key == key, cancellationToken))
            return false;
        db.CheckRuns.Add(
            new()
            {
                Key = key,
                Check = check.Code,
                CampaignId = campaign.Id,
                DueAt = due,
                RanAt = now,
            }
        );
        db.Publish($"check:{key}", new CheckDue(check.Code, campaign.Id, due), now);
        if (check.WakesRuns)
            await db.SignalAsync(
                Engine.Workflows.Bookmark.Event,
                check.Code,
                campaign.Id.ToString(),
                null,
                $"check:{key}",
                now,
                cancellationToken
            );
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException) when (db.ChangeTracker.HasChanges())
        {
            db.ChangeTracker.Clear(); // another node announced it first
            return false;
        }
    }
}
