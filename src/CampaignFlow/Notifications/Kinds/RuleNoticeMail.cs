using CampaignFlow.Engine;

namespace CampaignFlow.Notifications.Kinds;

/// <summary>A rule fired and wants somebody to know.</summary>
public sealed record RuleNoticeMail : MailModel
{
    public override string Kind => "rule-notice";

    /// <summary>The rule's title.</summary>
    public required Phrase Rule { get; init; }

    public required Phrase Message { get; init; }

    /// <summary>Why it fired, with the numbers.</summary>
    public required Phrase Why { get; init; }

    public override Phrase Reason =>
        new("You receive this because a rule of this campaign names your role.", "您收到此邮件，是因为该活动的规则指定通知您的角色。");

    public override string Subject(Reader reader) =>
        reader.Say($"[Rule fired] {Campaign.Name} · {Rule.En}", $"【规则触发】{Campaign.Name} · {Rule.Zh}");

    public override string Title(Reader reader) => reader.Say(Rule);

    public override string Preview(Reader reader) => reader.Say(Message);

    public override IReadOnlyList<Block> Compose(Reader reader) =>
        [
            new Block.Paragraph(reader.Say(Message)),
            new Block.Heading(reader.Say("Why", "原因")),
            new Block.Paragraph(reader.Say(Why)),
            new Block.Actions([new(reader.Say("Open the campaign", "打开活动"), reader.Link(Path), Primary: true)]),
        ];
}
