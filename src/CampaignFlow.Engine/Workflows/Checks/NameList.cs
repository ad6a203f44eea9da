namespace CampaignFlow.Engine.Workflows.Checks;

/// <summary>Names that inputs may refer to, told by whoever knows them: roles, stages, artefacts, events, workflows.</summary>
/// <param name="Of">What they are names of; one of the constants or a slice's own word.</param>
public sealed record NameList(string Of, IReadOnlyCollection<string> Names)
{
    public const string Role = "role";
    public const string Stage = "stage";
    public const string Artefact = "artefact";

    /// <summary>An event that something outside of the definition publishes.</summary>
    public const string Event = "event";

    public const string Workflow = "workflow";

    /// <summary>A campaign's channel.</summary>
    public const string Channel = "channel";

    /// <summary>Where money may lie: a channel or the reserve.</summary>
    public const string Account = "account";

    public const string Rule = "rule";
    public const string MailTemplate = "mail-template";
}
