using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CampaignFlow.Storage;

namespace CampaignFlow.Workflows.Hooks;

/// <summary>A key of a caller as it is kept: its SHA-256, never the key itself.</summary>
/// <param name="RevokedAt">From then on it opens nothing; null: it is good.</param>
public sealed record HookKey(string Name, string Hash, DateTimeOffset MadeAt, DateTimeOffset? RevokedAt = null);

/// <summary>
/// Keys that <c>./run hooks</c> made, beside those of the settings: the file <c>hook-keys.json</c> of the data folder, which a running
/// server reads again when it has changed.
/// </summary>
public sealed class HookKeys(StorageOptions storage)
{
    private const int LongestName = 64;
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private readonly Lock reading = new();
    private (DateTime At, long Length) seen;
    private IReadOnlyList<HookKey> read = [];

    private string FilePath => Path.Combine(storage.Folder, "hook-keys.json");

    /// <summary>All of them, revoked ones too, by name.</summary>
    /// <exception cref="StartupRefusal">The file is damaged.</exception>
    public IReadOnlyList<HookKey> All()
    {
        var file = new FileInfo(FilePath);
        lock (reading)
        {
            if (!file.Exists)
                return read = [];
            if (seen == (file.LastWriteTimeUtc, file.Length))
                return read;
            try
            {
                read = JsonSerializer.Deserialize<List<HookKey>>(File.ReadAllText(FilePath), Format) ?? [];
            }
            catch (JsonException damaged)
            {
                throw new StartupRefusal($"{FilePath} is damaged: {damaged.Message}", damaged);
            }
            seen = (file.LastWriteTimeUtc, file.Length);
            return read;
        }
    }

    /// <summary>Name of the good key with this hash; every one is compared, so that the answer's delay tells nothing.</summary>
    internal string? NameOf(byte[] hash)
    {
        string? found = null;
        foreach (var key in All().Where(k => k.RevokedAt is null))
            if (CryptographicOperations.FixedTimeEquals(hash, Convert.FromHexString(key.Hash)))
                found = key.Name;
        return found;
    }

    /// <returns>The key, shown this once.</returns>
    /// <exception cref="StartupRefusal">The name cannot be one, or it is taken.</exception>
    public string Make(string name, DateTimeOffset now)
    {
        if (name.Length is 0 or > LongestName || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            throw new StartupRefusal($"'{name}' cannot name a key: use at most {LongestName} letters, digits, - _ and dots.");
        return Change(keys =>
        {
            if (Good(keys, name) >= 0)
                throw new StartupRefusal($"There is already a key '{name}': rotate or revoke it.");
            return Add(keys, name, now);
        });
    }

    /// <summary>The old key opens nothing from now on.</summary>
    /// <exception cref="StartupRefusal">There is no good key of that name.</exception>
    public string Rotate(string name, DateTimeOffset now) =>
        Change(keys =>
        {
            RevokeIn(keys, name, now);
            return Add(keys, name, now);
        });

    /// <exception cref="StartupRefusal">There is no good key of that name.</exception>
    public void Revoke(string name, DateTimeOffset now) =>
        Change(keys =>
        {
            RevokeIn(keys, name, now);
            return true;
        });

    private static int Good(List<HookKey> keys, string name) => keys.FindIndex(k => k.Name == name && k.RevokedAt is null);

    private static void RevokeIn(List<HookKey> keys, string name, DateTimeOffset now)
    {
        var at = Good(keys, name);
        if (at < 0)
            throw new StartupRefusal($"There is no key '{name}' here; ./run hooks list says which there are.");
        keys[at] = keys[at] with { RevokedAt = now };
    }

    /// <summary>A new key and the hash that is kept of it.</summary>
    public static (string Key, string Hash) New()
    {
        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        return (key, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))));
    }

    private static string Add(List<HookKey> keys, string name, DateTimeOffset now)
    {
        var (key, hash) = New();
        keys.Add(new(name, hash, now));
        return key;
    }

    // One at a time, and the file is whole or as it was.
    private T Change<T>(Func<List<HookKey>, T> change)
    {
        Directory.CreateDirectory(storage.Folder);
        using var turn = new FileStream(FilePath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        List<HookKey> keys = [.. All()];
        var result = change(keys);
        var unfinished = FilePath + ".new";
        using (var file = new FileStream(unfinished, FileMode.Create))
        {
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(unfinished, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            JsonSerializer.Serialize(file, keys, Format);
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, FilePath, overwrite: true);
        return result;
    }
}
