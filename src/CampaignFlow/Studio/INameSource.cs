using CampaignFlow.Engine;

namespace CampaignFlow.Studio;

/// <summary>Names that a kind of input may refer to, with how people call them: roles, stages, artefacts, workflows.</summary>
internal interface INameSource
{
    /// <summary>As <c>ActivityInput.NameOf</c> says it.</summary>
    string Of { get; }

    Task<IReadOnlyList<(string Value, Phrase Text)>> NamesAsync(CancellationToken cancellationToken);
}
