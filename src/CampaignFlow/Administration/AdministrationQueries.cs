using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Administration;

/// <summary>What of the history is asked for; both instants belong to the reader's days.</summary>
/// <param name="Text">Anywhere in the text of either language.</param>
public sealed record AuditFilter(Guid? Campaign, string? Who, string? Text, DateTimeOffset? From, DateTimeOffset? Until);

/// <param name="Campaign">Code and name, null when it belongs to none.</param>
public sealed record AuditLine(AuditEvent Event, (string Code, string Name)? Campaign);

/// <summary>People and history, read-only.</summary>
public sealed class AdministrationQueries(CampaignFlowDb db)
{
    public async Task<IReadOnlyList<Person>> PeopleAsync(CancellationToken cancellationToken) =>
        await db.People.AsNoTracking().OrderBy(p => p.UserName).ToListAsync(cancellationToken);

    public Task<Person?> PersonAsync(Guid id, CancellationToken cancellationToken) =>
        db.People.AsNoTracking().SingleOrDefaultAsync(p => p.Id == id, cancellationToken);

    /// <summary>Everybody and everything that ever acted.</summary>
    public Task<List<string>> ActorsAsync(CancellationToken cancellationToken) =>
        db.Audit.Select(a => a.Who).Distinct().OrderBy(w => w).Take(300).ToListAsync(cancellationToken);

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<AuditLine>> AuditAsync(AuditFilter filter, int skip, int atMost, CancellationToken cancellationToken)
    {
        var events = db.Audit.AsNoTracking();
        if (filter.Campaign is { } campaign)
            events = events.Where(a => a.CampaignId == campaign);
        if (filter.Who is { Length: > 0 } who)
            events = events.Where(a => a.Who == who);
        if (filter.From is { } from)
            events = events.Where(a => a.At >= from);
        if (filter.Until is { } until)
            events = events.Where(a => a.At < until);
        if (filter.Text is { Length: > 0 } text)
        {
            var wanted = text.ToLowerInvariant();
#pragma warning disable CA1304, CA1311, CA1862, MA0011 // becomes lower() in SQL; the overloads with a culture cannot
            events = events.Where(a => a.TextEn.ToLower().Contains(wanted) || a.TextZh.ToLower().Contains(wanted));
#pragma warning restore CA1304, CA1311, CA1862, MA0011
        }
        var found = await events
            .OrderByDescending(a => a.At)
            .ThenByDescending(a => a.Id)
            .Skip(skip)
            .Take(atMost)
            .ToListAsync(cancellationToken);
        var ids = found.Select(a => a.CampaignId).OfType<Guid>().Distinct().ToList();
        var campaigns = await db.Campaigns.AsNoTracking().Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancellationToken);
        return
        [
            .. found.Select(a => new AuditLine(
                a,
                a.CampaignId is { } id && campaigns.TryGetValue(id, out var of) ? (of.Code, of.Name) : null
            )),
        ];
    }
}
