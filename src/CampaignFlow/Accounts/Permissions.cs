using System.Collections.Frozen;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace CampaignFlow.Accounts;

/// <summary>
/// What may be done by whom. Each name is an authorization policy: <c>.RequireAuthorization(Permissions.OverrideGates)</c>,
/// <c>@attribute [Authorize(Policy = Permissions.PublishRules)]</c>, or in code <c>person.May(Permissions.RollBack)</c>.
/// </summary>
public static class Permissions
{
    public const string EditCampaigns = "edit-campaigns";
    public const string ImportMetrics = "import-metrics";
    public const string ApproveShifts = "approve-shifts";
    public const string RollBack = "roll-back";
    public const string HoldBudgets = "hold-budgets";
    public const string SetGuards = "set-guards";
    public const string OverrideGates = "override-gates";
    public const string WriteRules = "write-rules";
    public const string PublishRules = "publish-rules";
    public const string EditWorkflows = "edit-workflows";
    public const string PublishWorkflows = "publish-workflows";
    public const string RunJobs = "run-jobs";
    public const string ManagePeople = "manage-people";

    private static readonly FrozenDictionary<string, string[]> Holders = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        [EditCampaigns] = [Roles.Operator, Roles.Manager],
        [ImportMetrics] = [Roles.Operator, Roles.Analyst, Roles.Manager],
        [ApproveShifts] = [Roles.Manager, Roles.Finance, Roles.Executive],
        [RollBack] = [Roles.Manager, Roles.Finance],
        // Stopping money is open to everyone who sees it go wrong; starting it again is a shift like any other.
        [HoldBudgets] = [Roles.Operator, Roles.Manager, Roles.Analyst, Roles.Finance, Roles.Executive],
        [SetGuards] = [Roles.Manager, Roles.Finance],
        [OverrideGates] = [Roles.Manager, Roles.Executive],
        [WriteRules] = [Roles.Analyst, Roles.Manager],
        [PublishRules] = [Roles.Manager],
        [EditWorkflows] = [Roles.Operator, Roles.Manager],
        [PublishWorkflows] = [Roles.Manager],
        [RunJobs] = [Roles.Operator, Roles.Analyst, Roles.Manager],
        [ManagePeople] = [Roles.Manager, Roles.Executive],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> All => Holders.Keys;

    public static IReadOnlyList<string> RolesThatMay(string permission) => Holders[permission];

    /// <summary>The policy of deciding an approval in a role: only who holds that role may.</summary>
    public static string DecideAs(string role) =>
        Roles.Names.ContainsKey(role)
            ? "decide-as-" + role
            : throw new ArgumentException($"'{role}' is not a role; use one of {string.Join(", ", Roles.Names.Keys)}.", nameof(role));

    extension(ClaimsPrincipal person)
    {
        public bool May(string permission) => Holders[permission].Any(person.IsInRole);

        public bool MayDecideAs(string role) => person.IsInRole(role);

        /// <summary>The signed-in person's id, null when nobody is signed in.</summary>
        public Guid? PersonId => Guid.TryParse(person.FindFirstValue(ClaimTypes.NameIdentifier), out var id) ? id : null;

        public string DisplayName => person.FindFirstValue(PersonClaims.DisplayName) ?? "";
    }

    internal static void Declare(AuthorizationBuilder policies)
    {
        policies.SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        foreach (var (permission, roles) in Holders)
            policies.AddPolicy(permission, policy => policy.RequireRole(roles));
        foreach (var role in Roles.Names.Keys)
            policies.AddPolicy(DecideAs(role), policy => policy.RequireRole(role));
    }
}
