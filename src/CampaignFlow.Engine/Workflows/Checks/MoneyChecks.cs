namespace CampaignFlow.Engine.Workflows.Checks;

/// <summary>Steps that may move money and can be come to without anybody's yes.</summary>
internal static class MoneyChecks
{
    internal static IEnumerable<Problem> Of(Ways ways)
    {
        var moving = ways.Definition.Activities.Values.Where(a => a.Described.MovesMoney).ToList();
        if (moving.Count == 0)
            yield break;
        var unasked = ways.Reached(place => ways.ActivityAt(place) is { Described.Decides: true });
        foreach (var activity in moving.Where(a => unasked[ways.EntryOf(a)]))
        {
            var name = DefinitionCheck.Called(activity);
            yield return DefinitionCheck.Found(
                ways.Definition,
                activity,
                Severity.Warning,
                "money-unasked",
                new(
                    $"{name.En} may move budget, but there is a way to it without a gate or an approval.",
                    $"{name.Zh}可能调整预算，但存在不经关口或审批就能到达它的路径。"
                ),
                new("Put an approval or a gate before it.", "请在它之前加入审批或关口。")
            );
        }
    }
}
