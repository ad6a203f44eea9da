using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Incidents;

/// <summary>What became of a person's act.</summary>
/// <param name="Says">What was done, or the first thing that is wrong.</param>
/// <param name="Status">Of an answer to a machine: 202 when it was done, else 400, 404, 409 or 410.</param>
public sealed record Tended(Phrase Says, int Status, IReadOnlyList<Phrase> Problems)
{
    public bool Done => Problems.Count == 0;
}

/// <summary>
/// A person's act on a run that stands still: carried out, kept in the run's journal and in the audit with who and why, shown on open
/// pages, and taken up at once. Who may do what is the caller's to check.
/// </summary>
public sealed class TendRun(
    CampaignFlowDb db,
    RetryRun retry,
    MendActivity mend,
    SkipActivity skip,
    CancelRun cancel,
    CarryOn carryOn,
    TimeProvider clock,
    LiveFeed live
)
{
    public const int LongestReason = 500;

    private static readonly Phrase NeedsReason = new("Say why: it is kept with the run.", "请填写原因，会随该运行保留。");

    /// <param name="execution">One failed step; null: all of them, or the burst that died.</param>
    public async Task<Tended> RetryAsync(Guid run, string? execution, string who, string? reason, CancellationToken cancellationToken)
    {
        var step = await StepAsync(run, execution, cancellationToken);
        var refusal = await retry.HandleAsync(run, execution, Told(who, reason), cancellationToken);
        return await DoneAsync(run, refusal, step, new("tried again", "已重试"), who, reason, cancellationToken);
    }

    /// <summary>Tries one step again with other inputs and variables.</summary>
    /// <param name="seen">Version of the run whose values the person saw; null: any.</param>
    public async Task<Tended> MendAsync(
        Guid run,
        string execution,
        IReadOnlyDictionary<string, string> inputs,
        IReadOnlyDictionary<string, string> variables,
        int? seen,
        string who,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (IsMissing(reason))
            return Refused(NeedsReason, 400);
        var step = await StepAsync(run, execution, cancellationToken);
        var problems = await mend.HandleAsync(run, execution, inputs, variables, Told(who, reason), seen, cancellationToken);
        return problems.Count > 0
            ? new(problems[0], await StatusAsync(run, problems[0], cancellationToken), problems)
            : await DoneAsync(run, null, step, new("mended and tried again", "修改后已重试"), who, reason, cancellationToken);
    }

    public async Task<Tended> SkipAsync(
        Guid run,
        string execution,
        string? outcome,
        string who,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (IsMissing(reason))
            return Refused(NeedsReason, 400);
        var step = await StepAsync(run, execution, cancellationToken);
        var refusal = await skip.HandleAsync(
            run,
            execution,
            string.IsNullOrEmpty(outcome) ? null : outcome,
            Told(who, reason),
            cancellationToken
        );
        return await DoneAsync(run, refusal, step, new("skipped", "已跳过"), who, reason, cancellationToken);
    }

    /// <param name="undo">What it did and can be undone is undone first.</param>
    public async Task<Tended> CancelAsync(Guid run, bool undo, string who, string? reason, CancellationToken cancellationToken)
    {
        if (IsMissing(reason))
            return Refused(NeedsReason, 400);
        var refusal = await cancel.HandleAsync(run, Told(who, reason), undo, cancellationToken);
        var what = undo ? new Phrase("cancelled, what it did is undone", "已取消，并撤销已完成的操作") : new Phrase("cancelled", "已取消");
        return await DoneAsync(run, refusal, null, what, who, reason, cancellationToken);
    }

    private static bool IsMissing(string? reason) => string.IsNullOrWhiteSpace(reason);

    private static string Cut(string reason) => reason.Trim() is var said && said.Length > LongestReason ? said[..LongestReason] : said;

    private static string Told(string who, string? reason) => IsMissing(reason) ? who : $"{who}: {Cut(reason!)}";

    private static Tended Refused(Phrase why, int status) => new(why, status, [why]);

    private Task<string?> StepAsync(Guid run, string? execution, CancellationToken cancellationToken) =>
        db.RunIncidents.Where(i => i.RunId == run && i.Execution == execution).Select(i => i.Name).SingleOrDefaultAsync(cancellationToken);

    private async Task<Tended> DoneAsync(
        Guid run,
        Phrase? refusal,
        string? step,
        Phrase what,
        string who,
        string? reason,
        CancellationToken cancellationToken
    )
    {
        if (refusal is { } no)
            return Refused(no, await StatusAsync(run, no, cancellationToken));
        var why = IsMissing(reason) ? new Phrase(".", "。") : new Phrase($": {Cut(reason!)}", $"：{Cut(reason!)}");
        var done = step is null
            ? new Phrase($"Run {what.En}{why.En}", $"流程运行{what.Zh}{why.Zh}")
            : new Phrase($"'{step}' {what.En}{why.En}", $"“{step}”{what.Zh}{why.Zh}");
        var correlation = await db.Runs.Where(r => r.Id == run).Select(r => r.Correlation).SingleAsync(cancellationToken);
        Guid? campaign = Guid.TryParse(correlation, out var known) ? known : null;
        db.Note(campaign, clock.GetUtcNow(), who, done);
        await db.SaveChangesAsync(cancellationToken);
        await carryOn.SoonAsync();
        live.Changed(campaign);
        return new(done, StatusCodes.Status202Accepted, []);
    }

    private async Task<int> StatusAsync(Guid run, Phrase why, CancellationToken cancellationToken)
    {
        if (why == PersonsVerb.Unknown)
            return StatusCodes.Status404NotFound;
        var status = await db.Runs.Where(r => r.Id == run).Select(r => (RunStatus?)r.Status).SingleOrDefaultAsync(cancellationToken);
        return status switch
        {
            null or RunStatus.Finished or RunStatus.Cancelled => StatusCodes.Status410Gone,
            _ when why == PersonsVerb.NotFailed || why == PersonsVerb.Moved => StatusCodes.Status409Conflict,
            _ => StatusCodes.Status400BadRequest,
        };
    }
}
