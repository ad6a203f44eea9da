using CampaignFlow.Engine.Workflows;
using CampaignFlow.Shell;

namespace CampaignFlow.Studio;

/// <summary>What the dropdowns of the property panel offer, from live data: closed lists of an input and names that slices tell.</summary>
internal sealed class NameChoices(IReadOnlyDictionary<string, IReadOnlyList<(string Value, CampaignFlow.Engine.Phrase Text)>> lists)
{
    /// <returns>Null when anything may be written.</returns>
    public IReadOnlyList<(string Value, string Text)>? Of(ActivityInput input, Words words) =>
        input.Options is { } options ? [.. options.Select(o => (o, words.T(PaletteWords.Port(o))))]
        : input.NameOf is { } of && lists.TryGetValue(of, out var names) ? [.. names.Select(n => (n.Value, words.T(n.Text)))]
        : null;
}
