using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Workflows.Versions;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Rules.Lab;

/// <summary>
/// Puts a draft in force: it becomes the rule file, and a version that never changes. Where money is concerned the text needs a backtest
/// and an analysis that allow it, one person asks, and another one, who did not write in it, publishes.
/// </summary>
public sealed class PublishRule(CampaignFlowDb db, LabQueries lab, RuleFolder folder, TimeProvider clock)
{
    private static readonly Publication.Refused Moved = new(
        new("Somebody else was faster; look at the draft again.", "其他人刚刚做了修改，请重新查看草稿。")
    );

    /// <param name="seen">Version of the draft that the person looked at.</param>
    public async Task<Publication> AskAsync(string rule, int seen, Author by, CancellationToken cancellationToken)
    {
        var (view, refusal) = await ReadyAsync(rule, seen, cancellationToken);
        if (view is null)
            return new Publication.Refused(refusal!.Value);
        return view.NeedsTwo ? await WaitAsync(view, by, cancellationToken) : await PutInForceAsync(view, by.Name, by, cancellationToken);
    }

    public async Task<Publication> PublishAsync(string rule, int seen, Author by, CancellationToken cancellationToken)
    {
        var (view, refusal) = await ReadyAsync(rule, seen, cancellationToken);
        if (view is null)
            return new Publication.Refused(refusal!.Value);
        var draft = view.Draft!;
        if (draft.AskedBy is null)
            return new Publication.Refused(new("Nobody has asked for its publication yet.", "尚无人请求发布。"));
        if (draft.AskedById == by.Id || draft.Editors.Contains(by.Id.ToString("N"), StringComparison.Ordinal))
            return new Publication.Refused(
                new(
                    "You wrote in this draft or asked for its publication: a second person has to agree, because the rule moves money.",
                    "您编辑过该草稿或提出了发布请求：规则涉及资金，须由第二个人确认。"
                )
            );
        return await PutInForceAsync(view, draft.AskedBy, by, cancellationToken);
    }

    /// <summary>Sends it back to whoever asked, with a reason.</summary>
    public async Task<Phrase?> ReturnAsync(string rule, int seen, string why, Author by, CancellationToken cancellationToken)
    {
        var draft = await db.RuleDrafts.SingleOrDefaultAsync(d => d.Rule == rule, cancellationToken);
        if (draft?.AskedAt is null)
            return SaveRuleDraft.Gone;
        if (draft.Version != seen)
            return Moved.Why;
        if (string.IsNullOrWhiteSpace(why))
            return new("Say what has to change.", "请说明需要修改什么。");
        (draft.AskedAt, draft.AskedBy, draft.AskedById) = (null, null, null);
        (draft.ReturnedBy, draft.ReturnedWhy) = (by.Name, why.Trim()[..Math.Min(why.Trim().Length, 1_000)]);
        draft.Version++;
        db.Note(
            null,
            clock.GetUtcNow(),
            by.Name,
            new($"Returned the draft of rule {rule}: {draft.ReturnedWhy}", $"退回规则 {rule} 的草稿：{draft.ReturnedWhy}")
        );
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }

    private async Task<(LabView? View, Phrase? Refusal)> ReadyAsync(string rule, int seen, CancellationToken cancellationToken)
    {
        var view = await lab.FindAsync(rule, cancellationToken);
        return view?.Draft is null ? (null, SaveRuleDraft.Gone)
            : view.Draft.Version != seen ? (null, Moved.Why)
            : view.Obstacle is { } obstacle ? (null, obstacle)
            : (view, null);
    }

    private async Task<Publication> WaitAsync(LabView view, Author by, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (rule, version) = (view.Draft!.Rule, view.Draft.Version);
        var asked = await db
            .RuleDrafts.Where(d => d.Rule == rule && d.Version == version && d.AskedAt == null)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(d => d.AskedAt, now)
                        .SetProperty(d => d.AskedBy, by.Name)
                        .SetProperty(d => d.AskedById, by.Id)
                        .SetProperty(d => d.ReturnedBy, (string?)null)
                        .SetProperty(d => d.ReturnedWhy, (string?)null),
                cancellationToken
            );
        if (asked != 1)
            return Moved;
        db.Note(null, now, by.Name, new($"Asked for the publication of rule {rule}.", $"请求发布规则 {rule}。"));
        await db.SaveChangesAsync(cancellationToken);
        return new Publication.Asked();
    }

    private async Task<Publication> PutInForceAsync(LabView view, string askedBy, Author by, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (rule, version, text) = (view.Draft!.Rule, view.Draft.Version, view.Draft.Text);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await db.RuleDrafts.Where(d => d.Rule == rule && d.Version == version).ExecuteDeleteAsync(cancellationToken) != 1)
            return Moved;
        if (!await db.RuleVersions.AnyAsync(v => v.Hash == view.Shown.Hash, cancellationToken))
            db.RuleVersions.Add(
                new()
                {
                    Hash = view.Shown.Hash,
                    Rule = rule,
                    Text = text,
                    FirstSeenAt = now,
                }
            );
        var number = 1 + (view.Publications.Count == 0 ? 0 : view.Publications.Max(p => p.Number));
        db.RulePublications.Add(
            new()
            {
                Rule = rule,
                Number = number,
                Hash = view.Shown.Hash,
                At = now,
                AskedBy = askedBy,
                PublishedBy = by.Name,
                ProofId = view.Proof?.Id,
            }
        );
        db.Note(
            null,
            now,
            by.Name,
            new(
                $"Published rule {rule} version {number}, asked for by {askedBy}.",
                $"发布规则 {rule} 第 {number} 版（由 {askedBy} 提出）。"
            )
        );
        await db.SaveChangesAsync(cancellationToken);
        // Last, so that a text in force is always on record; a file that cannot be written leaves the draft as it was.
        try
        {
            folder.Write(rule, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Publication.Refused(new($"The rule file cannot be written: {e.Message}", $"无法写入规则文件：{e.Message}"));
        }
        await transaction.CommitAsync(cancellationToken);
        return new Publication.Done();
    }
}
