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
}
