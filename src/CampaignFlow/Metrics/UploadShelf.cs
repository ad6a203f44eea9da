using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CampaignFlow.Storage;

namespace CampaignFlow.Metrics;

/// <summary>A file somebody uploaded and has not imported yet.</summary>
/// <param name="Key">64 hex digits: hash of campaign, person, name and bytes.</param>
public sealed record Upload(string Key, Guid CampaignId, Guid PersonId, string FileName, DateTimeOffset At, byte[] Bytes);

/// <summary>
/// Keeps uploaded files between the preview and the import, in the data folder and for one day. Only who uploaded a file finds it again.
/// </summary>
public sealed class UploadShelf(StorageOptions storage, TimeProvider clock)
{
    public static readonly TimeSpan Kept = TimeSpan.FromDays(1);
    private const int LongestName = 200;
    private readonly string folder = Path.Combine(storage.Folder, "uploads");

    /// <param name="fileName">As the browser says; only its last part is kept, and only to be shown.</param>
    public async Task<Upload> PutAsync(Guid campaign, Guid person, string fileName, byte[] bytes, CancellationToken cancellationToken)
    {
        var name = Shown(fileName);
        var key = KeyOf(campaign, person, name, bytes);
        var now = clock.GetUtcNow();
        Directory.CreateDirectory(folder);
        Clear(now);
        var upload = new Upload(key, campaign, person, name, now, bytes);
        var label = new Label(campaign, person, name, now);
        await WriteAsync(key + ".bytes", bytes, cancellationToken);
        await WriteAsync(key + ".json", JsonSerializer.SerializeToUtf8Bytes(label), cancellationToken);
        return upload;
    }

    /// <returns>Null when it was never there, is another person's, or has expired.</returns>
    public async Task<Upload?> FindAsync(Guid campaign, Guid person, string key, CancellationToken cancellationToken)
    {
        // The key becomes a file name: nothing but hex digits may reach the disk.
        if (key.Length != 64 || !key.All(char.IsAsciiHexDigitLower))
            return null;
        try
        {
            var json = await File.ReadAllBytesAsync(Path.Combine(folder, key + ".json"), cancellationToken);
            var label = JsonSerializer.Deserialize<Label>(json)!;
            if (label.CampaignId != campaign || label.PersonId != person || clock.GetUtcNow() - label.At > Kept)
                return null;
            var bytes = await File.ReadAllBytesAsync(Path.Combine(folder, key + ".bytes"), cancellationToken);
            return new(key, campaign, person, label.FileName, label.At, bytes);
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Remove(Upload upload)
    {
        File.Delete(Path.Combine(folder, upload.Key + ".json"));
        File.Delete(Path.Combine(folder, upload.Key + ".bytes"));
    }

    private void Clear(DateTimeOffset now)
    {
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            if (now.UtcDateTime - File.GetLastWriteTimeUtc(path) > Kept)
                File.Delete(path);
        }
    }

    /// <summary>Written beside and moved, so that a reader never sees half a file.</summary>
    private async Task WriteAsync(string name, byte[] bytes, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, name);
        var draft = $"{path}.{Guid.NewGuid():N}";
        await File.WriteAllBytesAsync(draft, bytes, cancellationToken);
        File.SetLastWriteTimeUtc(draft, clock.GetUtcNow().UtcDateTime);
        File.Move(draft, path, overwrite: true);
    }

    private static string Shown(string fileName)
    {
        var last = fileName[(fileName.LastIndexOfAny(['/', '\\']) + 1)..];
        var plain = new string([.. last.Where(c => !char.IsControl(c))]).Trim();
        return plain.Length == 0 ? "upload.csv"
            : plain.Length > LongestName ? plain[^LongestName..]
            : plain;
    }

    private static string KeyOf(Guid campaign, Guid person, string name, byte[] bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{campaign:N}{person:N}{name}\n"));
        hash.AppendData(bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private sealed record Label(Guid CampaignId, Guid PersonId, string FileName, DateTimeOffset At);
}
