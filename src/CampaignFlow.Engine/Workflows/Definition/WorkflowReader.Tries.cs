using System.Globalization;
using System.Text.Json;
using CampaignFlow.Engine.Expressions.Script;

namespace CampaignFlow.Engine.Workflows.Definition;

/// <summary>What an activity's customProperties say of failures: retry, timeout, compensation. Elsa's designer keeps them untouched.</summary>
internal sealed partial class WorkflowReader
{
    private static readonly string[] RetryNames = ["attempts", "first", "factor", "most", "jitter"];
    private static readonly string[] TimeoutNames = ["after", "outcome"];
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(366);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(3_660);

    private readonly List<(PlacedJson At, Activity Activity)> _compensations = [];

    private void ReadTries(PlacedJson item, Activity activity)
    {
        if (item["customProperties"] is not { Kind: JsonValueKind.Object } custom)
            return;
        if (custom["retry"] is { } retry && Known(retry, activity, "retry", RetryNames))
            activity.Retry = ReadRetry(retry, activity);
        if (custom["timeout"] is { } timeout && Known(timeout, activity, "timeout", TimeoutNames))
            activity.Timeout = ReadTimeout(timeout, activity);
        if (custom["compensation"] is not { } compensation)
            return;
        if (compensation.Text is not { Length: > 0 } target)
        {
            Refuse(compensation, activity, new("compensation must be the id of an activity", "compensation 应为某个活动的标识"));
            return;
        }
        activity.Compensation = Local(target);
        _compensations.Add((compensation, activity));
    }

    private RetryPolicy? ReadRetry(PlacedJson retry, Activity activity)
    {
        if (activity.IsContainer)
        {
            Refuse(
                retry,
                activity,
                new("a container is not tried again; put retry on the activities in it", "容器不会重试；请把 retry 写在其中的活动上")
            );
            return null;
        }
        var most = Span(retry, activity, "retry", "most", LongestPause);
        var first = Span(retry, activity, "retry", "first", LongestPause) ?? TimeSpan.FromSeconds(10);
        var hour = TimeSpan.FromHours(1);
        var policy = new RetryPolicy(
            (int)(Number(retry, activity, "attempts", 2, RetryPolicy.MostAttempts) ?? 0),
            first,
            Number(retry, activity, "factor", 1, 100) ?? 2,
            most ?? (first > hour ? first : hour),
            retry["jitter"]?.Kind != JsonValueKind.False
        );
        if (retry["attempts"] is null)
            Refuse(
                retry,
                activity,
                new("retry needs \"attempts\", the first one included: 5", "retry 需要 \"attempts\"（总次数，含第一次），例如 5")
            );
        else if (Values.FromJson(retry["attempts"]!.Scalar) is double count && Math.Floor(count) != count)
            Refuse(retry["attempts"]!, activity, new("retry.attempts must be a whole number", "retry.attempts 应为整数"));
        if (most < first)
            Refuse(retry["most"]!, activity, new("retry.most must not be shorter than retry.first", "retry.most 不能短于 retry.first"));
        if (retry["jitter"] is { Kind: not (JsonValueKind.True or JsonValueKind.False) } jitter)
            Refuse(jitter, activity, new("retry.jitter must be true or false", "retry.jitter 应为 true 或 false"));
        return policy;
    }

    private ActivityTimeout? ReadTimeout(PlacedJson timeout, Activity activity)
    {
        if (timeout["after"] is null)
            Refuse(timeout, activity, new("timeout needs \"after\", such as 2.00:00:00", "timeout 需要 \"after\"，例如 2.00:00:00"));
        if (Span(timeout, activity, "timeout", "after", LongestTimeout) is not { } after)
            return null;
        if (timeout["outcome"] is not { } port)
            return new(after, null);
        if (port.Text is not { Length: > 0 } outcome)
        {
            Refuse(port, activity, new("timeout.outcome must be the name of a port", "timeout.outcome 应为出口名称"));
            return null;
        }
        if (activity.Described.Decides && outcome != "TimedOut" && activity.Described.Outcomes.Contains(outcome, StringComparer.Ordinal))
            Refuse(
                port,
                activity,
                new(
                    $"silence must not be taken for '{outcome}', which stands for a decision; use TimedOut or another name",
                    $"不能把无人答复当作“{outcome}”（它代表人的决定）；请用 TimedOut 或其他名称"
                )
            );
        return new(after, outcome);
    }

