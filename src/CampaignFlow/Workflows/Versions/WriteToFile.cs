using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Versions;

/// <summary>Writes the version in use back to its file; nothing that the file said and nobody has stored is lost by it.</summary>
public sealed class WriteToFile(CampaignFlowDb db, DefinitionFiles files, TimeProvider clock)
{
    /// <param name="seen">Hash of the file as the person saw it; empty when there was none. A file changed since is not written over.</param>
    /// <returns>Null when it is written, else why not.</returns>
    public async Task<Phrase?> HandleAsync(string definitionId, string seen, Author by, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await VersionWords.TakeTurnsAsync(db, definitionId, cancellationToken);
        var used = await db
            .WorkflowVersions.AsNoTracking()
            .SingleOrDefaultAsync(v => v.DefinitionId == definitionId && v.Published, cancellationToken);
        if (used is null)
            return new("No version is in use: there is nothing to write.", "没有使用中的版本，无内容可写。");
        var now = files.HashOf(definitionId) ?? "";
        if (now != seen)
            return new("The file was changed meanwhile; look at it again.", "文件刚刚被修改，请重新查看。");
        var stored = await db.WorkflowVersions.AnyAsync(v => v.DefinitionId == definitionId && v.Hash == now, cancellationToken);
        await AgreeAsync(db, used.Id, clock.GetUtcNow(), cancellationToken);
        db.Note(
            null,
            clock.GetUtcNow(),
            by.Name,
            new($"Wrote {definitionId} version {used.Version} to its file.", $"已将 {definitionId} 第 {used.Version} 版写回文件。")
        );
        await db.SaveChangesAsync(cancellationToken);
        try
        {
            files.Write(definitionId, used.Json, keepOld: !stored);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new($"The file cannot be written: {e.Message}", $"无法写入文件：{e.Message}");
        }
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    /// <summary>From now on this is the text that file and store had last in common.</summary>
    internal static Task AgreeAsync(CampaignFlowDb db, Guid version, DateTimeOffset at, CancellationToken cancellationToken) =>
        db.WorkflowVersions.Where(v => v.Id == version).ExecuteUpdateAsync(set => set.SetProperty(v => v.InFileAt, at), cancellationToken);
}
