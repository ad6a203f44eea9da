using CampaignFlow.Accounts;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows.Checks;
using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Workflows;

/// <summary>An event that the product itself publishes to waiting runs.</summary>
/// <param name="NextAfter">When it comes for the next time; days and hours are those of the moment's own offset.</param>
public sealed record KnownEvent(string Name, Phrase What, Func<DateTimeOffset, DateTimeOffset> NextAfter);

/// <summary>
/// Looks at a definition with all that the slices know: a slice adds names with <c>AddSingleton(new NameList(…))</c> and its events with
/// <see cref="KnownEvent"/>.
/// </summary>
public sealed class DefinitionChecks(IEnumerable<NameList> names, IEnumerable<KnownEvent> events)
{
    /// <param name="workflows">Ids of the definitions that may be executed by others; null: not known, so not looked at.</param>
    public IReadOnlyList<Problem> Check(WorkflowDefinition definition, IReadOnlyCollection<string>? workflows)
    {
        List<NameList> known = [.. names, new(NameList.Role, [.. Roles.Names.Keys]), new(NameList.Event, [.. events.Select(e => e.Name)])];
        if (workflows is not null)
            known.Add(new(NameList.Workflow, workflows));
        return DefinitionCheck.Check(definition, known);
    }

    /// <summary>When an event comes for the next time; null: the product does not publish it.</summary>
    public DateTimeOffset? NextEvent(string name, DateTimeOffset after) => events.FirstOrDefault(e => e.Name == name)?.NextAfter(after);
}
