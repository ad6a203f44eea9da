namespace CampaignFlow.Engine.Rules.Machine;

/// <summary>What a rule says about a subject now that it did not say before.</summary>
/// <param name="First">The channel, or the loser of a pair; null: the campaign.</param>
/// <param name="Second">The winner.</param>
/// <param name="Holds">Null: unknown.</param>
/// <param name="Branch">The one that holds.</param>
public readonly record struct Activation(Rule Rule, string Campaign, string? First, string? Second, bool? Holds, Branch? Branch);

/// <summary>
/// Matches rules over many campaigns whose numbers keep changing. Campaigns are found by hash, joins stay within one; a change costs what
/// it touches, not what there is. Conditions only: guards, and what other rules mark, are the <see cref="RuleEngine"/>'s, which uses the
/// same network for one campaign at a time.
/// </summary>
public sealed class RuleMachine(RuleNetwork network)
{
    private static readonly Marks None = new();
    private readonly Dictionary<string, CampaignMemory> campaigns = new(StringComparer.Ordinal);
    private readonly HashSet<string> changed = new(StringComparer.Ordinal);

    /// <summary>How many times a rule was matched over a campaign.</summary>
    public long Matched { get; private set; }

    /// <summary>
    /// A campaign, new or as it is now; when channels came, went, stopped or were resumed it is told from the beginning. One that is not
    /// fit to decide anything is forgotten.
    /// </summary>
    public void Put(Snapshot campaign)
    {
        if (campaign.Problem is not null)
        {
            Remove(campaign.Campaign);
            return;
        }
        if (campaigns.TryGetValue(campaign.Campaign, out var known))
            known.Replace(campaign);
        else
            campaigns.Add(campaign.Campaign, new(network, campaign, None));
        changed.Add(campaign.Campaign);
    }

    public void Remove(string campaign)
    {
        campaigns.Remove(campaign);
        changed.Remove(campaign);
    }

    /// <summary>A channel's day, new or restated.</summary>
    /// <returns>False when there is no such campaign or channel.</returns>
    public bool Change(string campaign, string channel, DayFact day)
    {
        if (!campaigns.TryGetValue(campaign, out var memory))
            return false;
        var row = 0;
        while (row < memory.Snapshot.Channels.Count && memory.Snapshot.Channels[row].Code != channel)
            row++;
        if (row == memory.Snapshot.Channels.Count)
            return false;
        memory.Change(row, day);
        changed.Add(campaign);
        return true;
    }

    /// <summary>What changed since it was last asked: at first all that is not plainly false. In the order of campaigns and rules.</summary>
    public IReadOnlyList<Activation> Fire()
    {
        var fired = new List<Activation>();
        foreach (var campaign in changed.Order(StringComparer.Ordinal))
        {
            var memory = campaigns[campaign];
            for (var rule = 0; rule < network.Matchers.Count; rule++)
                if (memory.IsStale(rule))
                    Tell(memory, rule, fired);
            memory.Rest();
        }
        changed.Clear();
        return fired;
    }

    private void Tell(CampaignMemory memory, int place, List<Activation> fired)
    {
        Matched++;
        var now = memory.Truths(place, out var before);
        var rule = network.Matchers[place].Rule;
        var channels = memory.Snapshot.Channels;
        for (var subject = 0; subject < now.Length; subject++)
        {
            var truth = now[subject];
            if (truth == (before is not null && before.Length == now.Length ? before[subject] : RuleMatcher.False))
                continue;
            var (first, second) = rule.ForEach switch
            {
                ForEach.Pair => (channels[subject / channels.Count].Code, channels[subject % channels.Count].Code),
                ForEach.Campaign or ForEach.Portfolio => ((string?)null, (string?)null),
                _ => (channels[subject].Code, null),
            };
            fired.Add(
                new(
                    rule,
                    memory.Snapshot.Campaign,
                    first,
                    second,
                    truth == RuleMatcher.Unknown ? null : truth != RuleMatcher.False,
                    truth >= RuleMatcher.FirstBranch ? rule.Branches[truth - RuleMatcher.FirstBranch] : null
                )
            );
        }
    }
}
