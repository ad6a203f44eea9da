using CampaignFlow.Engine;

namespace CampaignFlow.Rules.Lab;

/// <summary>Texts that a new rule can begin with; each is right as it stands and asks before it does anything.</summary>
public static class RuleStarts
{
    public static IReadOnlyList<(string Kind, Phrase Name, string Text)> All { get; } =
    [
        (
            "shift",
            new("Shift budget between two channels", "在两个渠道之间转移预算"),
            """
            rule: { en: Shift budget to the better channel, zh: 把预算转到更好的渠道 }
            for each: pair of channels (loser, winner) in a campaign
            when:
              all:
                - loser.roas(7d) < campaign.roas(7d)
                - winner.roas(7d) > 1.2 * loser.roas(7d)
            choose: highest winner.roas(7d)
            then:
              - shift: 10% of loser.budget to winner
            guard:
              ignore last: 2d
              at least: 30 conversions
              cooldown: 3d per channel
              at most: 2 changes per campaign per week
            mode: ask

            """
        ),
        (
            "pause",
            new("Pause a channel", "暂停渠道"),
            """
            rule: { en: Pause a channel that does not sell, zh: 暂停没有成交的渠道 }
            for each: channel in a campaign
            when:
              all:
                - spend(3d) > 3 * goal.cpa
                - conversions(3d) == 0
            then:
              - pause: channel
            guard:
              ignore last: 1d
              cooldown: 7d per channel
            mode: ask

            """
        ),
        (
            "tell",
            new("Tell somebody", "通知某人"),
            """
            rule: { en: Tell when the campaign falls behind, zh: 活动落后时通知 }
            for each: campaign
            when:
              all:
                - roas(7d) < goal.roas
            then:
              - notify: campaign owner
            mode: ask

            """
        ),
    ];
}
