using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Versions;

/// <summary>How a definition's file and the version in use stand to each other since they last said the same.</summary>
public enum FileStand
{
    /// <summary>There is no file.</summary>
    None,
    InStep,

    /// <summary>The file was changed: its text is offered as a version.</summary>
    FileAhead,

    /// <summary>Another version was put into use; the file still says what they had in common.</summary>
    StoreAhead,

    /// <summary>Both were changed; a person chooses.</summary>
    Conflict,
}

/// <param name="Hash">Of the file's text as it now is.</param>
/// <param name="InUse">Number of the version in use.</param>
/// <param name="Offered">Number of the stored version with the file's text; null while it is not read, or when it is broken.</param>
/// <param name="Agreed">Number of the version that both had last.</param>
public sealed record FileState(FileStand Stand, string? Hash, int? InUse, int? Offered, int? Agreed)
{
    /// <summary>The file's text is there to be taken over.</summary>
    public bool IsOffered => Offered is not null && Stand is FileStand.FileAhead or FileStand.Conflict;
}

/// <summary>A stored version without its text.</summary>
public sealed record VersionMark(
    string DefinitionId,
    int Version,
    string Hash,
    bool Published,
    string? MadeBy,
    DateTimeOffset? PublishedAt,
    DateTimeOffset? InFileAt
)
{
    /// <summary>When file and store had its text; before this was noted, each file was in use as soon as it was read.</summary>
    public DateTimeOffset? AgreedAt => InFileAt ?? (MadeBy is null ? PublishedAt : null);
}

internal static class FileStands
{
    public static FileState Of(string? hash, IReadOnlyCollection<VersionMark> versions)
    {
        var used = versions.FirstOrDefault(v => v.Published);
        var agreed = Agreed(versions);
        var offered = versions.Where(v => v.Hash == hash).MaxBy(v => v.Version);
        return new(StandOf(hash, used?.Hash, agreed?.Hash), hash, used?.Version, offered?.Version, agreed?.Version);
    }

    /// <summary>The version that file and store had last in common.</summary>
    public static VersionMark? Agreed(IEnumerable<VersionMark> versions) =>
        versions.Where(v => v.AgreedAt is not null).OrderByDescending(v => v.AgreedAt).ThenByDescending(v => v.Version).FirstOrDefault();

    public static Task<List<VersionMark>> MarksAsync(this IQueryable<WorkflowVersion> versions, CancellationToken cancellationToken) =>
        versions
            .Select(v => new VersionMark(v.DefinitionId, v.Version, v.Hash, v.Published, v.MadeBy, v.PublishedAt, v.InFileAt))
            .ToListAsync(cancellationToken);

    /// <summary>Newest first, and last what a file offers and nobody has taken: people do not go on from that unasked.</summary>
    public static IOrderedQueryable<WorkflowVersion> NewestFirst(this IQueryable<WorkflowVersion> versions) =>
        versions.OrderByDescending(v => v.MadeBy != null || v.PublishedAt != null).ThenByDescending(v => v.Version);

    private static FileStand StandOf(string? file, string? used, string? agreed) =>
        file is null ? FileStand.None
        : used is null ? (file == agreed ? FileStand.InStep : FileStand.FileAhead)
        : file == used ? FileStand.InStep
        : file == agreed ? FileStand.StoreAhead
        : used == agreed ? FileStand.FileAhead
        : FileStand.Conflict;
}
