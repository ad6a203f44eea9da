using CampaignFlow.Budgets;
using CampaignFlow.Budgets.Guards;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Metrics;

namespace CampaignFlow.Rules;

/// <summary>What was read of some campaigns at one instant, each to be seen as a snapshot.</summary>
public sealed class GatheredFacts(
    DateTimeOffset now,
    IReadOnlyList<CampaignChannel> channels,
    IReadOnlyList<Goal> goals,
    IReadOnlyList<ChannelLock> locks,
    IReadOnlyList<BudgetShift> shifts,
    IReadOnlyList<Decision> pauses,
    IReadOnlyDictionary<Guid, KnownDays> days
)
{
    /// <summary>A channel with fewer days of numbers is still finding its audience; platforms say the same of their own delivery.</summary>
    private const int LearningDays = 3;

    private readonly ILookup<Guid, CampaignChannel> channels = channels.ToLookup(c => c.CampaignId);
    private readonly ILookup<Guid, Goal> goals = goals.ToLookup(g => g.CampaignId);
    private readonly ILookup<Guid, ChannelLock> locks = locks.ToLookup(l => l.CampaignId);
    private readonly ILookup<Guid, BudgetShift> shifts = shifts.ToLookup(s => s.CampaignId);
    private readonly ILookup<Guid, Decision> pauses = pauses.ToLookup(p => p.CampaignId);

    public static GatheredFacts None { get; } =
        new(default, [], [], [], [], [], new Dictionary<Guid, KnownDays>())
        {
            Books = Array.Empty<(Guid, (string, long))>().ToLookup(x => x.Item1, x => x.Item2),
            Guards = new([], []),
            Promotions = Array.Empty<PromotionWindow>().ToLookup(w => w.CampaignId),
            Stopped = _ => false,
        };

    public required ILookup<Guid, (string Account, long Minor)> Books { get; init; }
    public required GuardBook Guards { get; init; }

    /// <summary>By campaign, in order of time.</summary>
    public required ILookup<Guid, PromotionWindow> Promotions { get; init; }

    /// <summary>Courses that people chose for their campaigns' goals.</summary>
    public IReadOnlyDictionary<Guid, PaceCurve> Curves { get; init; } = new Dictionary<Guid, PaceCurve>();

    /// <summary>Whether the circuit breaker of a campaign is open.</summary>
    public required Func<Guid, bool> Stopped { get; init; }

    /// <summary>The same for the circuit breaker, which looks before rules do.</summary>
    public Watched Watched(Campaign campaign) => new(campaign, [.. channels[campaign.Id]], DaysOf(campaign));

    public Snapshot Of(Campaign campaign)
    {
        var today = campaign.Today(now);
        var known = DaysOf(campaign);
        var accounts = Books[campaign.Id].ToDictionary(a => a.Account, a => a.Minor, StringComparer.Ordinal);
        var inForce = Guards.InForce(campaign);
        var learning = Math.Max(LearningDays, (int)(inForce.FirstOrDefault(g => g.Guard.Key == Guard.Learning)?.Value.Number ?? 0));
        var locked = locks[campaign.Id].Where(l => l.Until >= today).Select(l => l.Channel).ToHashSet(StringComparer.Ordinal);
        return new()
        {
            Campaign = campaign.Code,
            Owner = campaign.OwnerId?.ToString("D"),
            Currency = campaign.Currency,
            Now = now,
            Today = today,
            FlightStart = campaign.StartsOn,
            FlightEnd = campaign.EndsOn,
            FlightBudgetMinor = -accounts.GetValueOrDefault(LedgerEntry.Plan) * campaign.FlightDays,
            Goals = goals[campaign.Id].ToDictionary(g => g.Metric, g => g.Target, StringComparer.Ordinal),
            Curve = Curves.GetValueOrDefault(campaign.Id),
            Channels =
            [
                .. channels[campaign.Id]
                    .Select(c => MoneyRails.Railed(c, inForce))
                    .Select(r =>
                    {
                        var numbers = known.Of(r.Code);
                        return new ChannelState(
                            r.Code,
                            r.Name,
                            accounts.GetValueOrDefault(r.Code),
                            r.FloorMinor,
                            r.CeilingMinor,
                            r.Channel.Shiftable,
                            r.Channel.Active,
                            numbers
                        )
                        {
                            Learning = numbers.Count < learning || locked.Contains(r.Code),
                        };
                    }),
            ],
            Changes = [.. Changes(campaign)],
            ReserveMinor = accounts.ContainsKey(LedgerEntry.Plan) ? accounts.GetValueOrDefault(LedgerEntry.Reserve) : null,
            Promotions = [.. Promotions[campaign.Id].Select(w => new Promotion(w.Name, w.First, w.Last))],
            Limits = Guards.Limits(campaign),
            // A rule's own hold is looked at afresh with every evaluation; a person's stays, and so does what the data stopped.
            BudgetsHeld =
                (campaign.HeldBy is { } by && !by.StartsWith(EvaluateCampaign.HeldByRule, StringComparison.Ordinal))
                || Stopped(campaign.Id),
        };
    }

    /// <summary>Other campaigns gathered beside it may run longer.</summary>
    private KnownDays DaysOf(Campaign campaign)
    {
        var (first, last) = (campaign.StartsOn, campaign.Today(now));
        if (days.GetValueOrDefault(campaign.Id) is not { } all)
            return new(now, []);
        return all with
        {
            Channels =
            [
                .. all
                    .Channels.Select(c => c with { Days = [.. c.Days.Where(d => d.Date >= first && d.Date <= last)] })
                    .Where(c => c.Days.Count > 0),
            ],
        };
    }

    private IEnumerable<BudgetChange> Changes(Campaign campaign) =>
        pauses[campaign.Id]
            .Select(p => new BudgetChange(p.Rule, p.From, null, 0, p.Day, Waiting: false))
            .Concat(
                shifts[campaign.Id]
                    .Select(s => new BudgetChange(
                        s.ProposedBy,
                        s.From,
                        s.To,
                        s.AmountMinor,
                        campaign.Today(s.DecidedAt ?? s.ProposedAt),
                        s.State == ShiftState.Waiting
                    )
                    {
                        Reverted = s.State == ShiftState.RolledBack,
                    })
            );
}
