using System.Globalization;
using System.Text.Json.Nodes;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Checks;
using CampaignFlow.Engine.Workflows.DryRuns;
using CampaignFlow.Metrics;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Waiting;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Rules;

/// <summary>
/// <c>CampaignFlow.WaitForMetric</c>: waits until a condition on the campaign's numbers holds, or its time is over. It looks when numbers
/// arrive and once a day, because windows such as 7d move on by themselves. A missing number is unknown and keeps it waiting.
/// </summary>
public sealed class WaitForMetric(CampaignFlowDb db, CampaignSnapshot snapshots) : IActivity
{
    /// <summary>Bookmark kind; the key is the call's, so that a look wakes exactly this run.</summary>
    public const string BookmarkKind = "metric";

    private static readonly TimeSpan LookAgain = TimeSpan.FromDays(1);
    private static readonly TimeSpan UsualTime = TimeSpan.FromDays(14);

    public ActivityType Type { get; } =
        new(
            "CampaignFlow.WaitForMetric",
            "Campaign",
            new("Wait for metric", "等待指标"),
            new(
                "Waits until a condition on the campaign's numbers holds; looks whenever numbers arrive and once a day.",
                "等待活动数据满足条件；每次数据到达及每天各检查一次。"
            ),
            [
                new(
                    "Condition",
                    "String",
                    new("Condition", "条件"),
                    new("In the words of rules, such as roas(7d) >= 3.", "使用规则的写法，例如 roas(7d) >= 3。"),
                    true
                )
                {
                    Multiline = true,
                },
                new(
                    "Channel",
                    "String",
                    new("Channel", "渠道"),
                    new("Whose numbers; empty: the whole campaign's.", "检查哪个渠道；留空则为整个活动。")
                )
                {
                    NameOf = NameList.Channel,
                },
                new(
                    "AtMost",
                    "TimeSpan",
                    new("At most", "最长等待"),
                    new("Then it leaves by Timed out: 14.00:00:00 is two weeks.", "超过后走“超时”：14.00:00:00 为两周。")
                )
                {
                    Default = "14.00:00:00",
                },
            ],
            [
                new(
                    "Why",
                    "String",
                    new("Why (English)", "英文说明"),
                    new("The numbers it found: roas is 3.2.", "当时的数据，例如 roas is 3.2。")
                ),
                new("WhyZh", "String", new("Why (Chinese)", "中文说明"), new("The same in Chinese.", "同样内容的中文说明。")),
            ],
            ["Reached", "TimedOut"]
        )
        {
            Waits = true,
            TimeOutOutcome = "TimedOut",
            Check = CheckCondition,
            Rehearse = Rehearse,
        };

    public async Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        var campaign = await db.CampaignOfAsync(call.Correlation, cancellationToken);
        var channel = await ChannelAsync(call, campaign, cancellationToken);
        var reading = MetricCondition.Read(call.Required("Condition"), channel is not null);
        if (reading.Formula is not { } condition)
            throw new ActivityFault($"The condition cannot be read: {reading.Problems[0].Text.En}");
        var until = call.Resumption is { } woken ? UntilOf(woken.Bookmark.Id) : call.Now + call.Span("AtMost", UsualTime);
        var found = MetricCondition.Look(condition, await snapshots.TakeAsync(campaign, call.Now, cancellationToken), channel);
        if (found.Holds == true)
            return Done("Reached", found);
        if (call.Now >= until)
            return Done("TimedOut", found);
        var next = call.Now + LookAgain;
        return new ActivityResult.Wait(
            new Bookmark(
                string.Create(CultureInfo.InvariantCulture, $"metric:{call.Key}:{until.ToUnixTimeMilliseconds()}"),
                BookmarkKind,
                call.Key,
                next < until ? next : until
            )
        );
    }

    /// <summary>When the waiting ends; the bookmark keeps it over every look.</summary>
    internal static DateTimeOffset UntilOf(string bookmark) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(bookmark[(bookmark.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture));

    private async Task<string?> ChannelAsync(ActivityCall call, Campaign campaign, CancellationToken cancellationToken)
    {
        if (call.Text("Channel") is not { Length: > 0 } given)
            return null;
        var names = await db.ChannelNamesAsync(campaign.Id, cancellationToken);
        return names.ContainsKey(given)
            ? given
            : throw new ActivityFault($"The input 'Channel' is '{given}'; this campaign has {string.Join(", ", names.Keys)}.");
    }

    private static ActivityResult.Done Done(string outcome, Finding found)
    {
        var why = Phrase.Join(found.Clauses.Select(c => c.Sentence));
        return new(outcome)
        {
            Outputs = new Dictionary<string, JsonNode?> { ["Why"] = why.En, ["WhyZh"] = why.Zh },
        };
    }

    private static IEnumerable<Phrase> CheckCondition(IReadOnlyDictionary<string, JsonNode?> inputs) =>
        inputs.GetValueOrDefault("Condition")?.ToString() is { Length: > 0 } text
            ? MetricCondition
                .Read(text, inputs.GetValueOrDefault("Channel")?.ToString() is { Length: > 0 })
                .Problems.Take(1)
                .Select(p => new Phrase($"the condition cannot be read: {p.Text.En}", $"条件无法读取：{p.Text.Zh}"))
            : [];

    // Whether the numbers will get there cannot be known: it goes on at once, unless another time is chosen.
    private static Rehearsal Rehearse(RehearsalCall call) =>
        new()
        {
            Notes =
            [
                new(
                    $"Goes on when {call.Text("Condition")}, else after {call.Span("AtMost", UsualTime).TotalDays:0.#} days.",
                    $"满足 {call.Text("Condition")} 时继续，否则 {call.Span("AtMost", UsualTime).TotalDays:0.#} 天后超时。"
                ),
            ],
        };
}

/// <summary>Numbers arrived: every run of the campaign that waits for some looks again.</summary>
internal sealed class WakeMetricWaits(CampaignFlowDb db, TimeProvider clock) : IFactHandler<MetricsArrived>
{
    public async Task Handle(MetricsArrived fact, CancellationToken cancellationToken)
    {
        var campaign = fact.CampaignId.ToString();
        var keys = await db
            .RunBookmarks.Where(b => b.Kind == WaitForMetric.BookmarkKind && b.Correlation == campaign)
            .Select(b => b.Key)
            .ToListAsync(cancellationToken);
        // Several files may arrive at one instant, and each is a reason to look; the handler's receipt keeps it from telling twice.
        foreach (var key in keys)
            await db.SignalAsync(
                WaitForMetric.BookmarkKind,
                key,
                campaign,
                null,
                $"metric:{key}:{Guid.CreateVersion7():N}",
                clock.GetUtcNow(),
                cancellationToken
            );
    }
}

/// <summary>Until when a run waits for numbers at most.</summary>
internal sealed class MetricWaits : IWaitReason
{
    public string Kind => WaitForMetric.BookmarkKind;

    public Task<IReadOnlyDictionary<Wait, Phrase>> SayAsync(IReadOnlyList<Wait> waits, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<Wait, Phrase>>(
            waits.ToDictionary(
                w => w,
                w =>
                {
                    var until = w.Moment(WaitForMetric.UntilOf(w.Bookmark.Id));
                    return new Phrase(
                        $"Waits at '{w.Step.En}' for the campaign's numbers, until {until.En} at the latest.",
                        $"在“{w.Step.Zh}”处等待活动数据达到条件，最迟到 {until.Zh}。"
                    );
                }
            )
        );
}
