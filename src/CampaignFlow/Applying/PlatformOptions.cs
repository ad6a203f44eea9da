using System.Text;
using CampaignFlow.Storage;

namespace CampaignFlow.Applying;

/// <summary>A platform, or what stands before it, that takes signed instructions.</summary>
/// <param name="Secret">Shared with the receiver; stands in the settings only and is never shown, stored or logged.</param>
public sealed record Platform(string Name, string Url, byte[] Secret);

/// <summary>Platforms that are told by webhook: section <c>Platforms:NAME</c> of the settings, with <c>Url</c> and <c>Secret</c>.</summary>
public sealed record PlatformOptions(IReadOnlyDictionary<string, Platform> Platforms)
{
    private const int ShortestSecret = 16;

    /// <exception cref="StartupRefusal">A platform has no address or a secret that anybody could guess.</exception>
    public static PlatformOptions From(IConfiguration settings) =>
        new(settings.GetSection("Platforms").GetChildren().Select(Read).ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase));

    public Platform? Find(string? name) => name is null ? null : Platforms.GetValueOrDefault(name);

    private static Platform Read(IConfigurationSection section)
    {
        if (!Uri.TryCreate(section["Url"], UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw new StartupRefusal($"Platforms:{section.Key}:Url is not an address such as https://ads.example.com/budgets.");
        var secret = Encoding.UTF8.GetBytes(section["Secret"] ?? "");
        return secret.Length < ShortestSecret
            ? throw new StartupRefusal(
                $"Platforms:{section.Key}:Secret needs at least {ShortestSecret} characters; the receiver has the same."
            )
            : new(section.Key, url.ToString(), secret);
    }
}
