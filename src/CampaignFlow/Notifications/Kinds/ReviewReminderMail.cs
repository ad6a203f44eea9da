using System.Globalization;
using CampaignFlow.Engine;

namespace CampaignFlow.Notifications.Kinds;

/// <summary>The scheduled review with everything one needs to come prepared: agenda, numbers, decisions.</summary>
public sealed record ReviewReminderMail : MailModel
{
    public override string Kind => "review-reminder";

    /// <summary>"Weekly review", 周复盘.</summary>
    public required Phrase Review { get; init; }

    /// <summary>What makes it one meeting, e.g. <c>double-11-2026:2026-W46</c>.</summary>
    public required string MeetingKey { get; init; }

    public required DateTimeOffset StartsAt { get; init; }
    public required IReadOnlyList<AgendaItem> Agenda { get; init; }
    public required IReadOnlyList<GoalLine> Goals { get; init; }
    public required MoneyState Money { get; init; }
    public required AutomationState Automation { get; init; }
    public IReadOnlyList<DecisionNeeded> Decisions { get; init; } = [];
    public IReadOnlyList<Phrase> Risks { get; init; } = [];
    public IReadOnlyList<WorkLine> Overdue { get; init; } = [];
    public IReadOnlyList<WorkLine> LastActions { get; init; } = [];

    /// <summary>Probability of reaching the primary goal, 0–1.</summary>
    public double? Chance { get; init; }

    /// <summary>The primary goal's short name for the subject: GMV, ROAS.</summary>
    public Phrase? ChanceOf { get; init; }

    public string? Location { get; init; }

    /// <summary>Until when the signed links work; null when there are none.</summary>
    public DateTimeOffset? LinksUntil { get; init; }

    public int Minutes => Agenda.Sum(a => a.Minutes);

    public override Phrase Reason =>
        new("You receive this because you take part in this campaign's reviews.", "您收到此邮件，是因为您需要参加该活动的复盘会议。");

    public override string Subject(Reader reader)
    {
        var decisions = Decisions.Count switch
        {
            0 => reader.Say("nothing to decide", "无待决策事项"),
            1 => reader.Say("1 decision needed", "需您决策 1 项"),
            var n => reader.Say($"{n} decisions needed", $"需您决策 {n} 项"),
        };
        var chance =
            Chance is { } c && ChanceOf is { } goal
                ? reader.Say($" · {goal.En} {Percent(c)} likely", $" · {goal.Zh} 达成概率 {Percent(c)}")
                : "";
        var time = reader.ShortTime(StartsAt);
        return reader.Say(
            $"[{Review.En}] {Campaign.Name} · {time} · {decisions}{chance}",
            $"【{Review.Zh}提醒】{Campaign.Name} · {time} · {decisions}{chance}"
        );
    }

    public override string Title(Reader reader) => $"{Campaign.Name} · {reader.Say(Review)}";

    public override string Preview(Reader reader) =>
        reader.Say(
            $"{reader.Time(StartsAt)}, {Minutes} minutes, {Decisions.Count} to decide",
            $"{reader.Time(StartsAt)}，{Minutes} 分钟，待决策 {Decisions.Count} 项"
        );

