using System.Text.Json;
using System.Text.RegularExpressions;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Tasks;

namespace CampaignFlow.Lifecycle;

/// <summary>One condition of a gate as it was last looked at, with the place where a red one is mended.</summary>
/// <param name="Mend">Path of the page that mends it; null for what only time or numbers mend.</param>
public sealed partial record GateCondition(Clause Clause, string? Mend, Phrase? MendName)
{
    private const string Approved = "_approved";

    /// <summary>The clause with the facts' labels instead of their names.</summary>
    public Phrase Sentence => new(Labelled(Clause.Sentence.En, p => p.En), Labelled(Clause.Sentence.Zh, p => p.Zh));

    /// <param name="tasks">Open tasks of the campaign.</param>
    /// <param name="approvals">Open approvals of the campaign.</param>
    public static IReadOnlyList<GateCondition> Read(
        GateCheck gate,
        string campaign,
        IReadOnlyList<WorkTask> tasks,
        IReadOnlyList<Approval> approvals
    ) =>
        [
            .. (JsonSerializer.Deserialize<List<Clause>>(gate.Clauses, RunJson.Options) ?? []).Select(c =>
            {
                var (path, name) = c.Holds == true ? default : MendOf(c, gate, campaign, tasks, approvals);
                return new GateCondition(c, path, name);
            }),
        ];

    private static string Labelled(string sentence, Func<Phrase, string> language) =>
        Fact()
            .Replace(sentence, m => GateFacts.LabelOf(m.Value) is { } label ? language(label) : m.Value)
            .Replace(">=", "≥", StringComparison.Ordinal)
            .Replace("<=", "≤", StringComparison.Ordinal)
            .Replace("==", "=", StringComparison.Ordinal);

    private static (string? Path, Phrase? Name) MendOf(
        Clause clause,
        GateCheck gate,
        string campaign,
        IReadOnlyList<WorkTask> tasks,
        IReadOnlyList<Approval> approvals
    )
    {
        foreach (var fact in Fact().Matches(clause.Text).Select(m => m.Value))
        {
            if (GateFacts.Mends(fact) is { } kind)
                return tasks.FirstOrDefault(t => t.ArtefactKind == kind) is { } task
                    ? ($"/tasks/{task.Id}", task.Title)
                    : ($"/campaigns/{campaign}/stages/{ArtefactKind.Of(kind).Stage}#{kind}", ArtefactKind.Of(kind).Name);
            if (
                fact.EndsWith(Approved, StringComparison.Ordinal)
                && approvals.FirstOrDefault(a => a.Kind == fact[..^Approved.Length]) is { } asked
            )
                return ($"/approvals/{asked.Id}", asked.Title);
            if (fact == "shifts_waiting" && approvals.FirstOrDefault(a => a.ShiftId is not null) is { } shift)
                return ($"/approvals/{shift.Id}", shift.Title);
            if (fact == "days_without_data")
                return ($"/campaigns/{campaign}#channels", new("Channels and their data", "渠道与数据"));
            if (fact.Contains("goals", StringComparison.Ordinal))
                return ($"/campaigns/{campaign}#goals", new("Goals", "目标"));
        }
        // Whoever works in the stage is the nearest to mending what no artefact answers for.
        return tasks.FirstOrDefault(t => t.Stage == gate.Stage) is { } any ? ($"/tasks/{any.Id}", any.Title) : (null, null);
    }

    [GeneratedRegex("[a-z][a-z_]+")]
    private static partial Regex Fact();
}
