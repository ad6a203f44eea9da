using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>A condition on a campaign's numbers, or on those of one channel, in the words that rules use: <c>roas(7d) &gt;= 3</c>.</summary>
public static class MetricCondition
{
    private const string Role = "channel";

    /// <summary>The names it may use.</summary>
    public static Vocabulary Vocabulary(bool ofChannel) => RuleVocabulary.For(ofChannel ? ForEach.Channel : ForEach.Campaign);

    public static FormulaReading Read(string text, bool ofChannel, string file = "") =>
        Formula.Condition(text, Vocabulary(ofChannel), file);

    /// <param name="channel">Code of the channel it is about; null: the whole campaign.</param>
    /// <returns>Unknown when a number is missing, or the channel is not there.</returns>
    public static Finding Look(Formula condition, Snapshot snapshot, string? channel)
    {
        var roles = new Dictionary<string, ChannelState>(StringComparer.Ordinal);
        if (channel is not null)
        {
            if (snapshot.Channels.FirstOrDefault(c => c.Code == channel) is not { } found)
                return new(null, []);
            roles[Role] = found;
        }
        var numbers = new SnapshotNumbers(snapshot);
        return condition.Explain(new SnapshotFacts(numbers, new Certainty(numbers), GuardSet.Usual, roles, new Marks()));
    }
}
