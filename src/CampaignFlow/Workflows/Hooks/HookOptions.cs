using System.Globalization;
using CampaignFlow.Storage;

namespace CampaignFlow.Workflows.Hooks;

/// <summary>Who may call workflows from outside: section <c>Hooks</c> of the settings. Without any setting only signed-in people may.</summary>
public sealed record HookOptions
{
    /// <summary>SHA-256 of each caller's key in hex, by the caller's name; made with <c>printf %s KEY | sha256sum</c>.</summary>
    public IReadOnlyDictionary<string, byte[]> Keys { get; init; } = new Dictionary<string, byte[]>(StringComparer.Ordinal);

    /// <summary>Endpoints that do not ask for a caller themselves may be called by anybody.</summary>
    public bool AllowAnonymous { get; init; }

    /// <summary>Requests of one caller in a minute.</summary>
    public int PerMinute { get; init; } = 120;

    /// <summary>Bytes of a request's content.</summary>
    public int LargestContent { get; init; } = 256 * 1024;

    /// <exception cref="StartupRefusal">A setting cannot be read.</exception>
    public static HookOptions From(IConfiguration settings)
    {
        var usual = new HookOptions();
        return new()
        {
            Keys = settings.GetSection("Hooks:Keys").GetChildren().ToDictionary(k => k.Key, Hash, StringComparer.Ordinal),
            AllowAnonymous =
                settings["Hooks:AllowAnonymous"] is { Length: > 0 } text
                && (
                    bool.TryParse(text, out var on)
                        ? on
                        : throw new StartupRefusal($"Hooks:AllowAnonymous is \"{text}\": write true or false.")
                ),
            PerMinute = Number("Hooks:PerMinute", usual.PerMinute, 100_000),
            LargestContent = Number("Hooks:LargestContent", usual.LargestContent, 512 * 1024),
        };

        int Number(string key, int otherwise, int most) =>
            settings[key] is not { Length: > 0 } text ? otherwise
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= most ? number
            : throw new StartupRefusal($"{key} is \"{text}\": write a whole number from 1 to {most}.");
    }

    private static byte[] Hash(IConfigurationSection key)
    {
        try
        {
            if (Convert.FromHexString(key.Value ?? "") is { Length: 32 } hash)
                return hash;
        }
        catch (FormatException) { }
        throw new StartupRefusal(
            $"Hooks:Keys:{key.Key} is not the SHA-256 of a key in 64 hex digits. Make one with: printf %s KEY | sha256sum"
        );
    }
}
