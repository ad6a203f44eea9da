using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignFlow.Scheduling;

/// <summary>Something that is looked at on a fixed day and hour of the campaign's own clock while money is spent.</summary>
/// <param name="On">Only on this weekday; null: every day.</param>
public sealed record Check(string Code, Phrase Name, TimeOnly At, DayOfWeek? On = null)
{
    /// <summary>Campaign runs wait for it by name; without, only the product itself listens.</summary>
    public bool WakesRuns { get; init; }

    /// <summary>The daily look of all rules.</summary>
    public const string Rules = "rules-due";

    public static IReadOnlyList<Check> All { get; } =
    [
        new("daily-check", new("Daily check", "每日检查"), new(8, 30)),
        new(Rules, new("Rule evaluation", "规则评估"), new(9, 0)) { WakesRuns = true },
        new("review-due", new("Weekly review reminder", "周复盘提醒"), new(18, 0), DayOfWeek.Sunday) { WakesRuns = true },
    ];

    /// <summary>The first instant after <paramref name="after"/> at which it is due.</summary>
    public DateTimeOffset NextAfter(Campaign campaign, DateTimeOffset after)
    {
        for (var day = campaign.Today(after); ; day = day.AddDays(1))
        {
            if ((On is null || day.DayOfWeek == On) && campaign.At(day, At) is var at && at > after)
                return at;
        }
    }

    /// <summary>The same where no campaign is at hand: day and hour of the moment's own offset.</summary>
    public DateTimeOffset NextAfter(DateTimeOffset after)
    {
        for (var day = DateOnly.FromDateTime(after.DateTime); ; day = day.AddDays(1))
        {
            if ((On is null || day.DayOfWeek == On) && new DateTimeOffset(day.ToDateTime(At), after.Offset) is var at && at > after)
                return at;
        }
    }

    /// <summary>The last instant up to <paramref name="now"/> at which it was due: after an outage only this one is made up for.</summary>
    public DateTimeOffset LatestUpTo(Campaign campaign, DateTimeOffset now)
    {
        for (var day = campaign.Today(now); ; day = day.AddDays(-1))
        {
            if ((On is null || day.DayOfWeek == On) && campaign.At(day, At) is var at && at <= now)
                return at;
        }
    }
}

/// <summary>A check that ran. Its key (check, campaign, due) makes a second run of the same one impossible.</summary>
public sealed class CheckRun
{
    public long Id { get; init; }
    public required string Key { get; init; }
    public required string Check { get; init; }
    public required Guid CampaignId { get; init; }
    public required DateTimeOffset DueAt { get; init; }
    public required DateTimeOffset RanAt { get; init; }
}

/// <summary>A campaign's check is due; who cares handles it.</summary>
public sealed record CheckDue(string Check, Guid CampaignId, DateTimeOffset DueAt) : IFact;

internal sealed class SchedulingTables : IEntityTypeConfiguration<CheckRun>
{
    public void Configure(EntityTypeBuilder<CheckRun> run)
    {
        run.ToTable("check_run");
        run.HasIndex(r => r.Key).IsUnique();
        run.HasIndex(r => new { r.Check, r.RanAt });
    }
}

public static class SchedulingSets
{
    extension(CampaignFlowDb db)
    {
        public DbSet<CheckRun> CheckRuns => db.Set<CheckRun>();
    }
}
