using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Rules;

/// <summary>A rule file as it stands in the folder.</summary>
/// <param name="Rule">The version that is in force; null: none is.</param>
/// <param name="Text">The file now, which is not the version in force when there are problems.</param>
public sealed record RuleStanding(
    string File,
    string Text,
    Rule? Rule,
    IReadOnlyList<Problem> Problems,
    IReadOnlyList<CaseResult> Cases,
    DateTimeOffset ChangedAt
)
{
    public string Id => Path.GetFileNameWithoutExtension(File);
    public bool Broken => Problems.Count > 0;
    public int CasesPassed => Cases.Count(c => c.Passed);
    public Phrase Title => Rule?.Title ?? Phrase.Same(Id);
}

/// <summary>How often a rule spoke in one campaign.</summary>
/// <param name="LastDay">The last day on which it asked for something or was refused.</param>
/// <param name="LookedAt">When rules last looked at the campaign.</param>
public sealed record RuleCount(
    Guid CampaignId,
    string Code,
    string Name,
    int Acted,
    int Refused,
    DateOnly? LastDay,
    DateTimeOffset? LookedAt,
    string Zone
);

/// <summary>One decision with the campaign it was taken in.</summary>
public sealed record RuleDecision(Decision Decision, string Code, string Campaign, string Currency, string Zone)
{
    public Money? Amount => Decision.AmountMinor is { } minor ? new Money(minor, Currency) : null;
}

/// <summary>Questions about rules, for pages; reads files and the record, changes nothing.</summary>
public sealed class RuleQueries(CampaignFlowDb db, RuleFiles files)
{
    // A verdict with several actions is several decisions; here it counts once, by its first.
    private const string FirstAction = ":0";
    private static readonly DecisionOutcome[] Silent = [DecisionOutcome.NotFired, DecisionOutcome.Unknown];

    public string Folder => files.Folder;

    public IReadOnlyList<RuleStanding> All() => [.. files.Current().Select(Standing)];

    public RuleStanding? Find(string id) =>
        files.Current().FirstOrDefault(f => Path.GetFileNameWithoutExtension(f.Name) == id) is { } loaded ? Standing(loaded) : null;

    /// <summary>By rule, over all campaigns: asked or moved, refused, and the last day of either.</summary>
    public async Task<IReadOnlyDictionary<string, (int Acted, int Refused, DateOnly? LastDay)>> CountsAsync(
        CancellationToken cancellationToken
    )
    {
        var counts = await db
            .Decisions.Where(d => !Silent.Contains(d.Outcome) && d.Key.EndsWith(FirstAction))
            .GroupBy(d => new { d.Rule, Refused = d.Outcome == DecisionOutcome.Refused })
            .Select(g => new
            {
                g.Key.Rule,
                g.Key.Refused,
                Count = g.Count(),
                Last = g.Max(d => d.Day),
            })
            .ToListAsync(cancellationToken);
        return counts
            .GroupBy(c => c.Rule, StringComparer.Ordinal)
            .ToDictionary(
                g => g.Key,
                g => (g.Where(c => !c.Refused).Sum(c => c.Count), g.Where(c => c.Refused).Sum(c => c.Count), (DateOnly?)g.Max(c => c.Last)),
                StringComparer.Ordinal
            );
    }

