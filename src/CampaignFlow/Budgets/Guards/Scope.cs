using CampaignFlow.Campaigns;

namespace CampaignFlow.Budgets.Guards;

/// <summary>What a guard or the kill switch is about, as it is stored.</summary>
public static class Scope
{
    public const string Everything = "*";
    private const string CampaignPrefix = "campaign:";
    private const string RulePrefix = "rule:";
    private const int LongestRule = 200;

    public static string Of(Campaign campaign) => Of(campaign.Id);

    public static string Of(Guid campaign) => CampaignPrefix + campaign.ToString("D");

    public static string OfRule(string rule) => RulePrefix + rule;

    /// <summary>The scopes that bind a rule in a campaign, widest first.</summary>
    public static IReadOnlyList<string> Binding(Guid campaign, string? rule) =>
        rule is null ? [Everything, Of(campaign)] : [Everything, Of(campaign), OfRule(rule)];

    public static Guid? CampaignIn(string scope) =>
        scope.StartsWith(CampaignPrefix, StringComparison.Ordinal) && Guid.TryParse(scope[CampaignPrefix.Length..], out var id) ? id : null;

    public static string? RuleIn(string scope) =>
        scope.StartsWith(RulePrefix, StringComparison.Ordinal) && scope.Length - RulePrefix.Length is > 0 and <= LongestRule
            ? scope[RulePrefix.Length..]
            : null;
}
