using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Rules.Lab;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Rules.Lab;

/// <summary>A text in the lab, read and analysed.</summary>
/// <param name="Reading">The rule, or what is wrong with its text.</param>
/// <param name="Findings">Of the static analysis; empty when the text cannot be read.</param>
public sealed record LabText(string Rule, string Text, RuleReading Reading, IReadOnlyList<Problem> Findings)
{
    public string File => RuleFolder.FileOf(Rule);
    public string Hash => RuleFolder.HashOf(Text);
}

/// <summary>All that the lab shows of one rule.</summary>
/// <param name="OnDisk">The file as it stands; null when there is none.</param>
/// <param name="Active">The version in force.</param>
/// <param name="Proof">The newest about this very text.</param>
/// <param name="Stale">Why the proof does not count any more; null when it does, or when there is none.</param>
public sealed record LabView(
    LabText Shown,
    RuleDraft? Draft,
    string? OnDisk,
    Rule? Active,
    RuleProof? Proof,
    Phrase? Stale,
    IReadOnlyList<RulePublication> Publications
)
{
    /// <summary>Somebody changed the file after the draft was begun.</summary>
    public bool Conflict => Draft is not null && Draft.BaseHash != RuleFolder.HashOf(OnDisk);

    public bool MovesMoney => Shown.Reading.Rule is { } rule && RuleLab.MovesMoney(rule);

    /// <summary>A second person has to agree, because this text or the one it replaces moves money.</summary>
    public bool NeedsTwo => MovesMoney || (Active is { } active && RuleLab.MovesMoney(active));

    /// <summary>Why it cannot be published now; null when it can.</summary>
    public Phrase? Obstacle =>
        Draft is null ? new("There is no draft.", "没有草稿。")
        : Shown.Text == OnDisk ? new("The draft says what the file says.", "草稿与文件内容相同。")
        : Conflict
            ? new(
                "The file was changed on disk since the draft was begun: choose one of the texts first.",
                "草稿开始后文件已被修改：请先选择保留哪一份。"
            )
        : Shown.Reading.Rule is null ? new("The text has errors: mend the marked places first.", "文本有错误：请先修正标出的位置。")
        : !MovesMoney
            ? Shown.Findings.Any(f => f.Severity == Severity.Error)
                    ? new("The analysis refuses it; see the findings.", "静态分析未通过，请查看结果。")
                : null
        : Proof is null
            ? new(
                "A rule that moves money needs a backtest and analysis of this very text.",
                "涉及资金的规则须先对当前文本进行回测与静态分析。"
            )
        : Stale is { } stale ? stale
        : !Proof.MayPublish ? new("Backtest or analysis refuse it; see the findings.", "回测或静态分析未通过，请查看结果。")
        : null;
}

/// <summary>Questions about drafts, proofs and publications.</summary>
public sealed class LabQueries(CampaignFlowDb db, RuleFiles files, RuleFolder folder, TimeProvider clock)
{
    /// <summary>Campaigns change; an old backtest says little.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromDays(3);

    /// <returns>Null when there is neither file nor draft.</returns>
    public async Task<LabView?> FindAsync(string rule, CancellationToken cancellationToken)
    {
        var draft = await db.RuleDrafts.AsNoTracking().SingleOrDefaultAsync(d => d.Rule == rule, cancellationToken);
        var onDisk = folder.Read(rule);
        if ((draft?.Text ?? onDisk) is not { } text)
            return null;
        var shown = Read(rule, text);
        var (hash, others) = (shown.Hash, HashOfOthers(rule));
        var proof = await db
            .RuleProofs.AsNoTracking()
            .Where(p => p.Rule == rule && p.Hash == hash)
            .OrderByDescending(p => p.At)
            .FirstOrDefaultAsync(cancellationToken);
        return new(
            shown,
            draft,
            onDisk,
            InForce().FirstOrDefault(r => r.Id == rule),
            proof,
            proof is null ? null : StaleSince(proof, others),
            await db
                .RulePublications.AsNoTracking()
                .Where(p => p.Rule == rule)
                .OrderByDescending(p => p.Number)
                .ToListAsync(cancellationToken)
        );
    }

    public LabText Read(string rule, string text)
    {
        var reading = RuleFile.Parse(text, RuleFolder.FileOf(rule));
        return new(rule, text, reading, reading.Rule is { } read ? RuleLab.Analyse(read, Others(rule)) : []);
    }

    public Task<List<RuleDraft>> DraftsAsync(CancellationToken cancellationToken) =>
        db.RuleDrafts.AsNoTracking().OrderBy(d => d.Rule).ToListAsync(cancellationToken);

    public IReadOnlyList<Rule> InForce() => [.. files.Current().Select(f => f.Rule).OfType<Rule>()];

    public IReadOnlyList<Rule> Others(string rule) => [.. InForce().Where(r => r.Id != rule)];

    /// <summary>Changes whenever another rule does.</summary>
    public string HashOfOthers(string rule) => RuleFolder.HashOf(string.Join('\n', Others(rule).Select(r => $"{r.Id} {r.Hash}")));

    private Phrase? StaleSince(RuleProof proof, string others) =>
        proof.OthersHash != others
            ? new("Other rules have changed since the backtest: run it again.", "回测之后其他规则有变化，请重新回测。")
        : clock.GetUtcNow() - proof.At > Fresh
            ? new("The backtest is more than three days old: run it again.", "回测已超过三天，请重新回测。")
        : null;
}
