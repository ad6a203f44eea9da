using System.CommandLine;
using System.Globalization;
using CampaignFlow.Engine;
using CampaignFlow.Simulation;
using Spectre.Console;

namespace CampaignFlow.Commands;

internal static class ReplayCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Daily metrics of all channels, CSV" };
        var rules = new Option<string>("--rules")
        {
            Description = "Folder of rule files",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("RulesFolder") ?? "rules",
        };
        var workflow = new Option<string>("--workflow")
        {
            Description = "Definition that leads the campaign",
            DefaultValueFactory = _ =>
                Path.Combine(Environment.GetEnvironmentVariable("WorkflowFolder") ?? "workflows", "campaign-lifecycle.json"),
        };
        var folder = new Option<string?>("--out")
        {
            Description = "Folder for database, mails and reports; a killed replay continues there",
        };
        var currency = new Option<string>("--currency") { Description = "ISO code of the file's money", DefaultValueFactory = _ => "CNY" };
        var command = new Command("replay", "Takes a campaign through its whole life on a virtual clock with the file's numbers")
        {
            file,
            rules,
            workflow,
            folder,
            currency,
            CommandLine.Json,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var request = new ReplayRequest(
                    parsed.GetRequiredValue(file),
                    parsed.GetRequiredValue(rules),
                    parsed.GetRequiredValue(workflow),
                    parsed.GetValue(folder) ?? Directory.CreateTempSubdirectory("campaignflow-replay-").FullName,
                    parsed.GetRequiredValue(currency)
                );
                var result = await WithProgressAsync(request, cancellationToken);
                if (parsed.GetValue(folder) is null)
                    Directory.Delete(request.Out, recursive: true);
                foreach (var problem in result.Problems)
                    await Console.Error.WriteLineAsync($"{problem.File}({problem.Line},{problem.Column}): {problem.Message}");
                if (parsed.GetValue(CommandLine.Json))
                    CommandLine.Print(result);
                else
                    Show(result);
                return 0;
            }
        );
        return command;
    }

    private static async Task<ReplayResult> WithProgressAsync(ReplayRequest request, CancellationToken cancellationToken)
    {
        if (Console.IsErrorRedirected)
            return await Replay.RunAsync(request, new PlainProgress().Say, cancellationToken);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console
            .Progress()
            .StartAsync(async progress =>
            {
                var task = progress.AddTask("replay", maxValue: 1);
                return await Replay.RunAsync(
                    request,
                    (fraction, day) =>
                    {
                        task.Value = fraction;
                        task.Description = day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
                    },
                    cancellationToken
                );
            });
    }

    /// <summary>A line for each fifth of the way, for logs.</summary>
    private sealed class PlainProgress
    {
        private int told = -1;

        public void Say(double fraction, DateOnly day)
        {
            var fifth = (int)(fraction * 5);
            if (fifth <= told)
                return;
            told = fifth;
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd} {fraction:P0}"));
        }
    }

    private static void Show(ReplayResult result)
    {
        string Say(long? minor) => minor is { } m ? new Money(m, result.Currency).ToString() : "–";
        var table = new Table().AddColumns("Channel", "Budget a day", "at the end", "Spend", "Revenue", "ROAS");
        foreach (var c in result.Channels)
            table.AddRow(
                Markup.Escape(c.Name),
                Say(c.BudgetStart),
                Say(c.BudgetEnd),
                Say(c.Spend),
                Say(c.Revenue),
                c.Roas?.ToString("0.00", CultureInfo.InvariantCulture) ?? "–"
            );
        table.AddRow("Σ", Say(result.TotalStart), Say(result.TotalEnd));
        AnsiConsole.Write(table);
        foreach (var d in result.Decisions.Where(d => d.Action == "shift"))
            Console.WriteLine($"{d.Date:yyyy-MM-dd}  {d.Outcome, -10} {d.From} → {d.To}  {Say(d.Amount)}  {d.Why}");
        var last = result.Stages[^1];
        Console.WriteLine(
            $"{result.Days} days, {result.Mails.Count} mails, last stage {last.Code} {(last.Left is null ? "still open" : "left")}."
        );
    }
}
