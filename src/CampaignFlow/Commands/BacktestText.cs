using System.Globalization;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules.Lab;

namespace CampaignFlow.Commands;

/// <summary>A backtest for a person at a terminal.</summary>
internal static class BacktestText
{
    private const int MostReasons = 12;

    public static void Show(LabReport report, History history)
    {
        string Say(long? minor) => minor is { } m ? new Money(m, history.Currency).ToString() : "–";
        Console.WriteLine(report.Rule.Sentence.En);
        Console.WriteLine(
            $"{report.With.From:yyyy-MM-dd} to {report.With.To:yyyy-MM-dd}: {history.Days} days, {report.With.Evaluations} mornings, {history.Channels.Count} channels."
        );
        Console.WriteLine();
        foreach (var f in report.With.Firings.Where(f => f.Rule == report.Rule.Id && f.Changes))
            Console.WriteLine(
                $"{f.Day:yyyy-MM-dd}  {f.Action, -7} {f.From} → {f.To}  {Say(f.AmountMinor)}{(f.Asks ? " (asks)" : "")}  {f.Why.En}"
            );
        foreach (var s in report.With.Silences.Where(s => s.Rule == report.Rule.Id).OrderByDescending(s => s.Count).Take(MostReasons))
            Console.WriteLine($"{s.Count, 4} × {s.Kind}: {s.By}  (last {s.Last:yyyy-MM-dd} {s.Subject}: {s.Why.En})");
        Console.WriteLine();
        Console.WriteLine(Summary("with it  ", report.With, Say));
        Console.WriteLine(Summary("as it is ", report.Before, Say));
        if (report.Free is { } free)
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"without any limit but its own: {free.Moves.Count()} changes, daily total × {free.Growth:0.0}"
                )
            );
        Console.WriteLine();
        foreach (var finding in report.Findings)
            Console.WriteLine(finding);
        Console.WriteLine(report.MayPublish ? "It may be published, by a second person." : "It may not be published.");
    }

    private static string Summary(string name, BacktestReport run, Func<long?, string> say) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {run.Moves.Count()} changes, total {say(run.TotalStartMinor)} → {say(run.TotalEndMinor)}{(run.KeepsTotal ? " on every day" : "")}, ROAS {run.RoasBefore:0.00} → {run.RoasAfter:0.00}, churn {run.Churn:0.00}×, worst day {run.WorstDay?.Day:yyyy-MM-dd} {say(run.WorstDay?.EffectMinor)} of revenue beside the start budgets, {run.Clashes.Count} clashes, {run.Reversals.Count} reversals"
        );
}
