using System.Text;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Storage;
using CampaignFlow.Workflows.Versions;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Rules.Lab;

/// <summary>Keeps a text that is not in force. A draft may be broken; it is told so and stays.</summary>
public sealed class SaveRuleDraft(CampaignFlowDb db, RuleFolder folder, TimeProvider clock)
{
    /// <param name="seen">Version of the draft that was edited; 0: there was none.</param>
    /// <returns>Null when it is kept, else why not.</returns>
    public async Task<Phrase?> HandleAsync(string rule, string text, int seen, Author by, CancellationToken cancellationToken)
    {
        text = text.ReplaceLineEndings("\n");
        if (!folder.MayBe(rule))
            return new(
                "The name of a rule is small letters, digits and hyphens, such as shift-to-winner.",
                "规则名称由小写字母、数字和连字符组成，例如 shift-to-winner。"
            );
        if (Encoding.UTF8.GetByteCount(text) > RuleFile.LargestBytes)
            return new("A rule file has at most 64 KB.", "规则文件最大 64 KB。");
        var draft = await db.RuleDrafts.SingleOrDefaultAsync(d => d.Rule == rule, cancellationToken);
        if ((draft?.Version ?? 0) != seen)
            return new(
                draft is null
                    ? "The draft was published or thrown away meanwhile. Your text is still here."
                    : $"{draft.EditedBy} changed the draft meanwhile. Your text is still here; look at the draft in another window.",
                draft is null
                    ? "草稿已被发布或丢弃。您的文本仍保留在此。"
                    : $"{draft.EditedBy} 刚刚修改了草稿。您的文本仍保留在此，请在另一窗口查看草稿。"
            );
        if (draft is null)
            db.RuleDrafts.Add(
                draft = new()
                {
                    Rule = rule,
                    Text = text,
                    BaseHash = RuleFolder.HashOf(folder.Read(rule)),
                    EditedBy = by.Name,
                    EditedAt = clock.GetUtcNow(),
                    Editors = "",
                }
            );
        draft.Text = text;
        Touch(draft, by);
        return await SavedAsync(cancellationToken);
    }

    /// <summary>Begins or replaces the draft with the text of an earlier version.</summary>
    public async Task<Phrase?> TakeAsync(string rule, string hash, Author by, CancellationToken cancellationToken)
    {
        if (
            await db.RuleVersions.AsNoTracking().SingleOrDefaultAsync(v => v.Rule == rule && v.Hash == hash, cancellationToken)
            is not { } version
        )
            return new("There is no such version.", "没有这个版本。");
        var seen = await db.RuleDrafts.Where(d => d.Rule == rule).Select(d => d.Version).SingleOrDefaultAsync(cancellationToken);
        return await HandleAsync(rule, version.Text, seen, by, cancellationToken);
    }

    /// <summary>The file was changed on disk: the draft replaces it as it now is.</summary>
    public async Task<Phrase?> KeepMineAsync(string rule, Author by, CancellationToken cancellationToken)
    {
        if (await db.RuleDrafts.SingleOrDefaultAsync(d => d.Rule == rule, cancellationToken) is not { } draft)
            return Gone;
        draft.BaseHash = RuleFolder.HashOf(folder.Read(rule));
        Touch(draft, by);
        return await SavedAsync(cancellationToken);
    }

    public async Task<Phrase?> DiscardAsync(string rule, Author by, CancellationToken cancellationToken)
    {
        if (await db.RuleDrafts.SingleOrDefaultAsync(d => d.Rule == rule, cancellationToken) is not { } draft)
            return Gone;
        db.RuleDrafts.Remove(draft);
        db.Note(null, clock.GetUtcNow(), by.Name, new($"Threw the draft of rule {rule} away.", $"丢弃了规则 {rule} 的草稿。"));
        return await SavedAsync(cancellationToken);
    }

    internal static readonly Phrase Gone = new("There is no draft of this rule.", "该规则没有草稿。");

    /// <summary>What was agreed to was another text.</summary>
    private void Touch(RuleDraft draft, Author by)
    {
        var me = by.Id.ToString("N");
        if (!draft.Editors.Contains(me, StringComparison.Ordinal))
            draft.Editors += me + " ";
        (draft.EditedBy, draft.EditedAt) = (by.Name, clock.GetUtcNow());
        (draft.AskedAt, draft.AskedBy, draft.AskedById, draft.ReturnedBy, draft.ReturnedWhy) = (null, null, null, null, null);
        draft.Version++;
    }

    private async Task<Phrase?> SavedAsync(CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return null;
        }
        catch (DbUpdateException)
        {
            return new("Somebody else was faster; look at the draft again.", "其他人刚刚做了修改，请重新查看草稿。");
        }
    }
}
