using CampaignFlow.Engine;

namespace CampaignFlow.Notifications.Kinds;

/// <summary>Asks one person in one role for a decision, with what changes, the numbers, why, and until when.</summary>
public sealed record ApprovalRequestMail : MailModel
{
    public override string Kind => "approval-request";

    public required Phrase Question { get; init; }
    public required Phrase Why { get; init; }

    /// <summary>In which role the reader is asked.</summary>
    public required Phrase Role { get; init; }

    public IReadOnlyList<DiffLine> Diff { get; init; } = [];
    public IReadOnlyList<NumberLine> Numbers { get; init; } = [];
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>What happens when nobody answers in time.</summary>
    public required Phrase Silence { get; init; }

    /// <summary>Signed links; without any the reader decides on the page.</summary>
    public IReadOnlyList<Offer> Offers { get; init; } = [];

    /// <summary>Until when the signed links work.</summary>
    public DateTimeOffset? LinksUntil { get; init; }

    public override Phrase Reason =>
        new(
            $"You receive this because it needs your decision as {Role.En}. Each link works once and asks you to confirm.",
            $"您收到此邮件，是因为该事项需要您以{Role.Zh}身份决定。每个链接仅限使用一次，点击后需再次确认。"
        );

    public override string Subject(Reader reader) =>
        reader.Say(
            $"[Approval] {Campaign.Name} · {Question.En} · by {reader.ShortTime(DueAt)}",
            $"【待审批】{Campaign.Name} · {Question.Zh} · {reader.ShortTime(DueAt)}前"
        );

    public override string Title(Reader reader) => reader.Say(Question);

    public override string Preview(Reader reader) => reader.Say(Why);

    public override IReadOnlyList<Block> Compose(Reader reader)
    {
        List<Block> blocks = [new Block.Paragraph(reader.Say(Why))];
        if (Diff.Count > 0)
        {
            blocks.Add(new Block.Heading(reader.Say("What will change", "将会变更")));
            blocks.Add(Tables.Diff(reader, Diff));
        }
        if (Numbers.Count > 0)
        {
            blocks.Add(new Block.Heading(reader.Say("The numbers", "依据数据")));
            blocks.Add(
                new Block.Tiles([
                    .. Numbers.Select(n => new Tile(
                        reader.Say(n.Label),
                        reader.Say(n.Value),
                        n.Note is { } note ? reader.Say(note) : null
                    )),
                ])
            );
        }
        blocks.Add(
            new Block.Decision(
                reader.Say($"Please decide by {reader.Time(DueAt)}", $"请于{reader.Time(DueAt)}前决定"),
                reader.Say($"Without an answer: {Silence.En}", $"若无人答复：{Silence.Zh}"),
                LinksUntil is { } until
                    ? [reader.Say($"These links work until {reader.Time(until)}.", $"链接有效期至{reader.Time(until)}。")]
                    : [],
                Tables.Buttons(reader, [.. Offers, new Offer(new("Open the page", "查看详情"), Path, Primary: Offers.Count == 0)])
            )
        );
        return blocks;
    }
}

public enum ApprovalAnswer
{
    Approved,
    Returned,
    Rejected,
    Expired,
}

/// <summary>What became of a request.</summary>
public sealed record ApprovalResultMail : MailModel
{
    public override string Kind => "approval-result";

    public required Phrase Question { get; init; }
    public required ApprovalAnswer Answer { get; init; }

    /// <summary>Who decided; null when nobody did.</summary>
    public string? By { get; init; }

    public required DateTimeOffset At { get; init; }
    public string? Comment { get; init; }

    /// <summary>What happens now.</summary>
    public required Phrase Next { get; init; }

    public override Phrase Reason =>
        new(
            "You receive this because you asked for, or work on, what was decided.",
            "您收到此邮件，是因为您是该事项的发起人或相关负责人。"
        );

    private Phrase Word =>
        Answer switch
        {
            ApprovalAnswer.Approved => new("approved", "已通过"),
            ApprovalAnswer.Returned => new("sent back", "已退回"),
            ApprovalAnswer.Rejected => new("rejected", "已拒绝"),
            _ => new("expired without an answer", "已过期（无人答复）"),
        };

    public override string Subject(Reader reader) =>
        reader.Say($"[{Capital(Word.En)}] {Campaign.Name} · {Question.En}", $"【{Word.Zh}】{Campaign.Name} · {Question.Zh}");

