using System.CommandLine;
using CampaignFlow.Engine.Workflows;

namespace CampaignFlow.Commands;

internal static class WorkflowsCommand
{
    internal static readonly Argument<string> FileName = new("FILE") { Description = "Definition in Elsa 3's JSON" };
    internal static readonly Option<string[]> Input = new("--input")
    {
        Description = "Input of the run, NAME=VALUE; may be given several times",
    };
    internal static readonly Option<string> Language = new("--language") { Description = "en or zh", DefaultValueFactory = _ => "en" };

    public static Command Create()
    {
        var check = new Command("check", "Reads a definition and says what is wrong with it and what needs a look")
        {
            FileName,
            CommandLine.Json,
            Language,
        };
        check.SetAction(Check);
        var run = new Command("run", "Runs a definition in memory on a virtual clock") { FileName, Input, CommandLine.Json };
        run.SetAction(Run);
        var workflows = new Command("workflows", "Workflow definitions and their runs")
        {
            check,
            run,
            DryRunCommand.Create(),
            RunsCommand.Create(),
        };
        foreach (var command in VersionsCommand.All())
            workflows.Add(command);
        return workflows;
    }

    private static int Check(ParseResult parsed)
    {
        var file = WorkflowFile.Read(parsed.GetRequiredValue(FileName));
        if (parsed.GetValue(CommandLine.Json))
        {
            CommandLine.Print(
                new
                {
                    file = file.Path,
                    file.Definition?.Name,
                    problems = file.Problems.Select(Place.Of),
                }
            );
            return file.IsGood ? 0 : 1;
        }
        foreach (var problem in file.Problems)
            Console.WriteLine(problem.In(parsed.GetValue(Language)!));
        if (file.IsGood)
            Console.WriteLine($"ok  {file.Definition!.Name}");
        return file.IsGood ? 0 : 1;
    }

    private static int Run(ParseResult parsed)
    {
        var (_, definition) = WorkflowFile.Readable(parsed.GetRequiredValue(FileName));
        var result = new MemoryRun(definition).Start(WorkflowFile.Inputs(parsed.GetValue(Input) ?? []), DateTimeOffset.UtcNow);
        if (parsed.GetValue(CommandLine.Json))
            CommandLine.Print(
                new
                {
                    status = result.Status.ToString(),
                    output = result.Output,
                    journal = result.Journal,
                    waiting = result.Waiting,
                    error = result.State.Error,
                }
            );
        else
            Show(result);
        return result.Status == RunStatus.Faulted ? 1 : 0;
    }

    private static void Show(MemoryRunResult result)
    {
        foreach (var line in result.Output)
            Console.WriteLine(line);
        foreach (var waiting in result.Waiting)
            Console.Error.WriteLine(waiting);
        Console.Error.WriteLine(result.State.Error is { } error ? $"{result.Status}: {error}" : result.Status.ToString());
    }
}
