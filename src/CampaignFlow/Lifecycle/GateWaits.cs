using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Workflows.Waiting;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Lifecycle;

/// <summary>A run that waits at a gate: which conditions were red when it last looked.</summary>
internal sealed class GateWaits(CampaignFlowDb db) : IWaitReason
{
    private const int MostConditions = 3;

    public string Kind => GateActivity.BookmarkKind;

    public async Task<IReadOnlyDictionary<Wait, Phrase>> SayAsync(IReadOnlyList<Wait> waits, CancellationToken cancellationToken)
    {
        var keys = waits.Select(KeyOf).ToList();
        var gates = await db
            .GateChecks.AsNoTracking()
            .Where(g => keys.Contains(g.Key))
            .ToDictionaryAsync(g => g.Key, StringComparer.Ordinal, cancellationToken);
        return waits.Where(w => gates.ContainsKey(KeyOf(w))).ToDictionary(w => w, w => Say(w, gates[KeyOf(w)]));
    }

    private static string KeyOf(Wait wait) => $"{wait.Bookmark.RunId}:{wait.Bookmark.Execution}";

    private static Phrase Say(Wait wait, GateCheck gate)
    {
        var since = wait.Day(gate.OpenedAt);
        var stage = Stage.All.FirstOrDefault(s => s.Code == gate.Stage);
        var name = stage is null ? Phrase.Same(gate.Stage) : new($"{stage.Short} {stage.Name.En}", $"{stage.Short} {stage.Name.Zh}");
        var red = GateCondition.Read(gate, "", [], []).Where(c => c.Clause.Holds != true).ToList();
        var why = Phrase.Join(red.Take(MostConditions).Select(c => c.Sentence));
        if (red.Count > MostConditions)
            why = new($"{why.En}; {red.Count - MostConditions} more", $"{why.Zh}；另有 {red.Count - MostConditions} 条");
        return red.Count == 0
            ? new($"Waits since {since.En} at the gate of {name.En}.", $"自{since.Zh}起在“{name.Zh}”关口等待。")
            : new(
                $"Waits since {since.En} at the gate of {name.En}, still red: {why.En}.",
                $"自{since.Zh}起在“{name.Zh}”关口等待，未满足：{why.Zh}。"
            );
    }
}
