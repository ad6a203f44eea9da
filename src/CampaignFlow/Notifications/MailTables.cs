using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace CampaignFlow.Notifications;

public enum MailState
{
    Queued,
    Sending,
    Sent,
    Failed,
}

/// <summary>A mail as it was written, to one person, in that person's language.</summary>
public sealed class Mail
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>kind:object:period:person — never two mails for one key.</summary>
    public required string Key { get; init; }

    /// <summary>review-reminder, approval-request, task-assigned, daily-digest, …</summary>
    public required string Kind { get; init; }

    public Guid? CampaignId { get; init; }
    public Guid? PersonId { get; init; }

    /// <summary>One address, or several with commas between them.</summary>
    public required string To { get; init; }

    public string? Cc { get; init; }

    /// <summary>Readers that the others do not see.</summary>
    public string? Bcc { get; init; }

    /// <summary>Null: the sender of the settings.</summary>
    public string? From { get; init; }

    public required string Language { get; init; }
    public required string Subject { get; init; }
    public required string Html { get; init; }
    public required string Text { get; init; }

    /// <summary>iCalendar text attached as invite.ics, for meetings.</summary>
    public string? Calendar { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public MailState State { get; set; }
    public DateTimeOffset? SentAt { get; set; }
    public int Attempts { get; set; }

    /// <summary>While it is being sent: until when no other node may try.</summary>
    public DateTimeOffset? SendingUntil { get; set; }

    public string? Error { get; set; }
}

internal sealed class MailTables : IEntityTypeConfiguration<Mail>
{
    public void Configure(EntityTypeBuilder<Mail> mail)
    {
        mail.ToTable("mail");
        mail.HasIndex(m => m.Key).IsUnique();
        mail.HasIndex(m => m.CampaignId);
    }
}

public static class MailSets
{
    extension(CampaignFlowDb db)
    {
        public DbSet<Mail> Mails => db.Set<Mail>();
    }
}
