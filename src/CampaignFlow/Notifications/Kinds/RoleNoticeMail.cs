using CampaignFlow.Engine;

namespace CampaignFlow.Notifications.Kinds;

/// <summary>A workflow tells a role something in its author's words, with the campaign's numbers when the template says so.</summary>
public sealed record RoleNoticeMail : MailModel
{
    public override string Kind => "role-notice";

    public required Phrase Heading { get; init; }

    /// <summary>Paragraphs are lines.</summary>
    public required Phrase Message { get; init; }

    /// <summary>Null: the template has no numbers.</summary>
    public IReadOnlyList<GoalLine>? Goals { get; init; }

    public override Phrase Reason =>
        new("You receive this because a workflow of this campaign names your role.", "您收到此邮件，是因为该活动的流程指定通知您的角色。");

    public override string Subject(Reader reader) => $"[{Campaign.Name}] {reader.Say(Heading)}";

    public override string Title(Reader reader) => reader.Say(Heading);

    public override string Preview(Reader reader) => Lines(reader).FirstOrDefault() ?? reader.Say(Heading);

    public override IReadOnlyList<Block> Compose(Reader reader) =>
        [
            .. Lines(reader).Select(line => new Block.Paragraph(line)),
            .. Goals is null
                ? Array.Empty<Block>()
                :
                [
                    new Block.Heading(reader.Say("How it stands", "目前进展")),
                    Goals.Count == 0
                        ? new Block.Paragraph(reader.Say("No goals are set.", "尚未设定目标。"), Tone.Muted)
                        : Tables.Goals(reader, Goals),
                ],
            new Block.Actions([new(reader.Say("Open the campaign", "打开活动"), reader.Link(Path), Primary: true)]),
        ];

    private string[] Lines(Reader reader) =>
        reader.Say(Message).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
