using CampaignFlow.Accounts;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Notifications;

/// <summary>Where a mail goes.</summary>
/// <param name="PersonId">Null for an address outside the system.</param>
public sealed record Recipient(Guid? PersonId, string Name, string Address, string Language, string TimeZone)
{
    /// <exception cref="ArgumentException">The person has no address.</exception>
    public static Recipient Of(Person person) =>
        new(
            person.Id,
            person.DisplayName,
            person.Email is { Length: > 0 } address
                ? address
                : throw new ArgumentException($"{person.DisplayName} has no mail address.", nameof(person)),
            person.Language is { Length: > 0 } chosen ? chosen : "en",
            person.TimeZone
        );

    internal TimeZoneInfo Zone => TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;
}

public static class Recipients
{
    /// <summary>Everybody in a role who has an address, in a stable order.</summary>
    public static async Task<IReadOnlyList<Recipient>> OfRoleAsync(
        CampaignFlowDb db,
        string role,
        CancellationToken cancellationToken = default
    ) =>
        [
            .. (
                await db
                    .People.AsNoTracking()
                    .Where(p => p.Roles.Contains(role) && p.Email != null && p.Email != "")
                    .OrderBy(p => p.Id)
                    .ToListAsync(cancellationToken)
            ).Select(Recipient.Of),
        ];
}