    public override IReadOnlyList<Block> Compose(Reader reader)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(StartsAt, reader.Zone).DateTime);
        List<Block> blocks =
        [
            new Block.Paragraph(
                reader.Time(StartsAt)
                    + reader.Say($" · {Minutes} minutes", $" · {Minutes} 分钟")
                    + (Location is null ? "" : " · " + Location),
                Tone.Muted
            ),
        ];
        if (Decisions.Count > 0)
            blocks.Add(new Block.Heading(reader.Say("Decisions needed", "需要决策"), $"{Decisions.Count}"));
        blocks.AddRange(Decisions.Select((d, i) => Decide(reader, d, i + 1)));
        if (LinksUntil is { } until)
            blocks.Add(
                new Block.Paragraph(
                    reader.Say(
                        $"Each link works once, until {reader.Time(until)}, and asks you to confirm.",
                        $"每个链接仅限使用一次，{reader.Time(until)}前有效，点击后需再次确认。"
                    ),
                    Tone.Muted
                )
            );
        blocks.Add(new Block.Heading(reader.Say("Agenda", "议程"), reader.Say($"{Minutes} minutes", $"{Minutes} 分钟")));
        blocks.Add(AgendaTable(reader));
        blocks.Add(new Block.Heading(reader.Say("Goals", "目标与进度")));
        blocks.Add(Tables.Goals(reader, Goals));
        blocks.Add(new Block.Heading(reader.Say("Money", "预算"), MoneyAsOf(reader)));
        blocks.Add(MoneyTiles(reader));
        blocks.Add(new Block.Heading(reader.Say("Automated decisions", "自动决定"), reader.Say("since the last review", "自上次复盘以来")));
        blocks.AddRange(Automated(reader));
        Add(
            blocks,
            reader.Say("Risks", "风险"),
            Risks.Count,
            () => new Block.Bullets([.. Risks.Select(r => new Bullet(reader.Say(r), Tone: Tone.Warning))])
        );
        Add(blocks, reader.Say("Overdue", "逾期任务"), Overdue.Count, () => Tables.Work(reader, Overdue, today));
        if (LastActions.Count > 0)
        {
            var done = LastActions.Count(a => a.Done);
            blocks.Add(
                new Block.Heading(
                    reader.Say("Actions from the last review", "上次行动项"),
                    reader.Say($"{done} of {LastActions.Count} done", $"共 {LastActions.Count} 项，已完成 {done} 项")
                )
            );
            blocks.Add(Tables.Work(reader, LastActions, today));
        }
        return blocks;
    }

    public override Meeting? Meeting(Reader reader) =>
        new(
            $"review-{MeetingKey.Replace(':', '-')}@campaignflow",
            StartsAt,
            TimeSpan.FromMinutes(Minutes),
            Title(reader),
            string.Join(
                '\n',
                Agenda
                    .Select((a, i) => $"{i + 1}. {reader.Say(a.Title)} – {Mins(reader, a.Minutes)}, {reader.Say(a.Owner)}")
                    .Append(reader.Link(Path))
            ),
            reader.Link(Path),
            Location
        );

    private static void Add(List<Block> blocks, string title, int count, Func<Block> block)
    {
        if (count == 0)
            return;
        blocks.Add(new Block.Heading(title, count.ToString(CultureInfo.InvariantCulture)));
        blocks.Add(block());
    }

    private static Block Decide(Reader reader, DecisionNeeded decision, int number)
    {
        List<string> facts = [.. decision.Numbers.Select(n => Fact(reader, n))];
        if (decision.DueAt is { } due)
            facts.Add(reader.Say($"Decide by {reader.Time(due)}", $"请于{reader.Time(due)}前决定"));
        return new Block.Decision(
            string.Create(CultureInfo.InvariantCulture, $"{number}. {reader.Say(decision.Title)}"),
            reader.Say(decision.Why),
            facts,
            Tables.Buttons(reader, decision.Offers)
        );
    }

    private static string Fact(Reader reader, NumberLine line)
    {
        var note = line.Note is { } n ? reader.Say($" ({n.En})", $"（{n.Zh}）") : "";
        return reader.Say($"{line.Label.En}: ", $"{line.Label.Zh}：") + reader.Say(line.Value) + note;
    }

    private Block AgendaTable(Reader reader) =>
        new Block.Grid(
            [
                new(reader.Say("Item", "议题")),
                new(reader.Say("Minutes", "时长"), Number: true),
                new(reader.Say("Led by", "负责人"), Number: true),
            ],
            [
                .. Agenda.Select(
                    (a, i) =>
                        (IReadOnlyList<Cell>)
                            [
                                new(string.Create(CultureInfo.InvariantCulture, $"{i + 1}. {reader.Say(a.Title)}")),
                                new(Mins(reader, a.Minutes)),
                                new(reader.Say(a.Owner)),
                            ]
                ),
            ],
            []
        );

    private string MoneyAsOf(Reader reader) =>
        Money.AsOf is { } day
            ? reader.Say($"spend as of {reader.ShortDay(day)}", $"花费截至 {reader.ShortDay(day)}")
            : reader.Say("no spend reported yet", "暂无花费数据");

    private Block MoneyTiles(Reader reader)
    {
        Figure? Rounded(Money? money) => money is { } m ? new Figure.Round(m) : null;
        var share = Money.Spent is { } spent && Money.Total.Minor > 0 ? new Figure.Share((double)spent.Minor / Money.Total.Minor) : null;
        return new Block.Tiles([
            new(
                reader.Say("Total", "总额"),
                reader.Say(Rounded(Money.Total)),
                Money.Changed ? reader.Say("changed by people", "已人工调整") : reader.Say("unchanged", "未变"),
                Money.Changed ? Tone.Warning : Tone.Plain
            ),
            new(
                reader.Say("Spent", "已花"),
                reader.Say(Rounded(Money.Spent)),
                share is null ? null : reader.Say($"{share.In("en")} of total", $"占总额 {share.In("zh")}")
            ),
            new(
                reader.Say("Projected end", "预计期末"),
                reader.Say(Rounded(Money.ProjectedEnd)),
                null,
                Money.ProjectedEnd is { } end && end > Money.Total ? Tone.Bad : Tone.Plain
            ),
            new(
                reader.Say("Shifts", "转移"),
                reader.Say($"{Money.Shifts}", $"{Money.Shifts} 笔"),
                Money.Shifts == 0
                    ? null
                    : reader.Say(
                        $"{new Figure.Amount(Money.ShiftedPerDay).In("en")} a day, {Money.Reversible} reversible",
                        $"共 {new Figure.Amount(Money.ShiftedPerDay).In("zh")}/日，{Money.Reversible} 笔可撤销"
                    )
            ),
        ]);
    }

    private IEnumerable<Block> Automated(Reader reader)
    {
        var blocked = Automation.Blocked.Sum(b => b.Count);
        var reasons = Phrase.Join(
            Automation.Blocked.Select(b => new Phrase($"{b.Reason.En} {b.Count}", $"{b.Reason.Zh} {b.Count}")),
            ", ",
            "，"
        );
        List<Tile> tiles =
        [
            new(reader.Say("Executed", "执行"), $"{Automation.Executed}"),
            new(reader.Say("Blocked", "拦截"), $"{blocked}", blocked == 0 ? null : reader.Say(reasons)),
        ];
        if (Automation.Regrets is { } judged)
            tiles.Add(new(reader.Say("Regretted", "遗憾"), $"{judged.Count}", Tone: judged.Count > 0 ? Tone.Warning : Tone.Plain));
        yield return new Block.Tiles(tiles);
        if (Automation.Regrets is { Count: > 0 } regrets)
            yield return new Block.Bullets([.. regrets.Select(r => new Bullet(reader.Say(r), Tone: Tone.Warning))]);
    }

    private static string Mins(Reader reader, int minutes) => reader.Say($"{minutes} min", $"{minutes} 分钟");

    private static string Percent(double ratio) => new Figure.Share(Math.Round(ratio, 2)).In("en");
}
