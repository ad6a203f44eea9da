using CampaignFlow.Engine;

namespace CampaignFlow.Notifications.Kinds;

/// <summary>Somebody has something to do.</summary>
public sealed record TaskAssignedMail : MailModel
{
    public override string Kind => "task-assigned";

    public required Phrase Task { get; init; }

    /// <summary>Why the task exists.</summary>
    public required Phrase Why { get; init; }

    public Phrase? Stage { get; init; }

    /// <summary>The role the task was given to.</summary>
    public required Phrase Role { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    public override Phrase Reason =>
        new($"You receive this because the task was given to you as {Role.En}.", $"您收到此邮件，是因为该任务已分配给您（{Role.Zh}）。");

    public override string Subject(Reader reader) =>
        reader.Say(
            $"[Task] {Campaign.Name} · {Task.En} · due {reader.ShortTime(DueAt)}",
            $"【新任务】{Campaign.Name} · {Task.Zh} · {reader.ShortTime(DueAt)} 前完成"
        );

    public override string Title(Reader reader) => reader.Say(Task);

    public override string Preview(Reader reader) => reader.Say(Why);

    public override IReadOnlyList<Block> Compose(Reader reader)
    {
        List<Tile> tiles = [new(reader.Say("Due", "截止时间"), reader.Time(DueAt))];
        if (Stage is { } stage)
            tiles.Add(new(reader.Say("Stage", "阶段"), reader.Say(stage)));
        return
        [
            new Block.Paragraph(reader.Say(Why)),
            new Block.Tiles(tiles),
            new Block.Actions([new(reader.Say("Open the task", "打开任务"), reader.Link(Path), Primary: true)]),
        ];
    }
}

/// <summary>Something in a gate's way, and whose turn it is.</summary>
public sealed record Blocker(Phrase What, Phrase Owner)
{
    /// <summary>Since when it has been in the way, when that is known.</summary>
    public DateOnly? Since { get; init; }

    public string? Path { get; init; }
}

/// <summary>A gate stays shut: what is missing, whose turn it is, and when it should have opened.</summary>
public sealed record GateBlockedMail : MailModel
{
    public override string Kind => "gate-blocked";

    public required Phrase Gate { get; init; }
    public required DateOnly PlannedOn { get; init; }

    /// <summary>Conditions that hold, and all of them.</summary>
    public required int Ready { get; init; }

    public required int Conditions { get; init; }
    public required IReadOnlyList<Blocker> Blockers { get; init; }

    public override Phrase Reason =>
        new(
            "You receive this because you own the campaign or something this gate waits for.",
            "您收到此邮件，是因为您是该活动或某项放行条件的负责人。"
        );

    public override string Subject(Reader reader) =>
        reader.Say(
            $"[Gate blocked] {Campaign.Name} · {Gate.En} · {Blockers.Count} missing · planned {reader.ShortDay(PlannedOn)}",
            $"【未能放行】{Campaign.Name} · {Gate.Zh} · {Blockers.Count} 项未满足 · 计划 {reader.ShortDay(PlannedOn)}"
        );

    public override string Title(Reader reader) =>
        reader.Say($"{Gate.En}: {Ready} of {Conditions} conditions met", $"{Gate.Zh}：{Conditions} 项条件已满足 {Ready} 项");

    public override string Preview(Reader reader) => reader.Say(Phrase.Join(Blockers.Select(b => b.What)));

    public override IReadOnlyList<Block> Compose(Reader reader) =>
        [
            new Block.Paragraph(
                reader.Say(
                    $"Planned for {reader.Day(PlannedOn)}. The gate opens by itself once the rest is done.",
                    $"计划放行日期：{reader.Day(PlannedOn)}。其余条件满足后将自动放行。"
                ),
                Tone.Muted
            ),
            new Block.Heading(reader.Say("Still missing", "尚未满足")),
            new Block.Bullets([
                .. Blockers.Select(b =>
                {
                    var since = b.Since is { } day ? reader.Say($", since {reader.ShortDay(day)}", $"，自 {reader.ShortDay(day)} 起") : "";
                    return new Bullet(
                        reader.Say(b.What),
                        reader.Say(b.Owner) + since,
                        Tone.Bad,
                        b.Path is null ? null : reader.Link(b.Path)
                    );
                }),
            ]),
            new Block.Actions([new(reader.Say("Open the gate's page", "查看放行条件"), reader.Link(Path), Primary: true)]),
        ];
}

/// <summary>The campaign has moved on.</summary>
public sealed record StageEnteredMail : MailModel
{
    public override string Kind => "stage-entered";

    /// <summary>C7.</summary>
    public required string StageNumber { get; init; }

    public required Phrase Stage { get; init; }
    public Phrase? Previous { get; init; }
    public required DateOnly Today { get; init; }
    public required DateOnly PlannedEnd { get; init; }
    public IReadOnlyList<WorkLine> Tasks { get; init; } = [];

    /// <summary>What has to hold before the next stage.</summary>
    public IReadOnlyList<Phrase> ExitConditions { get; init; } = [];

    public override Phrase Reason => new("You receive this because you work on this campaign.", "您收到此邮件，是因为您参与该活动。");

    public override string Subject(Reader reader) =>
        reader.Say(
            $"[Stage] {Campaign.Name} · {StageNumber} {Stage.En} has begun · until {reader.ShortDay(PlannedEnd)}",
            $"【进入新阶段】{Campaign.Name} · {StageNumber} {Stage.Zh} · 计划至 {reader.ShortDay(PlannedEnd)}"
        );

    public override string Title(Reader reader) => reader.Say($"{StageNumber} {Stage.En} has begun", $"已进入 {StageNumber} {Stage.Zh}");

    public override string Preview(Reader reader) =>
        reader.Say(
            $"{Tasks.Count} tasks, planned until {reader.Day(PlannedEnd)}",
            $"{Tasks.Count} 项任务，计划至 {reader.Day(PlannedEnd)}"
        );

    public override IReadOnlyList<Block> Compose(Reader reader)
    {
        var after = Previous is { } previous ? reader.Say($"After {previous.En}. ", $"上一阶段：{previous.Zh}。") : "";
        List<Block> blocks =
        [
            new Block.Paragraph(
                after + reader.Say($"Planned until {reader.Day(PlannedEnd)}.", $"计划至{reader.Day(PlannedEnd)}。"),
                Tone.Muted
            ),
        ];
        if (Tasks.Count > 0)
        {
            blocks.Add(new Block.Heading(reader.Say("Tasks", "本阶段任务"), $"{Tasks.Count}"));
            blocks.Add(Tables.Work(reader, Tasks, Today));
        }
        if (ExitConditions.Count > 0)
        {
            blocks.Add(new Block.Heading(reader.Say("Before the next stage", "进入下一阶段的条件")));
            blocks.Add(new Block.Bullets([.. ExitConditions.Select(c => new Bullet(reader.Say(c)))]));
        }
        blocks.Add(new Block.Actions([new(reader.Say("Open the campaign", "打开活动"), reader.Link(Path), Primary: true)]));
        return blocks;
    }
}
