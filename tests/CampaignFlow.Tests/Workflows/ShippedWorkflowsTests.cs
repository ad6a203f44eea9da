using CampaignFlow.Commands;
using CampaignFlow.Engine.Workflows.DryRuns;
using CampaignFlow.Tests.Support;

namespace CampaignFlow.Tests.Workflows;

/// <summary>The processes that come with the product hold by their own checks, and each can be gone through to its end.</summary>
public sealed class ShippedWorkflowsTests
{
    public static TheoryData<string> All =>
        [.. Directory.GetFiles(Repository.Path("workflows"), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)!).Order()];

    [Theory]
    [MemberData(nameof(All))]
    public void A_shipped_process_has_nothing_that_needs_a_look(string name) =>
        Assert.Empty(WorkflowFile.Read(Repository.Path("workflows", name + ".json")).Problems.Select(p => p.ToString()));

    [Theory]
    [MemberData(nameof(All))]
    public void A_shipped_process_speaks_both_languages_and_lies_where_it_can_be_read(string name)
    {
        var definition = WorkflowFile.Read(Repository.Path("workflows", name + ".json")).Definition!;

        var steps = definition.Activities.Values.Where(a => a.Graph is null).ToList();
        Assert.All(steps, a => Assert.NotEqual(a.Display!.Value.En, a.Display.Value.Zh));
        var boxes = CampaignFlow.Workflows.Diagram.Of(definition).Boxes;
        Assert.DoesNotContain(
            boxes.SelectMany((one, i) => boxes.Skip(i + 1).Select(other => (one, other))),
            pair =>
                Math.Abs(pair.one.X - pair.other.X) < Math.Max(pair.one.Width, pair.other.Width)
                && Math.Abs(pair.one.Y - pair.other.Y) < pair.one.Height
        );
    }

    [Theory]
    [InlineData("campaign-lifecycle", "approve-goals", "goal-sheet")]
    [InlineData("six-step-promotion", "approve-budget", "schedule")]
    [InlineData("eight-step-campaign", "approve-content", "content-calendar")]
    [InlineData("nine-step-campaign", "approve-budget", "rework-budget")]
    [InlineData("four-phase-campaign", "close-campaign", "review")]
    [InlineData("four-phase-campaign", "budget-approval/finance-approval", "budget-approval/budget-plan")] // in the workflow it executes
    [InlineData("weekly-review", "approve-minutes", "hold-review")]
    [InlineData("budget-approval", "finance-approval", "budget-plan")]
    [InlineData("incident-response", "close-incident", "respond")]
    public void A_shipped_process_comes_to_its_end_also_when_something_is_sent_back(string name, string decision, string again)
    {
        var (straight, back) = (Go(name), Go(name, decision + "=Returned@1wd"));

        Assert.All(
            [straight, back],
            run => Assert.Equal(("Finished", "finish"), (run.Status.ToString(), run.Steps.Last(s => s.Within is null).Activity.Id))
        );
        Assert.Equal(Visits(straight, again) + 1, Visits(back, again));
        Assert.Equal(Visits(straight, decision) + 1, Visits(back, decision));
        Assert.True(straight.Tasks.Any() && straight.Mails.Count > 0);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Every_outcome_of_a_shipped_process_can_be_reached_and_none_is_stuck(string name)
    {
        var (file, definition) = WorkflowFile.Readable(Repository.Path("workflows", name + ".json"));

        var found = PathSearch.Try(definition, Request(file));

        Assert.Empty(found.Outcomes.Where(o => !o.Reached).Select(o => $"{o.Activity.Id} {o.Outcome}"));
        Assert.Empty(found.Unreached.Select(a => a.Id));
        Assert.Equal((0, true), (found.Stuck, found.Complete));
    }

    [Fact]
    public void A_campaign_of_the_usual_process_takes_the_days_it_plans()
    {
        var run = Go("campaign-lifecycle");

        // 28 days of spending from the first day on, then report, evaluation and review.
        Assert.Equal(28, run.Steps.Count(s => s.Activity.Id == "evaluate-rules"));
        Assert.Equal(5, run.Mails.Single(m => m.Mail.Kind == "review-reminder").Times);
        Assert.Equal(
            new DateTimeOffset(2026, 12, 31, 1, 0, 0, TimeSpan.Zero),
            run.Steps.First(s => s.Activity.Id == "enter-execution").StartedAt
        );
        Assert.Equal(TimeSpan.FromDays(65), run.Took);
    }

    private static DryRunResult Go(string name, params string[] choices)
    {
        var (file, definition) = WorkflowFile.Readable(Repository.Path("workflows", name + ".json"));
        return DryRun.Run(definition, Request(file, choices));
    }

    private static DryRunRequest Request(WorkflowFile file, params string[] choices) =>
        new()
        {
            Start = new(2026, 12, 1, 9, 0, 0, TimeSpan.FromHours(8)),
            Choices = [.. choices.Select(c => DryChoice.Parse(c, file.Definition!).Choice!)],
            NextEvent = file.Checks.NextEvent,
            Others = file.Other,
        };

    private static int Visits(DryRunResult run, string activity) =>
        run.Steps.Count(s => (s.Within is null ? "" : s.Within + "/") + s.Activity.Id == activity);
}
