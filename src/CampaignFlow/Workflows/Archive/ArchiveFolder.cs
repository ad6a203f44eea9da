using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;

namespace CampaignFlow.Workflows.Archive;

/// <summary>What one archive file holds; written beside it as <c>.manifest.json</c> when all of it is known to the database.</summary>
/// <param name="Sha256">Of the compressed file, hex.</param>
public sealed record ArchiveManifest(
    string File,
    string Definition,
    DateOnly Day,
    int Runs,
    long JournalLines,
    long Bytes,
    string Sha256,
    DateTimeOffset WrittenAt
);

/// <summary>A run as the archive keeps it.</summary>
public sealed record KeptRun(
    Guid Id,
    string Key,
    string Definition,
    Guid DefinitionVersion,
    string? Correlation,
    RunStatus Status,
    int Version,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset FinishedAt,
    string? Error,
    JsonElement State
);

/// <summary>One line of a file: a run, or a journal line of the run before it.</summary>
public sealed record ArchiveLine(KeptRun? Run = null, RunJournal? Line = null);

/// <summary>
/// <c>DataFolder/archive</c>: compressed JSON Lines, one file a day and definition (a second one of the day ends in <c>.2</c>).
/// A file without a manifest is whole, but not all of its runs may be noted in the database yet.
/// </summary>
public sealed class ArchiveFolder(StorageOptions storage)
{
    private const string Data = ".jsonl.gz";
    private const string Manifest = ".manifest.json";

    public string Path { get; } = System.IO.Path.Combine(storage.Folder, "archive");

    /// <summary>Newest day first.</summary>
    public IReadOnlyList<ArchiveManifest> Manifests() =>
        !Directory.Exists(Path)
            ? []
            :
            [
                .. Directory
                    .EnumerateFiles(Path, "*" + Manifest)
                    .Select(f => JsonSerializer.Deserialize<ArchiveManifest>(File.ReadAllText(f), RunJson.Options)!)
                    .OrderByDescending(m => m.Day)
                    .ThenBy(m => m.File, StringComparer.Ordinal),
            ];

    /// <summary>Names of files whose sweep was cut short after they were written.</summary>
    public IReadOnlyList<string> Unfinished() =>
        !Directory.Exists(Path)
            ? []
            :
            [
                .. Directory
                    .EnumerateFiles(Path, "*" + Data)
                    .Where(f => !File.Exists(f + Manifest))
                    .Select(f => System.IO.Path.GetFileName(f))
                    .Order(StringComparer.Ordinal),
            ];

    /// <summary>Writes a file that is on the disk when this returns.</summary>
    /// <returns>Its name.</returns>
    public async Task<string> WriteAsync(DateOnly day, string definition, IAsyncEnumerable<ArchiveLine> lines)
    {
        Directory.CreateDirectory(Path);
        foreach (var half in Directory.EnumerateFiles(Path, "*" + DurableFile.Unfinished))
            File.Delete(half);
        var name = FreeName(day, definition);
        await DurableFile.WriteAsync(
            In(name),
            async file =>
            {
                await using var packed = new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true);
                await foreach (var line in lines)
                {
                    await JsonSerializer.SerializeAsync(packed, line, RunJson.Options);
                    packed.WriteByte((byte)'\n');
                }
            }
        );
        return name;
    }

    public async Task FinishAsync(string name, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (runs, lines, definition) = (0, 0L, "");
        await foreach (var line in ReadAsync(name, cancellationToken))
        {
            if (line.Run is { } run)
                (runs, definition) = (runs + 1, run.Definition);
            else
                lines++;
        }
        await using var data = File.OpenRead(In(name));
        var manifest = new ArchiveManifest(
            name,
            definition,
            DateOnly.ParseExact(name[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture),
            runs,
            lines,
            data.Length,
            Convert.ToHexStringLower(await SHA256.HashDataAsync(data, cancellationToken)),
            now
        );
        await DurableFile.WriteAsync(
            In(name) + Manifest,
            file => JsonSerializer.SerializeAsync(file, manifest, RunJson.Options, cancellationToken)
        );
    }

    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public async IAsyncEnumerable<ArchiveLine> ReadAsync(string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(In(name));
        await using var unpacked = new GZipStream(file, CompressionMode.Decompress);
        using var text = new StreamReader(unpacked);
        while (await text.ReadLineAsync(cancellationToken) is { } line)
            yield return JsonSerializer.Deserialize<ArchiveLine>(line, RunJson.Options)
                ?? throw new InvalidDataException($"{name} has an empty line.");
    }

    /// <summary>A run with its journal, from the files here; null when none has it.</summary>
    /// <exception cref="InvalidDataException">A file is not what its manifest says.</exception>
    public async Task<(string File, KeptRun Run, IReadOnlyList<RunJournal> Journal)?> FindAsync(
        Guid id,
        CancellationToken cancellationToken
    )
    {
        foreach (var manifest in Manifests())
        {
            KeptRun? found = null;
            var journal = new List<RunJournal>();
            await foreach (var line in ReadAsync(manifest.File, cancellationToken))
            {
                if (found is not null && line.Run is not null)
                    break;
                if (line.Run?.Id == id)
                    found = line.Run;
                else if (found is not null && line.Line is { } happened)
                    journal.Add(happened);
            }
            if (found is not null)
                return await IsWholeAsync(manifest, cancellationToken)
                    ? (manifest.File, found, journal)
                    : throw new InvalidDataException($"{manifest.File} is not what its manifest says (SHA-256).");
        }
        return null;
    }

    public async Task<bool> IsWholeAsync(ArchiveManifest manifest, CancellationToken cancellationToken)
    {
        await using var data = File.OpenRead(In(manifest.File));
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(data, cancellationToken)) == manifest.Sha256;
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);

    private string FreeName(DateOnly day, string definition)
    {
        var safe = string.Concat(definition.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '_'));
        for (var part = 1; ; part++)
        {
            var name = string.Create(
                CultureInfo.InvariantCulture,
                $"{day:yyyy-MM-dd}.{safe[..Math.Min(safe.Length, 100)]}{(part == 1 ? "" : $".{part}")}{Data}"
            );
            if (!File.Exists(In(name)))
                return name;
        }
    }
}
