using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows.Checks;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Versions;

/// <summary>What came of asking for a publication.</summary>
public abstract record Publication
{
    private Publication() { }

    public sealed record Done : Publication;

    /// <summary>It moves money or decides on it: a second person has to agree.</summary>
    public sealed record Asked : Publication;

    public sealed record Refused(Phrase Why) : Publication;
}

/// <summary>
/// Puts a version into use: new runs start with it, running ones keep theirs. Where money is moved or decided on, by it or by the
/// version that was in use last, the first person asks and a second one publishes.
/// </summary>
public sealed class PublishVersion(CampaignFlowDb db, DefinitionCache definitions, DefinitionChecks checks, TimeProvider clock)
{
    private static readonly Publication.Refused Moved = new(
        new("Somebody else was faster; look at the versions again.", "其他人刚刚做了修改，请重新查看版本。")
    );

    /// <param name="askOnly">The person may not publish: a second one has to agree whatever the workflow does.</param>
    public async Task<Publication> HandleAsync(
        string definitionId,
        int number,
        Author by,
        CancellationToken cancellationToken,
        bool askOnly = false
    )
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await VersionWords.TakeTurnsAsync(db, definitionId, cancellationToken);
        var version = await db
            .WorkflowVersions.AsNoTracking()
            .SingleOrDefaultAsync(v => v.DefinitionId == definitionId && v.Version == number, cancellationToken);
        if (version is null)
            return new Publication.Refused(VersionWords.Unknown(definitionId, number));
        if (version.Published)
            return new Publication.Refused(new($"Version {number} is in use already.", $"第 {number} 版已在使用中。"));
        bool two;
        try
        {
            var definition = await definitions.GetAsync(db, version.Id, cancellationToken);
            if (await WrongAsync(definition, cancellationToken) is { } wrong)
                return new Publication.Refused(wrong);
            two = VersionWords.NeedsTwo(definition);
        }
        catch (InvalidOperationException unreadable)
        {
            return new Publication.Refused(new(unreadable.Message, $"程序已无法读取第 {number} 版。"));
        }
        foreach (var replaced in await ReplacedAsync(definitionId, cancellationToken))
            two |= await NeedsTwoAsync(replaced, cancellationToken);
        if ((two || askOnly) && version.AskedAt is null)
            return await AskAsync(version, by, transaction, cancellationToken);
        if (askOnly)
            return new Publication.Refused(
                new(
                    $"Version {number} waits for somebody who may publish; {version.AskedBy} asked for it.",
                    $"第 {number} 版正等待有发布权限的人确认，由 {version.AskedBy} 提出。"
                )
            );
        if (two && version.AskedById == by.Id)
            return new Publication.Refused(
                new(
                    "You asked for this publication: a second person has to agree, because the workflow moves money or decides on it.",
                    "发布请求由您提出：该流程涉及资金，须由第二个人确认。"
                )
            );
        return await PutIntoUseAsync(version, by, transaction, cancellationToken);
    }

    private async Task<Phrase?> WrongAsync(WorkflowDefinition definition, CancellationToken cancellationToken)
    {
        var others = await db.WorkflowVersions.Where(v => v.Published).Select(v => v.DefinitionId).ToListAsync(cancellationToken);
        var problems = checks.Check(definition, others);
        return DefinitionCheck.Refuses(problems)
            ? Phrase.Join(problems.Where(p => p.Severity == Severity.Error).Select(p => p.Text), " ", "")
            : null;
    }

    // What is in use, or was until it was retracted: retracting first does not make it another decision.
    private async Task<IReadOnlyList<Guid>> ReplacedAsync(string definitionId, CancellationToken cancellationToken)
    {
        var used = await db
            .WorkflowVersions.Where(v => v.DefinitionId == definitionId && (v.Published || v.PublishedAt != null))
            .Select(v => new
            {
                v.Id,
                v.Published,
                v.PublishedAt,
            })
            .ToListAsync(cancellationToken);
        return [.. used.OrderByDescending(v => v.Published).ThenByDescending(v => v.PublishedAt).Take(1).Select(v => v.Id)];
    }

    // What can no longer be read may have moved money.
    private async Task<bool> NeedsTwoAsync(Guid version, CancellationToken cancellationToken)
    {
        try
        {
            return VersionWords.NeedsTwo(await definitions.GetAsync(db, version, cancellationToken));
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private async Task<Publication> AskAsync(
        WorkflowVersion version,
        Author by,
        Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        var asked = await db
            .WorkflowVersions.Where(v => v.Id == version.Id && v.AskedAt == null && !v.Published)
            .ExecuteUpdateAsync(
                set => set.SetProperty(v => v.AskedAt, now).SetProperty(v => v.AskedById, by.Id).SetProperty(v => v.AskedBy, by.Name),
                cancellationToken
            );
        if (asked != 1)
            return Moved;
        await NoteAsync(
            by,
            new(
                $"Asked for the publication of {version.DefinitionId} version {version.Version}.",
                $"请求发布 {version.DefinitionId} 第 {version.Version} 版。"
            ),
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return new Publication.Asked();
    }

    private async Task<Publication> PutIntoUseAsync(
        WorkflowVersion version,
        Author by,
        Microsoft.EntityFrameworkCore.Storage.IDbContextTransaction transaction,
        CancellationToken cancellationToken
    )
    {
        var now = clock.GetUtcNow();
        var ofFile = await db
            .WorkflowVersions.Where(v => v.DefinitionId == version.DefinitionId && v.MadeBy == null)
            .OrderByDescending(v => v.Version)
            .Select(v => v.Hash)
            .FirstOrDefaultAsync(cancellationToken);
        if (version.MadeBy is null || version.Hash == ofFile)
            await WriteToFile.AgreeAsync(db, version.Id, now, cancellationToken);
        await db
            .WorkflowVersions.Where(v => v.DefinitionId == version.DefinitionId && v.Published)
            .ExecuteUpdateAsync(set => set.SetProperty(v => v.Published, false), cancellationToken);
        var published = await db
            .WorkflowVersions.Where(v => v.Id == version.Id && v.AskedAt == version.AskedAt && !v.Published)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(v => v.Published, true)
                        .SetProperty(v => v.PublishedAt, now)
                        .SetProperty(v => v.PublishedBy, by.Name)
                        .SetProperty(v => v.AskedAt, (DateTimeOffset?)null)
                        .SetProperty(v => v.RetractedAt, (DateTimeOffset?)null)
                        .SetProperty(v => v.RetractedBy, (string?)null),
                cancellationToken
            );
        if (published != 1)
            return Moved;
        var asked = version.AskedBy is { } first && version.AskedAt is not null ? first : null;
        await NoteAsync(
            by,
            asked is null
                ? new(
                    $"Published {version.DefinitionId} version {version.Version}.",
                    $"发布了 {version.DefinitionId} 第 {version.Version} 版。"
                )
                : new(
                    $"Published {version.DefinitionId} version {version.Version}, asked for by {asked}.",
                    $"确认发布 {version.DefinitionId} 第 {version.Version} 版（由 {asked} 提出）。"
                ),
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return new Publication.Done();
    }

    private async Task NoteAsync(Author by, Phrase text, CancellationToken cancellationToken)
    {
        db.Note(null, clock.GetUtcNow(), by.Name, text);
        await db.SaveChangesAsync(cancellationToken);
    }
}
