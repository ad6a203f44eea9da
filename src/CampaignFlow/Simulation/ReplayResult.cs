using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Lifecycle;
using CampaignFlow.Metrics;
using CampaignFlow.Notifications;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Simulation;

/// <summary>What a replay tells. Money is in minor units of <paramref name="Currency"/>.</summary>
/// <param name="Days">Days with data.</param>
/// <param name="TotalStart">Daily budget of all channels as planned; <paramref name="TotalEnd"/> as the ledger ends.</param>
public sealed record ReplayResult(
    int Days,
    string Currency,
    IReadOnlyList<ReplayChannel> Channels,
    long TotalStart,
    long TotalEnd,
    IReadOnlyList<ReplayDecision> Decisions,
    IReadOnlyList<ReplayStage> Stages,
    IReadOnlyList<ReplayMail> Mails,
    IReadOnlyList<ReplayBudget> Budgets
)
{
    /// <summary>Rows of the file that could not be read; the campaign was lived through without them.</summary>
    public IReadOnlyList<ReplayProblem> Problems { get; init; } = [];

    public static async Task<ReplayResult> ReadAsync(IServiceProvider scope, Campaign campaign, CancellationToken cancellationToken)
    {
        var db = scope.GetRequiredService<CampaignFlowDb>();
        var ledger = scope.GetRequiredService<BudgetLedger>();
        var now = scope.GetRequiredService<TimeProvider>().GetUtcNow();
        var totals = await scope
            .GetRequiredService<MetricQueries>()
            .TotalsAsync(campaign.Id, now, campaign.StartsOn, campaign.EndsOn, cancellationToken);
        var balances = await ledger.BalancesAsync(campaign.Id, cancellationToken);
        var channels = await db
            .CampaignChannels.AsNoTracking()
            .Where(c => c.CampaignId == campaign.Id)
            .OrderBy(c => c.Code)
            .ToListAsync(cancellationToken);
        var decisions = await db
            .Decisions.AsNoTracking()
            .Where(d => d.CampaignId == campaign.Id && d.Action != "")
            .OrderBy(d => d.At)
            .ToListAsync(cancellationToken);
        var visits = await db
            .StageVisits.AsNoTracking()
            .Where(v => v.CampaignId == campaign.Id)
            .OrderBy(v => v.EnteredAt)
            .ThenBy(v => v.Stage)
            .ToListAsync(cancellationToken);
        var mails = await db
            .Mails.AsNoTracking()
            .Where(m => m.CampaignId == campaign.Id)
            .OrderBy(m => m.CreatedAt)
            .ToListAsync(cancellationToken);
        var budgets = await ledger.HistoryAsync(campaign.Id, campaign.StartsOn, campaign.EndsOn, cancellationToken);
        return new(
            totals.Days.Count,
            campaign.Currency,
            [
                .. channels.Select(c =>
                {
                    var sums = totals.Channels.FirstOrDefault(t => string.Equals(t.Channel, c.Code, StringComparison.OrdinalIgnoreCase));
                    return new ReplayChannel(
                        c.Name,
                        c.PlannedMinor,
                        balances.GetValueOrDefault(c.Code),
                        c.FloorMinor,
                        c.CeilingMinor,
                        sums?.SpendMinor,
                        sums?.RevenueMinor,
                        sums?.Roas
                    );
                }),
            ],
            channels.Sum(c => c.PlannedMinor),
            balances.Values.Sum(),
            [
                .. decisions
                    .Select(d => new ReplayDecision(
                        d.Day,
                        d.Rule,
                        d.Action,
                        d.From,
                        d.To,
                        d.AmountMinor,
                        Word(d.Outcome),
                        d.BlockedBy,
                        d.WhyEn
                    ))
                    .OrderBy(d => d.Date)
                    .ThenBy(d => d.Rule, StringComparer.Ordinal)
                    .ThenBy(d => d.From, StringComparer.Ordinal)
                    .ThenBy(d => d.To, StringComparer.Ordinal)
                    .ThenBy(d => d.Action, StringComparer.Ordinal),
            ],
            [.. visits.Select(v => new ReplayStage(v.Stage, v.EnteredAt, v.LeftAt))],
            [
                .. mails
                    .Select(m => new ReplayMail(m.Kind, m.To, m.Subject))
                    .OrderBy(m => m.Kind, StringComparer.Ordinal)
                    .ThenBy(m => m.To, StringComparer.Ordinal)
                    .ThenBy(m => m.Subject, StringComparer.Ordinal),
            ],
            [.. budgets.Select(b => new ReplayBudget(b.Day, b.Channel, b.BudgetMinor))]
        );
    }

    private static string Word(DecisionOutcome outcome) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(outcome.ToString());
}

public sealed record ReplayChannel(
    string Name,
    long BudgetStart,
    long BudgetEnd,
    long Floor,
    long Ceiling,
    long? Spend,
    long? Revenue,
    double? Roas
);

public sealed record ReplayDecision(
    DateOnly Date,
    string Rule,
    string Action,
    string? From,
    string? To,
    long? Amount,
    string Outcome,
    string? BlockedBy,
    string Why
);

/// <param name="Left">Null while the campaign is in it.</param>
public sealed record ReplayStage(string Code, DateTimeOffset Entered, DateTimeOffset? Left);

public sealed record ReplayProblem(string File, int Line, int Column, string Message);

public sealed record ReplayMail(string Kind, string To, string Subject);

/// <summary>A channel's daily budget on one day of the flight.</summary>
public sealed record ReplayBudget(DateOnly Date, string Channel, long Budget);
