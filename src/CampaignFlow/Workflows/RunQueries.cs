using System.Globalization;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows;

/// <summary>Questions about runs, for pages.</summary>
public sealed class RunQueries(CampaignFlowDb db, DefinitionCache definitions)
{
    /// <summary>How the run stands and what it waits for, as a sentence; null when there is no such run.</summary>
    public async Task<Phrase?> WaitingAsync(Guid id, CancellationToken cancellationToken)
    {
        var run = await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancellationToken);
        if (run is null)
            return null;
        var bookmarks = await db
            .RunBookmarks.AsNoTracking()
            .Where(b => b.RunId == id)
            .OrderBy(b => b.DueAt)
            .ThenBy(b => b.Id)
            .ToListAsync(cancellationToken);
        var definition = bookmarks.Count > 0 ? await definitions.GetAsync(db, run.VersionId, cancellationToken) : null;
        var state = System.Text.Json.JsonSerializer.Deserialize<RunState>(run.State, RunJson.Options)!;
        return Say(run, [.. bookmarks.Select(b => Say(b, NameOf(b, state, definition!)))]);
    }

    /// <summary>A run's history, oldest first.</summary>
    public Task<List<RunJournal>> JournalAsync(Guid id, CancellationToken cancellationToken) =>
        db.RunJournal.AsNoTracking().Where(j => j.RunId == id).OrderBy(j => j.Seq).ToListAsync(cancellationToken);

    /// <summary>Runs that a person has to look at, newest first.</summary>
    public Task<List<Run>> IncidentsAsync(CancellationToken cancellationToken) =>
        db.Runs.AsNoTracking().Where(r => r.Status == RunStatus.Faulted).OrderByDescending(r => r.UpdatedAt).ToListAsync(cancellationToken);

    /// <summary>Runs of one campaign, oldest first.</summary>
    public Task<List<Run>> OfAsync(string correlation, CancellationToken cancellationToken) =>
        db.Runs.AsNoTracking().Where(r => r.Correlation == correlation).OrderBy(r => r.CreatedAt).ToListAsync(cancellationToken);

    private static Phrase Say(Run run, IReadOnlyList<Phrase> waits) =>
        run switch
        {
            { Status: RunStatus.Finished } => new("Finished.", "已完成。"),
            { Status: RunStatus.Cancelled } => new("Cancelled.", "已取消。"),
            { Status: RunStatus.Faulted } => new($"Stopped: {run.Error}", $"已停止：{run.Error}"),
            { Ready: true } or { Owner: not null } => new("At work.", "正在执行。"),
            _ when waits.Count == 0 => new("It waits for nothing.", "没有等待任何事项。"),
            _ => Phrase.Join(waits, " ", ""),
        };

    private static Phrase NameOf(RunBookmark bookmark, RunState state, WorkflowDefinition definition) =>
        state.Executions.Find(e => e.Id == bookmark.Execution) is { } execution
        && definition.Activities.TryGetValue(execution.Activity, out var activity)
            ? ActivityNames.Of(activity)
            : Phrase.Same(bookmark.Execution);

    private static Phrase Say(RunBookmark bookmark, Phrase activity) =>
        bookmark switch
        {
            { Kind: Bookmark.Timer, DueAt: { } due } => new(
                $"Waits until {At(due, "d MMM yyyy HH:mm")} UTC ({activity.En}).",
                $"等到 {At(due, "yyyy年M月d日 HH:mm")}（UTC，{activity.Zh}）。"
            ),
            { Kind: Bookmark.Retry, DueAt: { } due } => new(
                $"'{activity.En}' failed and is tried again at {At(due, "d MMM yyyy HH:mm")} UTC.",
                $"“{activity.Zh}”失败，将于 {At(due, "yyyy年M月d日 HH:mm")}（UTC）重试。"
            ),
            { Kind: Bookmark.Event } => new($"Waits for the event '{bookmark.Key}'.", $"等待事件“{bookmark.Key}”。"),
            { Kind: "task" } => new($"Waits until the task '{activity.En}' is done.", $"等待任务“{activity.Zh}”完成。"),
            { Kind: "runtask" } => new($"Waits for the task '{bookmark.Key}'.", $"等待任务“{bookmark.Key}”完成。"),
            { Kind: "approval" } => new($"Waits for a decision on '{activity.En}'.", $"等待“{activity.Zh}”的审批结果。"),
            { Kind: "gate" } => new($"Waits until the gate '{activity.En}' passes.", $"等待关口“{activity.Zh}”通过。"),
            { Kind: "run" } => new($"Waits for the run that '{activity.En}' started.", $"等待“{activity.Zh}”启动的流程结束。"),
            { DueAt: { } due } => new(
                $"Waits at '{activity.En}' until {At(due, "d MMM yyyy HH:mm")} UTC at the latest.",
                $"在“{activity.Zh}”处等待，最迟到 {At(due, "yyyy年M月d日 HH:mm")}（UTC）。"
            ),
            _ => new($"Waits at '{activity.En}'.", $"在“{activity.Zh}”处等待。"),
        };

    private static string At(DateTimeOffset at, string format) => at.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
}
