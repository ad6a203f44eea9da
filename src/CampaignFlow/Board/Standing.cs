using CampaignFlow.Engine;
using CampaignFlow.Lifecycle;
using CampaignFlow.Notifications.Kinds;
using CampaignFlow.Shell;

namespace CampaignFlow.Board;

/// <summary>Green, amber or red, with the sentences that make it so; green has none.</summary>
public sealed record Health(Tone Tone, IReadOnlyList<Phrase> Because)
{
    public Phrase Word =>
        Tone switch
        {
            Tone.Blocks => new("At risk", "有风险"),
            Tone.Look => new("Needs a look", "需留意"),
            _ => new("On track", "正常"),
        };

    /// <param name="behind">Names of goals that are behind.</param>
    /// <param name="overdue">Tasks past their date.</param>
    /// <param name="late">Stages past their date whose gate is closed.</param>
    /// <param name="daysBehind">Days without numbers during the flight; 0 when yesterday is there.</param>
    public static Health Of(IReadOnlyList<Phrase> behind, int overdue, IReadOnlyList<Stage> late, bool held, int daysBehind)
    {
        var red = late.Select(s => new Phrase($"{s.Short} is past its date and its gate is closed", $"{s.Short} 已超期，关口未通过"))
            .ToList();
        var amber = new List<Phrase>();
        if (behind.Count > 0)
            amber.Add(
                new($"behind: {string.Join(", ", behind.Select(b => b.En))}", $"{string.Join("、", behind.Select(b => b.Zh))} 落后于目标")
            );
        if (overdue > 0)
            amber.Add(new(overdue == 1 ? "1 task is overdue" : $"{overdue} tasks are overdue", $"{overdue} 项任务逾期"));
        if (held)
            amber.Add(new("budget changes are on hold", "预算调整已暂停"));
        if (daysBehind > 0)
            amber.Add(
                new(
                    daysBehind == 1 ? "a day of numbers is missing" : $"{daysBehind} days of numbers are missing",
                    $"缺 {daysBehind} 天数据"
                )
            );
        return new(
            red.Count > 0 ? Tone.Blocks
                : amber.Count > 0 ? Tone.Look
                : Tone.Holds,
            [.. red, .. amber]
        );
    }

    public static IReadOnlyList<Phrase> Behind(IEnumerable<GoalLine> goals) =>
        [.. goals.Where(g => g.Pace == Pace.Behind).Select(g => g.Name)];
}

/// <summary>Where the gate of an open stage stands.</summary>
/// <param name="Green">Conditions that hold.</param>
/// <param name="All">All conditions; 0 while nobody has looked yet.</param>
public sealed record GateState(Stage Stage, int Green, int All);

/// <summary>The next date that matters, with what happens then.</summary>
public sealed record NextDate(DateOnly Day, Phrase What, bool Late);
