using CampaignFlow.Engine;

namespace CampaignFlow.Notifications.Kinds;

/// <summary>A source that has fallen behind.</summary>
/// <param name="LastDay">Last day with data; null when there has never been any.</param>
/// <param name="Effect">What it stops, e.g. "2 rules are suspended".</param>
public sealed record MissingSource(string Name, DateOnly? LastDay, IReadOnlyList<DateOnly> MissingDays, Phrase Effect);

/// <summary>Numbers did not arrive; rules that need them are suspended until they do.</summary>
public sealed record DataMissingMail : MailModel
{
    public override string Kind => "data-missing";

    public required IReadOnlyList<MissingSource> Sources { get; init; }

    public override Phrase Reason =>
        new("You receive this because you look after these numbers.", "您收到此邮件，是因为您负责这些数据的导入。");

    public override string Subject(Reader reader)
    {
        var names = string.Join(reader.Say(", ", "、"), Sources.Select(s => s.Name));
        return reader.Say($"[Data missing] {Campaign.Name} · {names}", $"【数据缺失】{Campaign.Name} · {names}");
    }

    public override string Title(Reader reader) =>
        Sources.Count == 1
            ? reader.Say($"No data from {Sources[0].Name}", $"{Sources[0].Name} 数据缺失")
            : reader.Say($"{Sources.Count} sources have no data", $"{Sources.Count} 个来源数据缺失");

    public override string Preview(Reader reader) => reader.Say(Phrase.Join(Sources.Select(s => s.Effect)));

    public override IReadOnlyList<Block> Compose(Reader reader) =>
        [
            new Block.Grid(
                [
                    new(reader.Say("Source", "来源")),
                    new(reader.Say("Missing days", "缺失日期")),
                    new(reader.Say("Data as of", "数据截至")),
                    new(reader.Say("Meanwhile", "影响")),
                ],
                [
                    .. Sources.Select(s =>
                        (IReadOnlyList<Cell>)
                            [
                                new(s.Name),
                                new(string.Join(reader.Say(", ", "、"), s.MissingDays.Select(reader.ShortDay)), Tone: Tone.Bad),
                                s.LastDay is { } last
                                    ? new(reader.ShortDay(last))
                                    : new(reader.Say("never any", "从未有数据"), Tone: Tone.Muted),
                                new(reader.Say(s.Effect)),
                            ]
                    ),
                ],
                []
            ),
            new Block.Paragraph(
                reader.Say(
                    "Suspended rules go on by themselves as soon as the days arrive. A missing day is never counted as zero.",
                    "补齐数据后，暂停的规则会自动恢复。缺失的日期不会按 0 计算。"
                )
            ),
            new Block.Actions([new(reader.Say("Upload the file", "上传数据文件"), reader.Link(Path), Primary: true)]),
        ];
}

/// <summary>How an import of the day went.</summary>
public sealed record SourceLine(string Name, bool Good, Phrase Note);

/// <summary>The one mail a day: data, pace, what waits for the reader.</summary>
public sealed record DailyDigestMail : MailModel
{
    public override string Kind => "daily-digest";

    public required DateOnly Day { get; init; }
    public required Phrase Stage { get; init; }

    /// <summary>1 on the first day of the flight; null outside of it.</summary>
    public int? FlightDay { get; init; }

    public IReadOnlyList<SourceLine> Sources { get; init; } = [];
    public IReadOnlyList<GoalLine> Goals { get; init; } = [];
    public IReadOnlyList<WorkLine> ToDo { get; init; } = [];

    /// <summary>What rules did, or why they did not, since yesterday.</summary>
    public IReadOnlyList<Phrase> Decisions { get; init; } = [];

    public override Phrase Reason =>
        new("You receive one such mail a day because you work on this campaign.", "您参与该活动，因此每天会收到一封汇总邮件。");

    public override string Subject(Reader reader)
    {
        var day = FlightDay is { } n ? reader.Say($"day {n}", $"第 {n} 天") : reader.ShortDay(Day);
        var toDo =
            ToDo.Count == 0 ? reader.Say("nothing waits for you", "无待处理") : reader.Say($"{ToDo.Count} to do", $"{ToDo.Count} 项待处理");
        return reader.Say($"[Daily] {Campaign.Name} · {Stage.En} {day} · {toDo}", $"【日检】{Campaign.Name} · {Stage.Zh} {day} · {toDo}");
    }

    public override string Title(Reader reader) => $"{Campaign.Name} · {reader.Day(Day)}";

    public override string Preview(Reader reader) => reader.Say($"{ToDo.Count} to do", $"{ToDo.Count} 项待处理");

