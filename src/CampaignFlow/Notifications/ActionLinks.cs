using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CampaignFlow.Storage;

namespace CampaignFlow.Notifications;

/// <summary>What a link in a mail is allowed to do.</summary>
/// <param name="Role">The role in which the person was asked.</param>
/// <param name="Decision"><c>approve</c>, <c>return</c> or <c>reject</c>.</param>
public sealed record ActionLink(Guid ApprovalId, string Role, string Decision, Guid PersonId);

/// <summary>What a token turned out to be.</summary>
public abstract record LinkReading
{
    private LinkReading() { }

    public sealed record Good(ActionLink Link, DateTimeOffset Until) : LinkReading;

    /// <summary>Genuine, but too old; say so and offer the page.</summary>
    public sealed record Expired(ActionLink Link, DateTimeOffset Until) : LinkReading;

    /// <summary>Not ours, or changed on the way.</summary>
    public sealed record Forged : LinkReading;
}

/// <summary>
/// Signed links that decide from a mail. A link only opens a page that shows what will happen; the button there posts the token again,
/// because mail scanners follow links. A link works once: the vote it casts is unique by approval and role, so a second use finds the
/// approval answered. The key is <c>Links:Key</c> (the same on all nodes), or a random one kept in the data folder.
/// </summary>
public sealed class ActionLinks(StorageOptions storage, MailOptions options, IConfiguration configuration)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(48);
    private readonly Lazy<byte[]> key = new(() => Key(storage.Folder, configuration["Links:Key"]));

    /// <summary>Signed text for the last part of <c>/decide/{token}</c>; works until <see cref="Lifetime"/> after <paramref name="now"/>.</summary>
    public string Create(ActionLink link, DateTimeOffset now)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(new Payload(link, (now + Lifetime).ToUnixTimeSeconds()));
        return Base64Url.EncodeToString(payload) + "." + Base64Url.EncodeToString(Sign(payload));
    }

    /// <summary>The full address of the page that asks for confirmation.</summary>
    public string Url(ActionLink link, DateTimeOffset now) => options.PublicUrl.AbsoluteUri.TrimEnd('/') + "/decide/" + Create(link, now);

    public LinkReading Read(string token, DateTimeOffset now)
    {
        var parts = token.Split('.');
        if (parts.Length != 2 || Decoded(parts[0]) is not { } payload || Decoded(parts[1]) is not { } signature)
            return new LinkReading.Forged();
        if (!CryptographicOperations.FixedTimeEquals(signature, Sign(payload)))
            return new LinkReading.Forged();
        var (link, seconds) = JsonSerializer.Deserialize<Payload>(payload)!;
        var until = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return now < until ? new LinkReading.Good(link, until) : new LinkReading.Expired(link, until);
    }

    private byte[] Sign(byte[] payload) => HMACSHA256.HashData(key.Value, payload);

    private static byte[]? Decoded(string text) => Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;

    private static byte[] Key(string folder, string? configured)
    {
        if (!string.IsNullOrEmpty(configured))
            return configured.Length >= 32
                ? SHA256.HashData(Encoding.UTF8.GetBytes(configured))
                : throw new StartupRefusal("Links:Key is shorter than 32 characters.");
        var file = Path.Combine(folder, "links.key");
        if (!File.Exists(file))
            Make(folder, file);
        return File.ReadAllBytes(file);
    }

    /// <summary>Complete or not at all, readable by this user only; the first of two that try wins.</summary>
    private static void Make(string folder, string file)
    {
        Directory.CreateDirectory(folder);
        var part = Path.Combine(folder, $".links.{Guid.NewGuid():N}.part");
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            how.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(part, how))
        {
            stream.Write(RandomNumberGenerator.GetBytes(32));
            stream.Flush(flushToDisk: true);
        }
        try
        {
            File.Move(part, file, overwrite: false);
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(part);
        }
    }

    private sealed record Payload(ActionLink Link, long Until);
}
