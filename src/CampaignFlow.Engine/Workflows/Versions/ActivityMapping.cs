using CampaignFlow.Engine.Workflows.Definition;

namespace CampaignFlow.Engine.Workflows.Versions;

/// <summary>
/// Which activity of the newer version an activity of the older one has become. The same id and type are the same activity, and so are
/// the two roots; everything else a person chooses. No two become one.
/// </summary>
public sealed class ActivityMapping
{
    private readonly Dictionary<string, string> _images = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _sources = new(StringComparer.Ordinal);
    private readonly List<Phrase> _problems = [];

    private ActivityMapping(WorkflowDefinition old, WorkflowDefinition @new, IReadOnlyDictionary<string, string> chosen)
    {
        (Old, New, Chosen) = (old, @new, chosen);
        foreach (var (from, to) in chosen)
            Choose(from, to);
        foreach (var activity in old.Activities.Values)
            if (!chosen.ContainsKey(activity.Id) && @new.Activities.TryGetValue(activity.Id, out var same) && same.Type == activity.Type)
                Pair(activity.Id, same.Id);
        if (!_images.ContainsKey(old.Root.Id) && !_sources.ContainsKey(@new.Root.Id) && old.Root.Type == @new.Root.Type)
            Pair(old.Root.Id, @new.Root.Id);
    }

    public WorkflowDefinition Old { get; }
    public WorkflowDefinition New { get; }

    /// <summary>Old id → new id, as a person said; empty: it has no successor, although the id is still there.</summary>
    public IReadOnlyDictionary<string, string> Chosen { get; }

    /// <summary>What is wrong with the choice; nothing is migrated with it.</summary>
    public IReadOnlyList<Phrase> Problems => _problems;

    /// <param name="chosen">Old id → new id; an empty new id takes a pair apart.</param>
    public static ActivityMapping Of(WorkflowDefinition old, WorkflowDefinition @new, IReadOnlyDictionary<string, string>? chosen = null) =>
        new(old, @new, chosen ?? new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>What an old activity has become; null when it is gone.</summary>
    public string? this[string old] => _images.GetValueOrDefault(old);

    /// <summary>What a new activity was; null when it is new.</summary>
    public string? SourceOf(string @new) => _sources.GetValueOrDefault(@new);

    /// <summary>True when a person said so, not the id.</summary>
    public bool IsChosen(string old) => _images.TryGetValue(old, out var image) && Chosen.ContainsKey(old) && image != old;

    private void Choose(string from, string to)
    {
        if (!Old.Activities.TryGetValue(from, out var old))
            _problems.Add(new($"The older version has no activity '{from}'.", $"旧版本中没有活动“{from}”。"));
        else if (to.Length == 0)
            return;
        else if (!New.Activities.TryGetValue(to, out var successor))
            _problems.Add(new($"The newer version has no activity '{to}'.", $"新版本中没有活动“{to}”。"));
        else if (old.Type != successor.Type)
            _problems.Add(
                new(
                    $"'{from}' is a {old.Described.Name.En} and '{to}' is a {successor.Described.Name.En}: only activities of one type can follow each other.",
                    $"“{from}”是“{old.Described.Name.Zh}”，“{to}”是“{successor.Described.Name.Zh}”：只有同类型的活动才能对应。"
                )
            );
        else
            Pair(from, to);
    }

    private void Pair(string from, string to)
    {
        if (_sources.TryGetValue(to, out var other))
            _problems.Add(
                new(
                    $"'{from}' and '{other}' cannot both become '{to}': say what '{from}' becomes, or that it is gone.",
                    $"“{from}”和“{other}”不能都对应到“{to}”：请说明“{from}”对应什么，或它已被删除。"
                )
            );
        else
            (_images[from], _sources[to]) = (to, from);
    }
}
