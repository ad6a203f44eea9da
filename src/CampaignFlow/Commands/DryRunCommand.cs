using System.CommandLine;
using System.Globalization;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.DryRuns;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Spectre.Console;

namespace CampaignFlow.Commands;

/// <summary><c>workflows dry-run</c>: the way a definition takes with chosen outcomes, how long it takes, and what it asks of whom.</summary>
internal static class DryRunCommand
{
    private static readonly Option<string[]> Choose = new("--choose")
    {
        Description = "ACTIVITY=OUTCOME[@DURATION][,OUTCOME…][*], e.g. approve-budget=Returned,Approved@1wd; may be given several times",
    };
    private static readonly Option<string?> Start = new("--start")
    {
        Description = "When it starts, e.g. 2026-12-01T09:00+08:00; else now",
    };
    private static readonly Option<bool> Explore = new("--explore")
    {
        Description = "Try all outcomes: what can be reached, the shortest and the longest path",
    };

    public static Command Create()
    {
        var command = new Command("dry-run", "Goes through a definition with chosen outcomes; nothing happens")
        {
            WorkflowsCommand.FileName,
            Choose,
            Start,
            WorkflowsCommand.Input,
            Explore,
            WorkflowsCommand.Language,
            CommandLine.Json,
        };
        command.SetAction(parsed => Run(parsed, TimeProvider.System));
        return command;
    }

    private static int Run(ParseResult parsed, TimeProvider clock)
    {
        var (file, definition) = WorkflowFile.Readable(parsed.GetRequiredValue(WorkflowsCommand.FileName));
        var language = parsed.GetValue(WorkflowsCommand.Language)!;
        var request = new DryRunRequest
        {
            Start = StartOf(parsed.GetValue(Start), clock),
            Inputs = WorkflowFile.Inputs(parsed.GetValue(WorkflowsCommand.Input) ?? []),
            Choices = [.. (parsed.GetValue(Choose) ?? []).Select(text => ChoiceOf(text, definition, language))],
            NextEvent = file.Checks.NextEvent,
            Others = file.Other,
        };
        // A log or a pipe has no width of its own.
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = 160;
        if (parsed.GetValue(Explore))
        {
            var coverage = PathSearch.Try(definition, request);
            if (parsed.GetValue(CommandLine.Json))
                CommandLine.Print(DryRunJson.Of(coverage));
            else
                Show(coverage, language);
            return 0;
        }
        var result = DryRun.Run(definition, request);
        if (parsed.GetValue(CommandLine.Json))
            CommandLine.Print(DryRunJson.Of(result));
        else
            Show(result, request.Start.Offset, language);
        return result.Finished ? 0 : 1;
    }

    private static DateTimeOffset StartOf(string? text, TimeProvider clock) =>
        text is null ? clock.GetUtcNow()
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start) ? start
        : throw new StartupRefusal($"--start '{text}' is not a moment such as 2026-12-01T09:00+08:00.");

    private static DryChoice ChoiceOf(string text, WorkflowDefinition definition, string language) =>
        DryChoice.Parse(text, definition) switch
        {
            ({ } choice, _) => choice,
            (_, { } wrong) => throw new StartupRefusal("--choose: " + wrong.In(language)),
            _ => throw new StartupRefusal($"--choose '{text}' cannot be read."),
        };

    private static void Show(DryRunResult result, TimeSpan offset, string language)
    {
        string T(Phrase phrase) => Markup.Escape(phrase.In(language));
        string Day(DateTimeOffset at) => at.ToOffset(offset).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
        var table = new Table().AddColumns(
            "#",
            T(new("Begins", "开始")),
            T(new("Takes", "历时")),
            T(new("Step", "步骤")),
            T(new("Outcome", "结果")),
            T(new("What happens", "内容"))
        );
        foreach (var step in result.Steps)
            table.AddRow(
                step.Number.ToString(CultureInfo.InvariantCulture),
                Day(step.StartedAt),
                step.Took is { } took ? T(DryRunWords.Length(took)) : "–",
                T(ActivityNames.Of(step.Activity))
                    + (step.Visit > 1 ? Markup.Escape(string.Create(CultureInfo.InvariantCulture, $" ({step.Visit})")) : ""),
                Markup.Escape((step.Outcome ?? "–") + (step.Chosen ? " *" : "")),
                string.Join('\n', DryRunWords.Happenings(step, at => Phrase.Same(Day(at))).Select(T))
            );
        AnsiConsole.Write(table);
        foreach (var assumed in result.Assumed)
            AnsiConsole.MarkupLine(T(assumed));
        foreach (var note in result.Notes)
            AnsiConsole.MarkupLine(T(note));
        foreach (var loop in result.Loops)
        {
            var (from, to) = (ActivityNames.Of(loop.From), ActivityNames.Of(loop.To));
            AnsiConsole.MarkupLine(T(new($"{from.En} → {to.En}: {loop.Times}×", $"{from.Zh} → {to.Zh}：{loop.Times} 次")));
        }
        foreach (var (mail, times) in result.Mails)
            AnsiConsole.MarkupLine(
                T(
                    new(
                        $"Mail {mail.Kind} to {DryRunWords.Roles(mail.Roles).En}: {times}",
                        $"邮件 {mail.Kind} 发给{DryRunWords.Roles(mail.Roles).Zh}：{times}"
                    )
                )
            );
        foreach (var stuck in result.Stuck)
            AnsiConsole.MarkupLine($"{T(ActivityNames.Of(stuck.Activity))}: {T(stuck.Why)}");
        AnsiConsole.MarkupLine(T(DryRunWords.Summary(result)));
    }

    private static void Show(PathCoverage coverage, string language)
    {
        string T(Phrase phrase) => Markup.Escape(phrase.In(language));
        var table = new Table().AddColumns(T(new("Step", "步骤")), T(new("Outcome", "结果")), T(new("Can be reached", "可到达")));
        foreach (var port in coverage.Outcomes)
            table.AddRow(
                T(ActivityNames.Of(port.Activity)),
                Markup.Escape(port.Outcome),
                T(port.Reached ? new("yes", "是") : new("not found", "未找到"))
            );
        AnsiConsole.Write(table);
        foreach (var activity in coverage.Unreached)
        {
            var name = ActivityNames.Of(activity);
            AnsiConsole.MarkupLine(T(new($"Not reached: {name.En} ({activity.Id})", $"未到达：{name.Zh}（{activity.Id}）")));
        }
        Path(new("Shortest", "最短"), coverage.Shortest);
        Path(new("Longest", "最长"), coverage.Longest);
        AnsiConsole.MarkupLine(
            T(
                new(
                    $"{coverage.Tried} paths tried, {coverage.Stuck} of them got stuck{(coverage.Complete ? "." : "; the bound was met, there may be more.")}",
                    $"共尝试 {coverage.Tried} 条路径，其中 {coverage.Stuck} 条停滞{(coverage.Complete ? "。" : "；已达上限，可能还有更多。")}"
                )
            )
        );

        void Path(Phrase word, PathLength? path)
        {
            if (path is null)
                return;
            var choices = string.Join(' ', path.Choices);
            AnsiConsole.MarkupLine(
                T(
                    new(
                        $"{word.En}: {DryRunWords.Length(path.Took).En}, {path.Steps} steps {choices}",
                        $"{word.Zh}：{DryRunWords.Length(path.Took).Zh}，{path.Steps} 步 {choices}"
                    )
                )
            );
        }
    }
}
