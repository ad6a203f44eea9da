using System.Globalization;
using System.Text.Json;
using CampaignFlow.Storage;

namespace CampaignFlow.Workflows.Archive;

/// <summary>How long what is over stays in the database. Null means: for ever.</summary>
/// <param name="Runs">Finished and cancelled runs with their journals, counted from their end.</param>
/// <param name="Signals">Signals that a run has taken.</param>
/// <param name="Messages">Outbox messages that were delivered, with their receipts.</param>
/// <param name="ByWorkflow">Runs of single definitions, by id; stronger than what the definition itself says.</param>
public sealed record RetentionPolicy(
    TimeSpan? Runs,
    TimeSpan? Signals,
    TimeSpan? Messages,
    IReadOnlyDictionary<string, TimeSpan?> ByWorkflow
)
{
    private const string Never = "never";
    private const int MostDays = 36_525;

    /// <exception cref="StartupRefusal">A setting that is neither a number of days nor <c>never</c>.</exception>
    public static RetentionPolicy From(IConfiguration configuration)
    {
        var workflows = configuration.GetSection("Retention:Workflows").GetChildren();
        return new(
            Read("Retention:RunDays", 180),
            Read("Retention:SignalDays", 30),
            Read("Retention:MessageDays", 30),
            workflows.ToDictionary(w => w.Key, w => Read(w.Path, 0), StringComparer.OrdinalIgnoreCase)
        );

        TimeSpan? Read(string setting, int usual) =>
            Days(configuration[setting] ?? usual.ToString(CultureInfo.InvariantCulture), out var kept)
                ? kept
                : throw new StartupRefusal($"{setting}: '{configuration[setting]}' is neither a number of days from 1 nor {Never}.");
    }

    /// <summary>How long runs of a definition stay, by the settings, else by its own <c>customProperties.retentionDays</c>, else as all.</summary>
    /// <param name="json">Its newest version.</param>
    /// <returns>Null: for ever, also when the definition says something that cannot be understood.</returns>
    public TimeSpan? Of(string definition, string json)
    {
        if (ByWorkflow.TryGetValue(definition, out var set))
            return set;
        using var document = JsonDocument.Parse(json);
        if (
            !document.RootElement.TryGetProperty("customProperties", out var properties)
            || properties.ValueKind != JsonValueKind.Object
            || !properties.TryGetProperty("retentionDays", out var said)
        )
            return Runs;
        return Days(said.ToString(), out var kept) ? kept : null;
    }

    private static bool Days(string text, out TimeSpan? kept)
    {
        kept = null;
        if (string.Equals(text, Never, StringComparison.OrdinalIgnoreCase))
            return true;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var days) || days is < 1 or > MostDays)
            return false;
        kept = TimeSpan.FromDays(days);
        return true;
    }
}
