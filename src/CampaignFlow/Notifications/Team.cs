using CampaignFlow.Storage;

namespace CampaignFlow.Notifications;

public static class Team
{
    /// <summary>Everybody in any of the roles, each person once.</summary>
    public static async Task<IReadOnlyList<Recipient>> OfAsync(
        CampaignFlowDb db,
        CancellationToken cancellationToken,
        params string[] roles
    )
    {
        var people = new List<Recipient>();
        foreach (var role in roles)
            people.AddRange(await Recipients.OfRoleAsync(db, role, cancellationToken));
        return [.. people.DistinctBy(p => p.Address)];
    }
}
