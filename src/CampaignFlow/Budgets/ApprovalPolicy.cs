using CampaignFlow.Accounts;

namespace CampaignFlow.Budgets;

/// <summary>Who must agree to a shift, by its share of the campaign's total daily budget. The stricter of rule and policy wins.</summary>
public static class ApprovalPolicy
{
    /// <summary>Up to 3 % inside the guardrails a rule may act alone.</summary>
    public const decimal AutomaticShare = 0.03m;

    /// <summary>Above 10 % finance signs as well.</summary>
    public const decimal FinanceShare = 0.10m;

    /// <summary>Money that channels did not have before is never given by a rule alone; the approved total is finance's as well.</summary>
    /// <returns>Roles that must all approve; empty: nobody is asked.</returns>
    public static IReadOnlyList<string> RolesFor(string from, string to, long amountMinor, long dailyTotalMinor, bool ruleMayActAlone) =>
        from == LedgerEntry.Plan || to == LedgerEntry.Plan
            ? [Roles.Manager, Roles.Finance]
            : RolesFor(amountMinor, dailyTotalMinor, ruleMayActAlone && from != LedgerEntry.Reserve);

    /// <returns>Roles that must all approve; empty: nobody is asked.</returns>
    public static IReadOnlyList<string> RolesFor(long amountMinor, long dailyTotalMinor, bool ruleMayActAlone)
    {
        var share = dailyTotalMinor == 0 ? 1m : (decimal)amountMinor / dailyTotalMinor;
        return share switch
        {
            > FinanceShare => [Roles.Manager, Roles.Finance],
            > AutomaticShare => [Roles.Manager],
            _ when ruleMayActAlone => [],
            _ => [Roles.Manager],
        };
    }
}
