namespace CampaignFlow.Rules;

/// <summary>Whom rule files mean: roles by name, or the way people talk about them.</summary>
public static class RuleRoles
{
    /// <returns>A role; null for what has no mailbox here, such as a chat channel.</returns>
    public static string? Of(string whom) =>
        whom.Trim().ToLowerInvariant() switch
        {
            "campaign owner" => Accounts.Roles.Manager,
            "budget owner" => Accounts.Roles.Finance,
            "data-team" or "data team" => Accounts.Roles.Analyst,
            var role when Accounts.Roles.Names.ContainsKey(role) => role,
            _ => null,
        };
}
