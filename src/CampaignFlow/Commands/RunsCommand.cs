using System.CommandLine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Workflows;

namespace CampaignFlow.Commands;

/// <summary><c>workflows runs</c>: which runs there are and what each waits for.</summary>
internal static class RunsCommand
{
    private const int MostRuns = 1000;

    public static Command Create()
    {
        var waiting = new Option<bool>("--waiting") { Description = "Only runs that are not over" };
        var status = new Option<RunStatus?>("--status") { Description = "Only runs in this status" };
        var workflow = new Option<string?>("--workflow") { Description = "Only runs of this definition" };
        var most = new Option<int>("--most")
        {
            Description = $"How many, newest change first; at most {MostRuns}",
            DefaultValueFactory = _ => 50,
        };
        var command = new Command("runs", "Says how each run stands and what it waits for")
        {
            waiting,
            status,
            workflow,
            most,
            CommandLine.Json,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var runs = await ReadOnly.AskAsync(
                    services =>
                        services
                            .GetRequiredService<WorkflowQueries>()
                            .RunsAsync(
                                parsed.GetValue(status),
                                parsed.GetValue(workflow),
                                parsed.GetValue(waiting) ? false : null,
                                0,
                                Math.Clamp(parsed.GetValue(most), 1, MostRuns),
                                cancellationToken
                            ),
                    cancellationToken
                );
                if (parsed.GetValue(CommandLine.Json))
                    CommandLine.Print(runs.Select(RunReport.Of));
                else
                    foreach (var run in runs.Select(RunReport.Of))
                        Console.WriteLine($"{run.Id}  {run.Status, -9}  {run.Workflow}  {run.Campaign ?? "–"}  {run.Says.En}");
                return 0;
            }
        );
        return command;
    }
}