    // Once everything is read: the activity that undoes another stands beside it, and nothing else leads to it or from it.
    private void CheckCompensations()
    {
        foreach (var (at, activity) in _compensations)
        {
            var chart = _activities.Values.FirstOrDefault(c => c.Children.Contains(activity));
            var undoes = activity.Compensation!;
            var beside = chart is { Type: "Elsa.Flowchart" } ? chart.Children.FirstOrDefault(c => c.Id == undoes) : null;
            if (_refused.Contains(undoes) || chart is { Type: "Elsa.Flowchart", Graph: null })
                continue;
            if (beside is null)
                Refuse(
                    at,
                    activity,
                    new(
                        $"compensation '{undoes}' must be an activity of the same flowchart",
                        $"compensation“{undoes}”应为同一流程图中的活动"
                    )
                );
            else if (beside == activity || beside.Compensation is not null)
                Refuse(
                    at,
                    activity,
                    new(
                        $"'{undoes}' cannot be undone itself; name an activity without compensation",
                        $"“{undoes}”自身不能再有 compensation"
                    )
                );
            else if (chart!.Graph!.Connections.Any(c => c.Source == undoes || c.Target == undoes) || chart.Graph.Start == undoes)
                Refuse(
                    at,
                    activity,
                    new(
                        $"'{undoes}' undoes it, so no connection may lead to or from it and the flowchart may not start with it",
                        $"“{undoes}”用于撤销，不能有连线进出，也不能作为流程图的起点"
                    )
                );
        }
    }

    private bool Known(PlacedJson given, Activity activity, string what, string[] names)
    {
        if (given.Kind != JsonValueKind.Object)
        {
            var all = string.Join(", ", names);
            Refuse(given, activity, new($"{what} must be an object with {all}", $"{what} 应为对象，可含 {all}"));
            return false;
        }
        foreach (var (name, value) in given.Properties)
        {
            if (names.Contains(name, StringComparer.OrdinalIgnoreCase))
                continue;
            var en = Suggest(name, names, " Did you mean '{0}'?", out var zh);
            Refuse(value, activity, new($"{what} has no '{name}'.{en}", $"{what} 没有“{name}”。{zh}"));
        }
        return true;
    }

    private TimeSpan? Span(PlacedJson owner, Activity activity, string what, string name, TimeSpan longest)
    {
        if (owner[name] is not { } given)
            return null;
        if (
            given.Text is { } text
            && text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var span)
            && span > TimeSpan.Zero
            && span <= longest
        )
            return span;
        Refuse(
            given,
            activity,
            new(
                $"{what}.{name} must be a duration such as 00:00:10 or 2.00:00:00, at most {longest.TotalDays:0} days",
                $"{what}.{name} 应为时长（例如 00:00:10 或 2.00:00:00），最长 {longest.TotalDays:0} 天"
            )
        );
        return null;
    }

    private double? Number(PlacedJson owner, Activity activity, string name, double least, double most)
    {
        if (owner[name] is not { } given)
            return null;
        if (Values.FromJson(given.Scalar) is double number && number >= least && number <= most)
            return number;
        Refuse(
            given,
            activity,
            new($"retry.{name} must be a number from {least:0} to {most:0}", $"retry.{name} 应为 {least:0} 到 {most:0} 之间的数字")
        );
        return null;
    }

    private void Refuse(PlacedJson at, Activity activity, Phrase what)
    {
        var (en, zh) = what;
        var ends = en.EndsWith('.') || en.EndsWith('?');
        Wrong(
            at,
            activity.Id,
            new(
                $"'{activity.Name}' ({activity.Id}): {en}{(ends ? "" : ".")}",
                $"“{activity.Name}”（{activity.Id}）：{zh}{(ends ? "" : "。")}"
            )
        );
    }
}
