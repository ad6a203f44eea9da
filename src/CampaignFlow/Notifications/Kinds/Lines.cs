using CampaignFlow.Engine;

namespace CampaignFlow.Notifications.Kinds;

public enum Pace
{
    Unknown,
    Ahead,
    OnTrack,
    Behind,
}

/// <summary>One goal as it stands. A null figure is a number nobody has yet.</summary>
/// <param name="AsOf">Last day with data; null when there is none.</param>
/// <param name="MatureThrough">Last day whose numbers will hardly change any more.</param>
public sealed record GoalLine(Phrase Name, Figure? Actual, Figure? Target, Pace Pace, DateOnly? AsOf, DateOnly? MatureThrough)
{
    /// <summary>Actual against where it should be today, as a ratio: 0.02 is 2% ahead.</summary>
    public double? Gap { get; init; }

    public Figure? ForecastLow { get; init; }
    public Figure? ForecastHigh { get; init; }

    /// <summary>How the number comes about: <c>ROAS = revenue ÷ spend</c>.</summary>
    public Phrase? Formula { get; init; }
}

/// <summary>A value before and after; null means there was or will be none.</summary>
public sealed record DiffLine(Phrase What, Figure? Before, Figure? After);

/// <summary>A number somebody should look at before deciding.</summary>
public sealed record NumberLine(Phrase Label, Figure? Value)
{
    public Phrase? Note { get; init; }
}

/// <summary>A way to answer from the mail.</summary>
/// <param name="Url">A signed address from <see cref="ActionLinks"/>, or a page's path.</param>
public sealed record Offer(Phrase Label, string Url, bool Primary = false);

/// <summary>Work with its owner and date.</summary>
public sealed record WorkLine(Phrase Title, Phrase Owner, DateOnly Due)
{
    public bool Done { get; init; }
    public string? Path { get; init; }
}

/// <summary>Tables that several kinds of mail show.</summary>
internal static class Tables
{
    public static Block Goals(Reader reader, IReadOnlyList<GoalLine> goals)
    {
        var formulas = goals.Where(g => g.Formula is not null).ToList();
        return new Block.Grid(
            [
                new(reader.Say("Goal", "目标")),
                new(reader.Say("Actual", "实际"), Number: true),
                new(reader.Say("Target", "目标值"), Number: true),
                new(reader.Say("Pace", "进度"), Number: true),
                new(reader.Say("Forecast", "预测区间"), Number: true),
                new(reader.Say("Data as of", "数据截至"), Number: true),
            ],
            [.. goals.Select(g => Row(reader, g, formulas.IndexOf(g)))],
            [.. formulas.Select((g, i) => $"ƒ{i + 1}  {reader.Say(g.Formula!.Value)}")]
        );
    }

    public static Block Diff(Reader reader, IReadOnlyList<DiffLine> lines) =>
        new Block.Grid(
            [
                new(reader.Say("What changes", "变更项")),
                new(reader.Say("Now", "变更前"), Number: true),
                new(reader.Say("After", "变更后"), Number: true),
            ],
            [
                .. lines.Select(l =>
                    (IReadOnlyList<Cell>)
                        [
                            new(reader.Say(l.What)),
                            new(l.Before is null ? "—" : reader.Say(l.Before), Tone: Tone.Muted),
                            new(l.After is null ? "—" : reader.Say(l.After)),
                        ]
                ),
            ],
            []
        );

    public static IReadOnlyList<Button> Buttons(Reader reader, IEnumerable<Offer> offers) =>
        [.. offers.Select(o => new Button(reader.Say(o.Label), reader.Link(o.Url), o.Primary))];

    public static Block Work(Reader reader, IReadOnlyList<WorkLine> lines, DateOnly today) =>
        new Block.Bullets([
            .. lines.Select(l =>
            {
                var late = !l.Done && l.Due < today;
                var state =
                    l.Done ? reader.Say("done", "已完成")
                    : late ? reader.Say($"overdue since {reader.ShortDay(l.Due)}", $"逾期（应于 {reader.ShortDay(l.Due)} 完成）")
                    : reader.Say($"due {reader.ShortDay(l.Due)}", $"截止 {reader.ShortDay(l.Due)}");
                return new Bullet(
                    reader.Say(l.Title),
                    $"{reader.Say(l.Owner)} · {state}",
                    l.Done ? Tone.Good
                        : late ? Tone.Bad
                        : Tone.Plain,
                    l.Path is null ? null : reader.Link(l.Path)
                );
            }),
        ]);

    private static IReadOnlyList<Cell> Row(Reader reader, GoalLine goal, int formula)
    {
        var mark = formula < 0 ? "" : $" ƒ{formula + 1}";
        var (pace, tone) = goal.Pace switch
        {
            Pace.Ahead => (reader.Say("ahead", "超前"), Tone.Good),
            Pace.OnTrack => (reader.Say("on track", "正常"), Tone.Good),
            Pace.Behind => (reader.Say("behind", "落后"), Tone.Bad),
            _ => (reader.Say("not known yet", "暂无法判断"), Tone.Muted),
        };
        var gap = goal.Gap is { } g ? " " + new Figure.Share(g, Signed: true).In(reader.Language) : "";
        return
        [
            new(reader.Say(goal.Name) + mark),
            new(reader.Say(goal.Actual), Tone: goal.Actual is null ? Tone.Muted : Tone.Plain),
            goal.Target is null ? new(reader.Say("not set", "未设定"), Tone: Tone.Muted) : new(reader.Say(goal.Target)),
            new(pace + gap, Tone: tone),
            goal is { ForecastLow: { } low, ForecastHigh: { } high }
                ? new($"{reader.Say(low)} – {reader.Say(high)}")
                : new(reader.Say("not known yet", "暂无"), Tone: Tone.Muted),
            AsOf(reader, goal),
        ];
    }

    private static Cell AsOf(Reader reader, GoalLine goal)
    {
        if (goal.AsOf is not { } day)
            return new(reader.Say("no data", "无数据"), Tone: Tone.Muted);
        var mature =
            goal.MatureThrough is not { } through ? reader.Say("none mature yet", "均未成熟")
            : through >= day ? reader.Say("mature", "已成熟")
            : reader.Say($"mature to {reader.ShortDay(through)}", $"成熟至 {reader.ShortDay(through)}");
        return new(reader.ShortDay(day), mature);
    }
}
