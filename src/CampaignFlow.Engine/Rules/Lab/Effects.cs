namespace CampaignFlow.Engine.Rules.Lab;

/// <summary>Which way a branch moves the money of which role.</summary>
/// <param name="Up">Null: it depends on the numbers.</param>
internal sealed record Effect(string Role, bool? Up, Branch Branch, AskedAction Action);

internal static class Effects
{
    /// <summary>False for rules that only tell, mark or give work.</summary>
    public static bool MovesMoney(Rule rule) =>
        rule.Mode is not AskedMode.Observe
        && rule.Branches.Any(b => b.Then.Any(a => Of(b, a).Any() || a is AskedAction.Resume or AskedAction.Revert));

    public static IEnumerable<Effect> Of(Rule rule) => rule.Branches.SelectMany(b => b.Then.SelectMany(a => Of(b, a)));

    private static IEnumerable<Effect> Of(Branch branch, AskedAction action) =>
        action switch
        {
            AskedAction.Shift => [new("loser", false, branch, action), new("winner", true, branch, action)],
            AskedAction.Lift lift => [new(lift.Role, true, branch, action)],
            AskedAction.Cut cut => [new(cut.Role, false, branch, action)],
            AskedAction.Scale scale => [new(scale.Role, Factor(scale) is { } factor ? factor > 1 : null, branch, action)],
            AskedAction.Pause pause => [new(pause.Role, false, branch, action)],
            _ => [],
        };

    /// <summary>Target over budget when the target is a multiple of the channel's own budget; null when it is something else.</summary>
    public static double? Factor(AskedAction.Scale scale) =>
        Linear.Of(scale.Target.Root) is { Named: { } fact, Times: var times } && Linear.IsOwnBudget(fact) ? times : null;

    /// <summary>True when the amount grows with the budget it is added to.</summary>
    public static bool Compounds(AskedAction action) =>
        action switch
        {
            AskedAction.Lift lift => lift.Amount.Facts.Any(Linear.IsOwnBudget),
            AskedAction.Scale scale => Factor(scale) is > 1,
            _ => false,
        };
}