    public override string Title(Reader reader) => reader.Say($"{Question.En}: {Word.En}", $"{Question.Zh}：{Word.Zh}");

    public override string Preview(Reader reader) => reader.Say(Next);

    public override IReadOnlyList<Block> Compose(Reader reader)
    {
        var who = By is null ? reader.Time(At) : reader.Say($"{By}, {reader.Time(At)}", $"{By} · {reader.Time(At)}");
        List<Block> blocks =
        [
            new Block.Paragraph(
                reader.Say($"{Capital(Word.En)} · {who}", $"{Word.Zh} · {who}"),
                Answer == ApprovalAnswer.Approved ? Tone.Good : Tone.Bad
            ),
        ];
        if (!string.IsNullOrWhiteSpace(Comment))
            blocks.Add(new Block.Paragraph($"“{Comment}”"));
        blocks.Add(new Block.Heading(reader.Say("What happens now", "接下来")));
        blocks.Add(new Block.Paragraph(reader.Say(Next)));
        return blocks;
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}

/// <summary>Money moved between two channels; the total stayed the same.</summary>
public sealed record ShiftAppliedMail : MailModel
{
    public override string Kind => "shift-applied";

    /// <summary>BS-0152.</summary>
    public required string Number { get; init; }

    public required Phrase From { get; init; }
    public required Phrase To { get; init; }

    /// <summary>Daily budget moved.</summary>
    public required Money PerDay { get; init; }

    public required IReadOnlyList<DiffLine> Budgets { get; init; }
    public required Money DailyTotal { get; init; }
    public required Phrase Why { get; init; }

    /// <summary>The rule, or the person who asked for it.</summary>
    public required string By { get; init; }

    /// <summary>First day on which it counts.</summary>
    public required DateOnly Effective { get; init; }

    /// <summary>What somebody has to do on the platform; null when the channel does it itself.</summary>
    public Phrase? ToDo { get; init; }

    /// <summary>Where that is listed by platform; null when nothing is to be done.</summary>
    public string? Sheet { get; init; }

    public override Phrase Reason =>
        new("You receive this because you look after this campaign's channels.", "您收到此邮件，是因为您负责该活动的渠道投放。");

    public override string Subject(Reader reader) =>
        reader.Say(
            $"[Budget moved] {Campaign.Name} · {Number} · {From.En} → {To.En} {new Figure.Amount(PerDay).In("en")} a day",
            $"【预算已调整】{Campaign.Name} · {Number} · {From.Zh} → {To.Zh} {new Figure.Amount(PerDay).In("zh")}/日"
        );

    public override string Title(Reader reader) =>
        reader.Say(
            $"{Number}: {new Figure.Amount(PerDay).In("en")} a day from {From.En} to {To.En}",
            $"{Number}：{From.Zh} → {To.Zh}，{new Figure.Amount(PerDay).In("zh")}/日"
        );

    public override string Preview(Reader reader) => reader.Say(Why);

    public override IReadOnlyList<Block> Compose(Reader reader)
    {
        List<Block> blocks =
        [
            new Block.Paragraph(
                reader.Say($"From {reader.Day(Effective)}. Decided by {By}.", $"自{reader.Day(Effective)}起生效，由 {By} 决定。"),
                Tone.Muted
            ),
            new Block.Paragraph(reader.Say(Why)),
            new Block.Heading(reader.Say("Daily budgets", "日预算")),
            Tables.Diff(
                reader,
                [
                    .. Budgets,
                    new DiffLine(new("Total (unchanged)", "合计（不变）"), new Figure.Amount(DailyTotal), new Figure.Amount(DailyTotal)),
                ]
            ),
        ];
        if (ToDo is { } toDo)
        {
            blocks.Add(new Block.Heading(reader.Say("To do", "请操作")));
            blocks.Add(new Block.Paragraph(reader.Say(toDo)));
        }
        blocks.Add(
            new Block.Actions(
                Sheet is null
                    ? [new(reader.Say("See it or undo it", "查看或撤销"), reader.Link(Path), Primary: true)]
                    :
                    [
                        new(reader.Say("Operation sheet", "平台操作单"), reader.Link(Sheet), Primary: true),
                        new(reader.Say("See it or undo it", "查看或撤销"), reader.Link(Path)),
                    ]
            )
        );
        return blocks;
    }
}