    public override IReadOnlyList<Block> Compose(Reader reader)
    {
        List<Block> blocks = [];
        if (ToDo.Count > 0)
        {
            blocks.Add(new Block.Heading(reader.Say("Waits for you", "待处理"), $"{ToDo.Count}"));
            blocks.Add(Tables.Work(reader, ToDo, Day));
        }
        if (Goals.Count > 0)
        {
            blocks.Add(new Block.Heading(reader.Say("Goals", "目标与进度")));
            blocks.Add(Tables.Goals(reader, Goals));
        }
        if (Sources.Count > 0)
        {
            blocks.Add(new Block.Heading(reader.Say("Data", "数据导入")));
            blocks.Add(new Block.Bullets([.. Sources.Select(s => new Bullet(s.Name, reader.Say(s.Note), s.Good ? Tone.Good : Tone.Bad))]));
        }
        blocks.Add(new Block.Heading(reader.Say("What rules decided", "自动决定")));
        blocks.Add(
            Decisions.Count == 0
                ? new Block.Paragraph(reader.Say("Nothing since yesterday.", "自昨日以来没有新的决定。"), Tone.Muted)
                : new Block.Bullets([.. Decisions.Select(d => new Bullet(reader.Say(d)))])
        );
        return blocks;
    }
}

/// <summary>One goal at the end.</summary>
/// <param name="Attained">Actual over target as a ratio in the goal's own direction: 1.02 is reached. Null when it cannot be told.</param>
public sealed record AttainmentLine(Phrase Name, Figure? Target, Figure? Actual, double? Attained);

/// <summary>The report is there; the table says what was reached.</summary>
public sealed record ReportReadyMail : MailModel
{
    public override string Kind => "report-ready";

    public required Phrase Report { get; init; }
    public required DateOnly AsOf { get; init; }
    public required IReadOnlyList<AttainmentLine> Attainment { get; init; }
    public IReadOnlyList<Phrase> Findings { get; init; } = [];

    public override Phrase Reason =>
        new("You receive this because you work on, or answer for, this campaign.", "您收到此邮件，是因为您参与或负责该活动。");

    private int Reached => Attainment.Count(a => a.Attained >= 1);

    public override string Subject(Reader reader) =>
        reader.Say(
            $"[Report] {Campaign.Name} · {Report.En} · {Reached} of {Attainment.Count} goals reached",
            $"【报告】{Campaign.Name} · {Report.Zh} · {Attainment.Count} 个目标达成 {Reached} 个"
        );

    public override string Title(Reader reader) => $"{Campaign.Name} · {reader.Say(Report)}";

    public override string Preview(Reader reader) => Findings.Count > 0 ? reader.Say(Findings[0]) : Subject(reader);

    public override IReadOnlyList<Block> Compose(Reader reader)
    {
        List<Block> blocks =
        [
            new Block.Paragraph(reader.Say($"Data as of {reader.Day(AsOf)}.", $"数据截至{reader.Day(AsOf)}。"), Tone.Muted),
            new Block.Heading(reader.Say("Goals reached", "目标达成")),
            new Block.Grid(
                [
                    new(reader.Say("Goal", "目标")),
                    new(reader.Say("Target", "目标值"), Number: true),
                    new(reader.Say("Actual", "实际"), Number: true),
                    new(reader.Say("Attained", "达成率"), Number: true),
                ],
                [.. Attainment.Select(a => Row(reader, a))],
                []
            ),
        ];
        if (Findings.Count > 0)
        {
            blocks.Add(new Block.Heading(reader.Say("Findings", "主要结论")));
            blocks.Add(new Block.Bullets([.. Findings.Select(f => new Bullet(reader.Say(f)))]));
        }
        blocks.Add(new Block.Actions([new(reader.Say("Read the report", "阅读报告"), reader.Link(Path), Primary: true)]));
        return blocks;
    }

    private static IReadOnlyList<Cell> Row(Reader reader, AttainmentLine line) =>
        [
            new(reader.Say(line.Name)),
            new(line.Target is null ? reader.Say("not set", "未设定") : reader.Say(line.Target)),
            new(reader.Say(line.Actual), Tone: line.Actual is null ? Tone.Muted : Tone.Plain),
            line.Attained is { } attained
                ? new(
                    new Figure.Share(attained).In(reader.Language),
                    attained >= 1 ? reader.Say("reached", "达成") : reader.Say("missed", "未达成"),
                    attained >= 1 ? Tone.Good : Tone.Bad
                )
                : new(reader.Say("cannot be told", "无法判断"), Tone: Tone.Muted),
        ];
}
