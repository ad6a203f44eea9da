using CampaignFlow.Accounts;
using CampaignFlow.Notifications;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Desk;

/// <summary>What a link in a mail still does.</summary>
public enum LinkState
{
    /// <summary>Nothing was decided; the button casts the vote.</summary>
    Ready,

    /// <summary>This person has answered already: a link works once.</summary>
    Used,

    /// <summary>Others answered, or time did.</summary>
    Closed,

    /// <summary>Genuine but older than its lifetime.</summary>
    Expired,

    /// <summary>The person no longer holds the role in which they were asked.</summary>
    NotYours,

    /// <summary>Not ours, or changed on the way.</summary>
    Forged,
}

/// <param name="View">Null for forged links: who sends one learns nothing.</param>
/// <param name="Vote">What this person said, if they did.</param>
public sealed record LinkView(
    LinkState State,
    ActionLink? Link,
    ApprovalState? Answer,
    ApprovalView? View,
    Person? Person,
    ApprovalVote? Vote
)
{
    public static LinkView Forged { get; } = new(LinkState.Forged, null, null, null, null, null);
}

public sealed class LinkQueries(CampaignFlowDb db, ActionLinks links, ApprovalQueries approvals, TimeProvider clock)
{
    public async Task<LinkView> ReadAsync(string token, CancellationToken cancellationToken)
    {
        var (link, fresh) = links.Read(token, clock.GetUtcNow()) switch
        {
            LinkReading.Good good => (good.Link, true),
            LinkReading.Expired old => (old.Link, false),
            _ => (null, false),
        };
        if (
            link is null
            || LinkApi.AnswerOf(link) is not { } answer
            || await approvals.FindAsync(link.ApprovalId, cancellationToken) is not { } view
            || await db.People.AsNoTracking().SingleOrDefaultAsync(p => p.Id == link.PersonId, cancellationToken) is not { } person
        )
            return LinkView.Forged;
        var vote = view.Votes.FirstOrDefault(v => v.PersonId == person.Id);
        var state =
            vote is not null ? LinkState.Used
            : !view.IsOpen ? LinkState.Closed
            : !fresh ? LinkState.Expired
            : !person.Roles.Contains(link.Role) || !view.Waiting.Contains(link.Role) ? LinkState.NotYours
            : LinkState.Ready;
        return new(state, link, answer, view, person, vote);
    }
}
