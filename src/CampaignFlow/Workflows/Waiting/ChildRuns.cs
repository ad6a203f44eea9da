using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Workflows.Waiting;

/// <summary>A run that waits for a run it started: which, and how that one stands.</summary>
internal sealed class ChildRuns(CampaignFlowDb db) : IWaitReason
{
    public string Kind => "run";

    public async Task<IReadOnlyDictionary<Wait, Phrase>> SayAsync(IReadOnlyList<Wait> waits, CancellationToken cancellationToken)
    {
        var keys = waits.Select(KeyOf).ToList();
        var children = await db
            .Runs.Where(r => keys.Contains(r.Key))
            .Join(
                db.WorkflowVersions,
                r => r.VersionId,
                v => v.Id,
                (r, v) =>
                    new
                    {
                        r.Key,
                        r.Status,
                        v.Name,
                    }
            )
            .ToDictionaryAsync(c => c.Key, StringComparer.Ordinal, cancellationToken);
        return waits.ToDictionary(
            w => w,
            w => children.GetValueOrDefault(KeyOf(w)) is { } child ? Say(child.Name, child.Status) : Unknown(w.Step)
        );
    }

    private static string KeyOf(Wait wait) => BurstCommit.ChildKey(wait.Bookmark.RunId, wait.Bookmark.Key);

    private static Phrase Say(string name, RunStatus status)
    {
        var stands = status switch
        {
            RunStatus.Suspended => new Phrase("which itself waits", "该运行也在等待"),
            RunStatus.Running => new Phrase("which is at work", "该运行正在执行"),
            RunStatus.Faulted => new Phrase("which was stopped by a failure", "该运行已出错停止"),
            _ => new Phrase("which is over", "该运行已结束"),
        };
        return new($"Waits for its child run '{name}', {stands.En}.", $"等待其子流程“{name}”，{stands.Zh}。");
    }

    private static Phrase Unknown(Phrase step) => new($"Waits for the run that '{step.En}' starts.", $"等待“{step.Zh}”启动的流程结束。");
}
