using System.Globalization;
using CampaignFlow.Storage;

namespace CampaignFlow.Workflows.Http;

/// <summary>How workflows may reach other servers: section <c>Http</c> of the settings.</summary>
public sealed record OutboundOptions
{
    /// <summary>Hosts inside the house that may be called, as <c>erp.internal</c> or <c>127.0.0.1:8080</c>. Public ones always may.</summary>
    public IReadOnlySet<string> AllowedHosts { get; init; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>For one attempt.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(15);

    public int Attempts { get; init; } = 3;

    /// <summary>Bytes of an answer that are read; a larger one counts as no answer.</summary>
    public int LargestAnswer { get; init; } = 256 * 1024;

    public bool Allows(string host, int port) =>
        AllowedHosts.Contains(host) || AllowedHosts.Contains(string.Create(CultureInfo.InvariantCulture, $"{host}:{port}"));

    /// <exception cref="StartupRefusal">A setting is out of its range.</exception>
    public static OutboundOptions From(IConfiguration settings)
    {
        var usual = new OutboundOptions();
        return new()
        {
            AllowedHosts = (settings["Http:AllowedHosts"] ?? "")
                .Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .ToHashSet(StringComparer.OrdinalIgnoreCase),
            Timeout = TimeSpan.FromSeconds(Number("Http:TimeoutSeconds", (int)usual.Timeout.TotalSeconds, 1, 100)),
            Attempts = Number("Http:Attempts", usual.Attempts, 1, 10),
            LargestAnswer = Number("Http:LargestAnswer", usual.LargestAnswer, 1, 512 * 1024),
        };

        int Number(string key, int otherwise, int least, int most) =>
            settings[key] is not { Length: > 0 } text ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
                ? number
            : throw new StartupRefusal($"{key} is \"{text}\": write a whole number from {least} to {most}.");
    }
}
