using CampaignFlow.Engine;

namespace CampaignFlow.Notifications;

/// <summary>Which campaign a mail is about.</summary>
public sealed record MailCampaign(string Code, string Name);

/// <summary>
/// What a mail is made from: numbers and phrases that another slice fills in. The model knows its subject and its blocks; layout,
/// language and delivery are not its business.
/// </summary>
public abstract record MailModel
{
    /// <summary><c>review-reminder</c>, <c>approval-request</c>, …</summary>
    public abstract string Kind { get; }

    public required MailCampaign Campaign { get; init; }

    /// <summary>Page with the whole story, relative to the public address: <c>/campaigns/double-11-2026</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Goes out at night too.</summary>
    public bool Critical { get; init; }

    /// <summary>Why the reader receives it; one sentence for the footer.</summary>
    public abstract Phrase Reason { get; }

    public abstract string Subject(Reader reader);

    /// <summary>The line on top of the mail.</summary>
    public abstract string Title(Reader reader);

    /// <summary>The first line a mail program shows beside the subject.</summary>
    public abstract string Preview(Reader reader);

    public abstract IReadOnlyList<Block> Compose(Reader reader);

    /// <summary>Attached as invite.ics.</summary>
    public virtual Meeting? Meeting(Reader reader) => null;
}

/// <summary>An appointment for the reader's calendar.</summary>
/// <param name="Uid">The same for every mail about the same meeting, so that a calendar updates instead of doubling it.</param>
public sealed record Meeting(
    string Uid,
    DateTimeOffset StartsAt,
    TimeSpan Length,
    string Summary,
    string Description,
    string Url,
    string? Location
);
