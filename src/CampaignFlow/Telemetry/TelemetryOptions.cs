using CampaignFlow.Storage;

namespace CampaignFlow.Telemetry;

/// <summary>Who may read the numbers, and where spans and numbers are sent.</summary>
/// <param name="Key">Opens <c>/telemetry</c> from anywhere; without one it answers this machine alone.</param>
/// <param name="Endpoint">An OTLP collector; null: nothing is sent, and no spans are recorded.</param>
/// <param name="Http">Speak OTLP over HTTP instead of gRPC.</param>
/// <param name="Headers">As OTLP writes them: <c>name=value,name=value</c>; may hold a collector's key, so it is never shown.</param>
public sealed record TelemetryOptions(string? Key, Uri? Endpoint, bool Http, string? Headers)
{
    public const int ShortestKey = 16;

    /// <exception cref="StartupRefusal">A setting that cannot be meant.</exception>
    public static TelemetryOptions From(IConfiguration configuration)
    {
        var key = Set(configuration["Telemetry:Key"]);
        if (key is { Length: < ShortestKey })
            throw new StartupRefusal($"Telemetry:Key is shorter than {ShortestKey} characters.");
        Uri? endpoint = null;
        if (
            Set(configuration["Otlp:Endpoint"]) is { } address
            && !(Uri.TryCreate(address, UriKind.Absolute, out endpoint) && endpoint.Scheme is "http" or "https")
        )
            throw new StartupRefusal($"Otlp:Endpoint: '{address}' is not an address such as http://127.0.0.1:4317.");
        var protocol = Set(configuration["Otlp:Protocol"]) ?? "grpc";
        return protocol is "grpc" or "http"
            ? new(key, endpoint, protocol == "http", Set(configuration["Otlp:Headers"]))
            : throw new StartupRefusal($"Otlp:Protocol: '{protocol}' is neither grpc nor http.");
    }

    private static string? Set(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}
