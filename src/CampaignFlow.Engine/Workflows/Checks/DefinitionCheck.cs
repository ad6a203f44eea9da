using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Checks;

/// <summary>
/// What would go wrong with a definition that can be read: errors that refuse its publishing, warnings that need a look, notes. It
/// takes time in proportion to the definition and throws on none.
/// </summary>
public static class DefinitionCheck
{
    /// <param name="names">What names may be used in inputs; a kind of names that is not listed is not looked at.</param>
    /// <returns>In the order of the file.</returns>
    public static IReadOnlyList<Problem> Check(WorkflowDefinition definition, IReadOnlyCollection<NameList> names)
    {
        var ways = new Ways(definition);
        var reached = ways.Reached();
        return
        [
            .. ReachChecks
                .Of(ways, reached)
                .Concat(LoopChecks.Of(ways, reached))
                .Concat(OutcomeChecks.Of(ways))
                .Concat(JoinChecks.Of(ways, reached))
                .Concat(MoneyChecks.Of(ways))
                .Concat(InputChecks.Of(definition, names))
                .Concat(VariableChecks.Of(definition))
                .Concat(TextChecks.Of(definition))
                .OrderBy(p => p.Line)
                .ThenBy(p => p.Column)
                .ThenBy(p => p.Severity)
                .ThenBy(p => p.Code, StringComparer.Ordinal),
        ];
    }

    /// <summary>True when it must not be published.</summary>
    public static bool Refuses(IEnumerable<Problem> problems) => problems.Any(p => p.Severity == Severity.Error);

    internal static Problem Found(
        WorkflowDefinition definition,
        Activity activity,
        Severity severity,
        string code,
        Phrase text,
        Phrase cure
    ) =>
        new(definition.FileName, activity.Line, activity.Column, text)
        {
            Severity = severity,
            Code = code,
            Cure = cure,
            Subject = activity.Id,
        };

    /// <summary>Name and id, or the id alone where nobody gave a name.</summary>
    internal static Phrase Called(Activity activity) =>
        activity.Name == activity.Id
            ? new($"'{activity.Id}'", $"“{activity.Id}”")
            : new($"'{activity.Name}' ({activity.Id})", $"“{activity.Name}”（{activity.Id}）");

    /// <summary>A few of many, by name.</summary>
    internal static Phrase Some(IReadOnlyList<Activity> activities, string en, string zh)
    {
        const int most = 8;
        var shown = Phrase.Join(activities.Take(most).Select(Called), en, zh);
        var more = activities.Count - most;
        return more <= 0 ? shown : new($"{shown.En} and {more} more", $"{shown.Zh} 等另外 {more} 个");
    }
}
