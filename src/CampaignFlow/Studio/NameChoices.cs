using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Shell;

namespace CampaignFlow.Studio;

/// <summary>What the dropdowns of the property panel offer: closed lists of an input and names from live data.</summary>
internal sealed class NameChoices(IReadOnlyDictionary<string, IReadOnlyList<(string Value, Phrase Text)>> lists)
{
    /// <returns>Null when anything may be written; events have no list, because one may be new.</returns>
    public IReadOnlyList<(string Value, string Text)>? Of(ActivityInput input, Words words)
    {
        var choices =
            input.Options is { } options ? options.Select(o => (o, words.T(Named(o))))
            : input.NameOf is { } of && lists.TryGetValue(of, out var names) ? names.Select(n => (n.Value, words.T(n.Text)))
            : null;
        // "None of them" is one of the choices where one is chosen; in a list to tick it is ticking none.
        var mayBeNone = !input.Required && input.Kind != "String[]";
        return choices is null ? null : [.. mayBeNone ? choices.Prepend(("", "–")) : choices];
    }

    // Stages and roles stand in closed lists, too.
    private Phrase Named(string option) =>
        lists.Values.SelectMany(l => l).Where(n => n.Value == option).Select(n => (Phrase?)n.Text).FirstOrDefault()
        ?? PaletteWords.Option(option);
}
