using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignFlow.Campaigns;

public enum CampaignState
{
    Draft,
    Active,
    OnHold,
    Completed,
    Archived,
    Cancelled,
}

/// <summary>One marketing campaign from brief to archive.</summary>
public sealed class Campaign
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Identity in URLs, files and mails: <c>double-11-2026</c>.</summary>
    public required string Code { get; init; }

    public required string Name { get; set; }

    /// <summary>品牌 awareness, 拉新 acquisition, 促销 promotion, 留存 retention.</summary>
    public required string Intent { get; set; }

    public required string Brand { get; set; }
    public required string Product { get; set; }

    /// <summary>ISO 4217; all money of a campaign is in one currency.</summary>
    public required string Currency { get; init; }

    /// <summary>IANA name: days, checks and deadlines are the campaign's local ones.</summary>
    public required string TimeZone { get; init; }

    /// <summary>First and last day on which money is spent.</summary>
    public required DateOnly StartsOn { get; set; }

    public required DateOnly EndsOn { get; set; }
    public Guid? OwnerId { get; set; }

    /// <summary>Code of an earlier campaign whose course the goals are expected to follow; null: none was chosen.</summary>
    public string? PaceLike { get; set; }
    public CampaignState State { get; set; } = CampaignState.Draft;

    /// <summary>Who stopped all budget changes: a person's name, or <c>rule:ID</c>, which lifts it itself; null: nobody.</summary>
    public string? HeldBy { get; set; }

    /// <summary>Raised by each ledger transfer, first thing in its transaction: two transfers of one campaign wait for each other.</summary>
    public int LedgerVersion { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The workflow run that leads this campaign.</summary>
    public Guid? RunId { get; set; }

    public DateOnly Today(DateTimeOffset now) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(TimeZone)).DateTime);

    /// <summary>The instant at which the campaign's clocks show this local time.</summary>
    public DateTimeOffset At(DateOnly day, TimeOnly time)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(TimeZone);
        var local = day.ToDateTime(time);
        if (zone.IsInvalidTime(local))
            local = local.AddHours(1); // the hour that summer time skips
        return new DateTimeOffset(local, zone.GetUtcOffset(local)).ToUniversalTime();
    }

    public int FlightDays => EndsOn.DayNumber - StartsOn.DayNumber + 1;

    public Money Money(long minor) => new(minor, Currency);
}

/// <summary>A channel of one campaign: where money goes and what bounds it.</summary>
public sealed class CampaignChannel
{
    public required Guid CampaignId { get; init; }

    /// <summary>As it stands in the metrics files, trimmed; compared without regard to case.</summary>
    public required string Code { get; init; }

    public required string Name { get; set; }

    /// <summary>search, social, influencer, media, …: as the file or the plan says.</summary>
    public string Kind { get; set; } = "";

    /// <summary>False for contract money that is already committed.</summary>
    public bool Shiftable { get; set; } = true;

    public bool Active { get; set; } = true;

    /// <summary>Daily budget as approved in the plan, minor units.</summary>
    public required long PlannedMinor { get; set; }

    public required long FloorMinor { get; set; }
    public required long CeilingMinor { get; set; }

    /// <summary>Days until conversions of a day are nearly complete.</summary>
    public int LagDays { get; set; } = 1;
}

/// <summary>One SMART goal: metric, baseline with source, target, deadline, parent.</summary>
public sealed class Goal
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid CampaignId { get; init; }

    /// <summary><c>roas</c>, <c>cpa</c>, <c>revenue</c>, …</summary>
    public required string Metric { get; init; }

    public double? Baseline { get; set; }
    public string? BaselineSource { get; set; }

    /// <summary>Money metrics in minor units.</summary>
    public required double Target { get; set; }

    public required DateOnly Deadline { get; set; }
    public string? ParentObjective { get; set; }

    /// <summary>Guardrail KPIs must not get worse; primary ones must be reached.</summary>
    public bool Guardrail { get; set; }

    /// <summary>Costs want to be low, everything else high.</summary>
    public static bool IsLowerBetter(string metric) => metric is "cpa" or "cpc" or "cpm" or "spend" or "refund_rate";

    public static bool IsMet(string metric, double actual, double target) => IsLowerBetter(metric) ? actual <= target : actual >= target;
}

/// <summary>Who did what, kept for ever.</summary>
public sealed class AuditEvent
{
    public long Id { get; init; }
    public Guid? CampaignId { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>A person's display name, or the rule or job that acted.</summary>
    public required string Who { get; init; }

    public required string TextEn { get; init; }
    public required string TextZh { get; init; }
    public Phrase Text => new(TextEn, TextZh);
}

internal sealed class CampaignTables
    : IEntityTypeConfiguration<Campaign>,
        IEntityTypeConfiguration<CampaignChannel>,
        IEntityTypeConfiguration<Goal>,
        IEntityTypeConfiguration<AuditEvent>
{
    public void Configure(EntityTypeBuilder<Campaign> campaign)
    {
        campaign.ToTable("campaign");
        campaign.HasIndex(c => c.Code).IsUnique();
        // A person's hold and a rule's look at its own may not overwrite each other.
        campaign.Property(c => c.HeldBy).IsConcurrencyToken();
    }

    public void Configure(EntityTypeBuilder<CampaignChannel> channel) =>
        channel.ToTable("campaign_channel").HasKey(c => new { c.CampaignId, c.Code });

    public void Configure(EntityTypeBuilder<Goal> goal)
    {
        goal.ToTable("goal");
        goal.HasIndex(g => new { g.CampaignId, g.Metric }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<AuditEvent> audit)
    {
        audit.ToTable("audit_event");
        audit.Ignore(a => a.Text);
        audit.HasIndex(a => new { a.CampaignId, a.At });
    }
}

public static class CampaignSets
{
    extension(CampaignFlowDb db)
    {
        public DbSet<Campaign> Campaigns => db.Set<Campaign>();
        public DbSet<CampaignChannel> CampaignChannels => db.Set<CampaignChannel>();
        public DbSet<Goal> Goals => db.Set<Goal>();
        public DbSet<AuditEvent> Audit => db.Set<AuditEvent>();

        /// <summary>What people call the channels of a campaign, by code.</summary>
        public async Task<IReadOnlyDictionary<string, string>> ChannelNamesAsync(Guid campaign, CancellationToken cancellationToken)
        {
            var channels = db.Set<CampaignChannel>().AsNoTracking();
            return await channels.Where(c => c.CampaignId == campaign).ToDictionaryAsync(c => c.Code, c => c.Name, cancellationToken);
        }

        public void Note(Guid? campaign, DateTimeOffset at, string who, Phrase text) =>
            db.Audit.Add(
                new()
                {
                    CampaignId = campaign,
                    At = at,
                    Who = who,
                    TextEn = text.En,
                    TextZh = text.Zh,
                }
            );
    }
}
