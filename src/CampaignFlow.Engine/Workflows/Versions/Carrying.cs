using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Versions;

/// <summary>One execution on its way to another version: what its activity needs to translate what it remembers.</summary>
/// <param name="Past">Old activities that lie behind the run.</param>
/// <param name="Live">What its live children have become.</param>
internal sealed record Carrying(
    Activity Before,
    Activity After,
    ActivityMapping Mapping,
    IReadOnlySet<string> Past,
    IReadOnlyList<Activity> Live,
    Func<Activity, Phrase> Name,
    List<Phrase> Refusals
)
{
    /// <summary>Children of the newer version that the older one did not have in this container.</summary>
    internal IEnumerable<Activity> NewChildren => After.Children.Where(c => !Before.Children.Any(b => Mapping[b.Id] == c.Id));

    internal void Refuse(Activity activity, string en, string zh)
    {
        var name = Quoted(Name(activity));
        Refusals.Add(new(en.Replace("{0}", name.En, StringComparison.Ordinal), zh.Replace("{0}", name.Zh, StringComparison.Ordinal)));
    }

    internal static Phrase Quoted(Phrase name) => new($"'{name.En}'", $"“{name.Zh}”");
}
