using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Rules;

/// <summary>Which decisions a list shows.</summary>
public enum DecisionsShown
{
    /// <summary>What was done, asked or refused.</summary>
    Words,
    Executed,
    Refused,

    /// <summary>Also checks in which nothing was to do.</summary>
    All,
}

/// <summary>A rule's word on one subject on one day; what else it did on that day is folded into it.</summary>
/// <param name="Times">How often the rule looked at it on that day.</param>
/// <param name="Notified">People were told as well.</param>
public sealed record DecisionLine(
    Guid Id,
    DateOnly Day,
    DateTimeOffset At,
    string Rule,
    Phrase Title,
    string Action,
    string? From,
    string? To,
    Money? Amount,
    DecisionOutcome Outcome,
    string? BlockedBy,
    Phrase Why,
    int Times,
    bool Notified
)
{
    /// <summary>Where the reason is kept when it asked for nothing; null for a decision.</summary>
    public string? SilentIn { get; init; }
}

/// <summary>Rules look every hour; people want one line for a rule, a subject and a day.</summary>
public sealed class DecisionLines(CampaignFlowDb db, RuleFiles rules)
{
    /// <summary>More rows than this are not read for one list.</summary>
    private const int MostRows = 1500;

    /// <summary>Each has a word of every rule on every subject; rules look once a day, some each hour.</summary>
    private const int MostRecords = 60;

    private static readonly DecisionOutcome[] Done =
    [
        DecisionOutcome.Applied,
        DecisionOutcome.Waiting,
        DecisionOutcome.RolledBack,
        DecisionOutcome.Observed,
    ];

    private static readonly DecisionOutcome[] Not = [DecisionOutcome.Refused, DecisionOutcome.Rejected, DecisionOutcome.Expired];

    /// <summary>Newest first, at most <paramref name="atMost"/>.</summary>
    public async Task<(IReadOnlyList<DecisionLine> Lines, bool More)> LoadAsync(
        Campaign campaign,
        DecisionsShown shown,
        DateTimeOffset now,
        int atMost,
        CancellationToken cancellationToken
    )
    {
        var wanted = shown switch
        {
            DecisionsShown.Executed => Done,
            DecisionsShown.Refused => Not,
            DecisionsShown.Words => [.. Done, .. Not],
            _ => Enum.GetValues<DecisionOutcome>(),
        };
        // Two weeks are what the page is for; older ones are in the list that reads only what was done.
        var since =
            shown is DecisionsShown.Executed ? DateOnly.MinValue : campaign.Today(now).AddDays(shown == DecisionsShown.All ? -2 : -14);
        var rows = await db
            .Decisions.AsNoTracking()
            .Where(d => d.CampaignId == campaign.Id && d.Day >= since && wanted.Contains(d.Outcome))
            .OrderByDescending(d => d.At)
            .Take(MostRows)
            .Select(d => new Row(
                d.Id,
                d.Day,
                d.At,
                d.Rule,
                d.Action,
                d.From,
                d.To,
                d.AmountMinor,
                d.Outcome,
                d.BlockedBy,
                d.WhyEn,
                d.WhyZh,
                d.Evaluation
            ))
            .ToListAsync(cancellationToken);
        var full = rows.Count == MostRows;
        if (shown == DecisionsShown.All)
            rows.AddRange(await SilentAsync(campaign, since, cancellationToken));
        var titles = rules.Current().Select(f => f.Rule).OfType<Rule>().ToDictionary(r => r.Id, r => r.Title);
        var lines = Fold(rows)
            .OrderByDescending(g => g.Day)
            .ThenBy(g => Rank(g.Best.Outcome))
            .ThenByDescending(g => g.Best.At)
            .Select(g => LineOf(campaign, g, titles))
            .ToList();
        return ([.. lines.Take(atMost)], lines.Count > atMost || full);
    }

    private async Task<IEnumerable<Row>> SilentAsync(Campaign campaign, DateOnly since, CancellationToken cancellationToken)
    {
        var from = campaign.At(since, TimeOnly.MinValue);
        var records = await db
            .EvaluationRecords.AsNoTracking()
            .Where(r => r.CampaignId == campaign.Id && r.At >= from)
            .OrderByDescending(r => r.At)
            .Take(MostRecords)
            .ToListAsync(cancellationToken);
        return records
            .SelectMany(r => r.Silent(campaign))
            .Select(d => new Row(d.Id, d.Day, d.At, d.Rule, "", d.From, d.To, null, d.Outcome, null, d.WhyEn, d.WhyZh, d.Evaluation)
            {
                Silent = true,
            });
    }

    private static IEnumerable<Group> Fold(List<Row> rows) =>
        rows.GroupBy(r => (r.Rule, r.From, r.To, r.Day))
            .Select(g =>
            {
                var telling = g.Where(r => r.Action != "notify").ToList();
                var best = (telling.Count > 0 ? telling : [.. g]).OrderBy(r => Rank(r.Outcome)).ThenByDescending(r => r.At).First();
                return new Group(
                    g.Key.Day,
                    best,
                    g.Select(r => r.Evaluation).Distinct().Count(),
                    best.Action != "notify" && g.Any(r => r.Action == "notify" && r.Outcome == DecisionOutcome.Applied)
                );
            });

    /// <summary>What moved money says more about a day than what was refused afterwards.</summary>
    private static int Rank(DecisionOutcome outcome) =>
        outcome switch
        {
            DecisionOutcome.Waiting => 0,
            DecisionOutcome.Applied => 1,
            DecisionOutcome.RolledBack => 2,
            DecisionOutcome.Rejected => 3,
            DecisionOutcome.Expired => 4,
            DecisionOutcome.Observed => 5,
            DecisionOutcome.Refused => 6,
            DecisionOutcome.Unknown => 7,
            _ => 8,
        };

    private static DecisionLine LineOf(Campaign campaign, Group group, Dictionary<string, Phrase> titles)
    {
        var row = group.Best;
        return new(
            row.Id,
            row.Day,
            row.At,
            row.Rule,
            titles.TryGetValue(row.Rule, out var title) ? title : Phrase.Same(row.Rule),
            row.Action,
            row.From,
            row.To,
            row.AmountMinor is { } minor ? campaign.Money(minor) : null,
            row.Outcome,
            row.BlockedBy,
            new(row.WhyEn, row.WhyZh),
            group.Times,
            group.Notified
        )
        {
            SilentIn = row.Silent ? row.Evaluation : null,
        };
    }

    private sealed record Row(
        Guid Id,
        DateOnly Day,
        DateTimeOffset At,
        string Rule,
        string Action,
        string? From,
        string? To,
        long? AmountMinor,
        DecisionOutcome Outcome,
        string? BlockedBy,
        string WhyEn,
        string WhyZh,
        string Evaluation
    )
    {
        public bool Silent { get; init; }
    }

    private sealed record Group(DateOnly Day, Row Best, int Times, bool Notified);
}
