using System.Reflection;
using CampaignFlow.Engine;

namespace CampaignFlow.Shell;

/// <summary>One entry of the side navigation.</summary>
/// <param name="Icon">Tabler icon name without the <c>ti-</c>: <c>inbox</c>.</param>
/// <param name="Key">Second key after <c>g</c>: <c>b</c> for the board.</param>
/// <param name="Policy">One of <c>Permissions</c>; who lacks it does not see the link.</param>
public sealed record NavigationLink(Phrase Text, string Href, string Icon, char? Key = null, string? Policy = null)
{
    /// <summary>What waits there, as a small number; nothing is shown for 0.</summary>
    public Func<HttpContext, Task<int>>? Count { get; init; }

    /// <summary>Also active on these paths, e.g. <c>/campaigns</c> for the board.</summary>
    public IReadOnlyList<string> Also { get; init; } = [];

    public bool IsAt(PathString path) =>
        (Href == "/" ? path == "/" : path.StartsWithSegments(Href, StringComparison.OrdinalIgnoreCase))
        || Also.Any(also => path.StartsWithSegments(also, StringComparison.OrdinalIgnoreCase));
}

/// <summary>The side navigation, filled once at start: <c>AddShell(nav => nav.Add(…))</c>. The first four are the tabs of a phone.</summary>
public sealed class Navigation
{
    private readonly List<(Phrase? Group, List<NavigationLink> Links)> groups = [(null, [])];

    /// <summary>Assemblies besides this one whose pages are served too.</summary>
    public IList<Assembly> PagesFrom { get; } = [];

    public IReadOnlyList<(Phrase? Group, List<NavigationLink> Links)> Groups => groups;
    public IEnumerable<NavigationLink> Links => groups.SelectMany(g => g.Links);

    /// <summary>Links added from here on stand under this heading.</summary>
    public Navigation Group(Phrase heading)
    {
        groups.Add((heading, []));
        return this;
    }

    public Navigation Add(NavigationLink link)
    {
        groups[^1].Links.Add(link);
        return this;
    }
}
