using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;

namespace CampaignFlow.Workflows;

/// <summary>
/// A verb that workflows may use, implemented by the slice that owns it. It runs inside the burst's transaction: changes through the
/// scope's <c>CampaignFlowDb</c> are committed together with the run's new state, or not at all. Effects outside the database go
/// through the outbox. The same call may come twice after a crash, with the same <see cref="ActivityCall.Key"/>.
/// </summary>
public interface IActivity
{
    ActivityType Type { get; }

    Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken);

    /// <summary>The run no longer waits for it (another branch won, the run was cancelled): withdraw what was asked.</summary>
    Task WithdrawAsync(Bookmark bookmark, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <param name="Correlation">The campaign's id as text, for campaign runs.</param>
/// <param name="Activity">Id of the activity in the definition.</param>
/// <param name="Key">run:execution, the same on every retry: what makes an effect one effect.</param>
/// <param name="Resumption">Why it is called again; null on the first call.</param>
public sealed record ActivityCall(
    Guid Run,
    string? Correlation,
    string Activity,
    string Key,
    IReadOnlyDictionary<string, JsonNode?> Inputs,
    Resumption? Resumption,
    DateTimeOffset Now
)
{
    /// <summary>The input as text; null when it is missing or null.</summary>
    public string? Text(string input) =>
        Inputs.TryGetValue(input, out var value) && value is not null
            ? (value is JsonValue v && v.TryGetValue<string>(out var s) ? s : value.ToJsonString())
            : null;

    /// <exception cref="ActivityFault">The input is missing.</exception>
    public string Required(string input) =>
        Text(input) is { Length: > 0 } text ? text : throw new ActivityFault($"The input '{input}' is missing.");

    /// <exception cref="ActivityFault">The input is not a length of time.</exception>
    public TimeSpan Span(string input, TimeSpan usual) =>
        Text(input) is not { Length: > 0 } text ? usual
        : TimeSpan.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var span) && span > TimeSpan.Zero ? span
        : throw new ActivityFault($"The input '{input}' is '{text}'; expected a length of time such as 2.00:00:00.");

    /// <summary>A list written as a JSON array, or one value.</summary>
    public IReadOnlyList<string> List(string input) =>
        Inputs.TryGetValue(input, out var value) && value is JsonArray array
            ? [.. array.Where(i => i is not null).Select(i => i!.ToString())]
        : Text(input) is { Length: > 0 } one ? [one]
        : [];
}

public abstract record ActivityResult
{
    private ActivityResult() { }

    /// <summary>Finished; the run goes on at the port named by the outcome.</summary>
    public sealed record Done(string Outcome = "Done") : ActivityResult
    {
        public IReadOnlyDictionary<string, JsonNode?> Outputs { get; init; } = new Dictionary<string, JsonNode?>();
    }

    /// <summary>Called again when one of these is resumed.</summary>
    public sealed record Wait(params IReadOnlyList<Bookmark> Bookmarks) : ActivityResult;
}

/// <summary>The activity cannot do what it was asked: the run stops there and a person looks at it. The message is a sentence.</summary>
public sealed class ActivityFault(string message, Exception? inner = null) : Exception(message, inner);
