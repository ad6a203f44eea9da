using System.Security.Claims;
using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Notifications;

/// <summary>What of the mails is looked at; null: all.</summary>
public sealed record MailFilter(string? Kind = null, MailState? State = null, string? Search = null, int Page = 1);

/// <summary>One line of the list, without the bodies.</summary>
public sealed record MailLine(
    Guid Id,
    string Kind,
    string To,
    string Subject,
    MailState State,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SentAt,
    string? CampaignCode,
    string? CampaignName
);

public sealed record MailPageOf(IReadOnlyList<MailLine> Lines, int Total, IReadOnlyList<string> Kinds)
{
    public const int Size = 50;
    public int Pages => Math.Max(1, (Total + Size - 1) / Size);
}

/// <summary>Mails as their readers may look at them: managers all, everybody else their own.</summary>
public sealed class MailQueries(CampaignFlowDb db)
{
    public static bool SeesAll(ClaimsPrincipal reader) => reader.IsInRole(Roles.Manager);

    public async Task<MailPageOf> ListAsync(ClaimsPrincipal reader, MailFilter filter, CancellationToken cancellationToken)
    {
        var mine = Seen(reader);
        var kinds = await mine.Select(m => m.Kind).Distinct().OrderBy(k => k).ToListAsync(cancellationToken);
        var chosen = mine.Where(m => (filter.Kind == null || m.Kind == filter.Kind) && (filter.State == null || m.State == filter.State));
        if (!string.IsNullOrWhiteSpace(filter.Search))
        {
            var wanted = filter.Search.Trim().ToLowerInvariant();
#pragma warning disable CA1304, CA1311, CA1862, MA0011 // becomes lower() in SQL; the overloads with a culture cannot
            chosen = chosen.Where(m => m.Subject.ToLower().Contains(wanted) || m.To.ToLower().Contains(wanted));
#pragma warning restore CA1304, CA1311, CA1862, MA0011
        }
        var total = await chosen.CountAsync(cancellationToken);
        var lines = await chosen
            .OrderByDescending(m => m.CreatedAt)
            .ThenByDescending(m => m.Id)
            .Skip((Math.Max(1, filter.Page) - 1) * MailPageOf.Size)
            .Take(MailPageOf.Size)
            .Select(m => new
            {
                m.Id,
                m.Kind,
                m.To,
                m.Subject,
                m.State,
                m.CreatedAt,
                m.SentAt,
                Campaign = db.Set<Campaign>().FirstOrDefault(c => c.Id == m.CampaignId),
            })
            .ToListAsync(cancellationToken);
        return new(
            [
                .. lines.Select(m => new MailLine(
                    m.Id,
                    m.Kind,
                    m.To,
                    m.Subject,
                    m.State,
                    m.CreatedAt,
                    m.SentAt,
                    m.Campaign?.Code,
                    m.Campaign?.Name
                )),
            ],
            total,
            kinds
        );
    }

    /// <returns>Null when there is none, or when it is not the reader's to see.</returns>
    public Task<Mail?> FindAsync(ClaimsPrincipal reader, Guid id, CancellationToken cancellationToken) =>
        Seen(reader).SingleOrDefaultAsync(m => m.Id == id, cancellationToken);

    private IQueryable<Mail> Seen(ClaimsPrincipal reader)
    {
        var (all, me) = (SeesAll(reader), reader.PersonId);
        return db.Set<Mail>().AsNoTracking().Where(m => all || m.PersonId == me);
    }
}