    /// <summary>Campaigns that were looked at since the rule first spoke anywhere.</summary>
    public async Task<IReadOnlyList<RuleCount>> ByCampaignAsync(string rule, CancellationToken cancellationToken)
    {
        var counts = await db
            .Decisions.Where(d => d.Rule == rule && !Silent.Contains(d.Outcome) && d.Key.EndsWith(FirstAction))
            .GroupBy(d => new { d.CampaignId, Refused = d.Outcome == DecisionOutcome.Refused })
            .Select(g => new
            {
                g.Key.CampaignId,
                g.Key.Refused,
                Count = g.Count(),
                Last = g.Max(d => d.Day),
            })
            .ToListAsync(cancellationToken);
        var since = await db.RuleVersions.Where(v => v.Rule == rule).MinAsync(v => (DateTimeOffset?)v.FirstSeenAt, cancellationToken);
        var looked = await db
            .EvaluationRecords.Where(r => r.At >= since)
            .GroupBy(r => r.CampaignId)
            .Select(g => new { Id = g.Key, At = g.Max(r => r.At) })
            .ToDictionaryAsync(g => g.Id, g => g.At, cancellationToken);
        var ids = counts.Select(c => c.CampaignId).Union(looked.Keys).ToList();
        var campaigns = await db.Campaigns.AsNoTracking().Where(c => ids.Contains(c.Id)).ToListAsync(cancellationToken);
        return
        [
            .. campaigns
                .OrderBy(c => c.Code, StringComparer.Ordinal)
                .Select(c =>
                {
                    var mine = counts.Where(n => n.CampaignId == c.Id).ToList();
                    return new RuleCount(
                        c.Id,
                        c.Code,
                        c.Name,
                        mine.Where(n => !n.Refused).Sum(n => n.Count),
                        mine.Where(n => n.Refused).Sum(n => n.Count),
                        mine.Count == 0 ? null : mine.Max(n => n.Last),
                        looked.TryGetValue(c.Id, out var at) ? at : null,
                        c.TimeZone
                    );
                }),
        ];
    }

    /// <summary>What the rule asked for, or was refused, newest first.</summary>
    /// <param name="refused">Only refusals, or only what was not refused.</param>
    public async Task<IReadOnlyList<RuleDecision>> LastAsync(string rule, bool refused, int atMost, CancellationToken cancellationToken)
    {
        var decisions = await db
            .Decisions.AsNoTracking()
            .Where(d =>
                d.Rule == rule
                && !Silent.Contains(d.Outcome)
                && d.Key.EndsWith(FirstAction)
                && (d.Outcome == DecisionOutcome.Refused) == refused
            )
            .OrderByDescending(d => d.At)
            .ThenBy(d => d.Key)
            .Take(atMost)
            .ToListAsync(cancellationToken);
        var ids = decisions.Select(d => d.CampaignId).Distinct().ToList();
        var campaigns = await db.Campaigns.AsNoTracking().Where(c => ids.Contains(c.Id)).ToDictionaryAsync(c => c.Id, cancellationToken);
        return
        [
            .. decisions.Select(d => new RuleDecision(
                d,
                campaigns[d.CampaignId].Code,
                campaigns[d.CampaignId].Name,
                campaigns[d.CampaignId].Currency,
                campaigns[d.CampaignId].TimeZone
            )),
        ];
    }

    /// <summary>Texts of the rule that decided something, newest first.</summary>
    public async Task<IReadOnlyList<RuleVersion>> VersionsAsync(string rule, CancellationToken cancellationToken) =>
        await db
            .RuleVersions.AsNoTracking()
            .Where(v => v.Rule == rule)
            .OrderByDescending(v => v.FirstSeenAt)
            .ThenBy(v => v.Hash)
            .ToListAsync(cancellationToken);

    private RuleStanding Standing(RuleFiles.Loaded loaded)
    {
        var cases = Path.Combine(Folder, RuleSet.CasesOf(loaded.Name));
        return new(
            loaded.Name,
            TextOf(Path.Combine(Folder, loaded.Name)),
            loaded.Rule,
            loaded.Problems,
            loaded.Rule is { } rule && File.Exists(cases) ? RuleCases.Run(rule, TextOf(cases), Path.GetFileName(cases)) : [],
            new(loaded.Stamp, TimeSpan.Zero)
        );
    }

    private static string TextOf(string path)
    {
        try
        {
            return RuleText.Read(path);
        }
        catch (IOException)
        {
            return ""; // it was removed between the listing and now
        }
    }
}
