using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Rules.Lab;

namespace CampaignFlow.Commands;

/// <summary>A backtest as the command line's JSON prints it; amounts in minor units of the currency.</summary>
internal sealed record BacktestDocument(
    string Rule,
    Phrase Sentence,
    bool MovesMoney,
    bool MayPublish,
    string Currency,
    DateOnly From,
    DateOnly To,
    int Days,
    int Evaluations,
    IReadOnlyList<Place> Findings,
    int Changes,
    RunSummary With,
    RunSummary Before,
    FreeRun? Free,
    IReadOnlyList<BacktestDay> Path,
    IReadOnlyList<PathOfChannel> Channels,
    IReadOnlyList<Firing> Firings,
    IReadOnlyList<WhyNot> WhyNot,
    IReadOnlyList<Clash> Clashes,
    IReadOnlyList<Reversal> Reversals
)
{
    public static BacktestDocument Of(LabReport report, History history) =>
        new(
            report.Rule.Id,
            report.Rule.Sentence,
            RuleLab.MovesMoney(report.Rule),
            report.MayPublish,
            history.Currency,
            report.With.From,
            report.With.To,
            history.Days,
            report.With.Evaluations,
            [.. report.Findings.Select(Place.Of)],
            report.Changes,
            RunSummary.Of(report.With),
            RunSummary.Of(report.Before),
            report.Free is { } free
                ? new(
                    free.Growth,
                    free.Moves.Count(),
                    free.Days.Count > 0 ? free.Days[0].TotalBeforeMinor : 0,
                    free.Days.Count > 0 ? free.Days.Max(d => d.TotalMinor) : 0
                )
                : null,
            report.With.Days,
            report.With.Channels,
            report.With.Firings,
            [.. report.With.Silences.Where(s => s.Rule == report.Rule.Id).Select(WhyNotOf)],
            report.With.Clashes,
            report.With.Reversals
        );

    private static WhyNot WhyNotOf(Silence silence) =>
        new(
            silence.Kind switch
            {
                VerdictKind.NotFired => "not_fired",
                VerdictKind.Unknown => "unknown",
                VerdictKind.Blocked => "blocked",
                _ => "lost",
            },
            silence.By,
            silence.Count,
            silence.Last,
            silence.Subject,
            silence.Why
        );
}

/// <param name="Growth">The largest daily total over the first.</param>
internal sealed record FreeRun(double Growth, int Changes, long TotalStartMinor, long TotalLargestMinor);

internal sealed record WhyNot(string Kind, string By, int Count, DateOnly Last, string Subject, Phrase Why);

/// <param name="Churn">All money moved, as a multiple of the daily total.</param>
internal sealed record RunSummary(
    int Firings,
    int Moves,
    long TotalStartMinor,
    long TotalEndMinor,
    bool KeepsTotal,
    double? RoasBefore,
    double? RoasAfter,
    double Churn,
    DateOnly? WorstDay,
    long? WorstDayEffectMinor,
    int Clashes,
    int Reversals
)
{
    public static RunSummary Of(BacktestReport run) =>
        new(
            run.Firings.Count,
            run.Moves.Count(),
            run.TotalStartMinor,
            run.TotalEndMinor,
            run.KeepsTotal,
            run.RoasBefore,
            run.RoasAfter,
            run.Churn,
            run.WorstDay?.Day,
            run.WorstDay?.EffectMinor,
            run.Clashes.Count,
            run.Reversals.Count
        );
}
