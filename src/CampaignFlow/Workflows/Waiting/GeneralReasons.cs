using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Shell;

namespace CampaignFlow.Workflows.Waiting;

/// <summary>What can be said about a wait from its bookmark alone.</summary>
internal static class GeneralReasons
{
    public static Phrase Of(Wait wait) =>
        wait.Bookmark switch
        {
            { Kind: "timeout", DueAt: { } due } => new(
                $"'{wait.Step.En}' may take until {wait.Moment(due).En}.",
                $"“{wait.Step.Zh}”最迟到 {wait.Moment(due).Zh}。"
            ),
            { Kind: "retry", DueAt: { } due } => Retry(wait, due),
            { Kind: Bookmark.Timer, DueAt: { } due } => due > wait.Now
                ? new($"Waits until {wait.Moment(due).En} ({wait.Step.En}).", $"等到 {wait.Moment(due).Zh}（{wait.Step.Zh}）。")
                : new(
                    $"Its time came on {wait.Moment(due).En} ({wait.Step.En}); it is next in turn.",
                    $"{wait.Moment(due).Zh} 已到时间（{wait.Step.Zh}），即将继续。"
                ),
            { Kind: Bookmark.Event, Key: var name } => new($"Waits for the event '{name}'.", $"等待事件“{name}”。"),
            { Kind: "task" } => new($"Waits until the task '{wait.Step.En}' is done.", $"等待任务“{wait.Step.Zh}”完成。"),
            { Kind: "runtask", Key: var name } => new($"Waits for the task '{name}'.", $"等待任务“{name}”完成。"),
            { Kind: "http", Key: var path } => new($"Waits for a call of {path}.", $"等待对 {path} 的调用。"),
            { DueAt: { } due } => new(
                $"Waits at '{wait.Step.En}' until {wait.Moment(due).En} at the latest.",
                $"在“{wait.Step.Zh}”处等待，最迟到 {wait.Moment(due).Zh}。"
            ),
            _ => new($"Waits at '{wait.Step.En}'.", $"在“{wait.Step.Zh}”处等待。"),
        };

    private static Phrase Retry(Wait wait, DateTimeOffset due)
    {
        var again = Moments.In(due, wait.Now);
        var (error, attempts) = (wait.Execution?.Error ?? "", wait.Execution?.Attempt ?? 1);
        return new(
            $"'{wait.Step.En}' failed: {Dot(error)} {(attempts == 1 ? "1 attempt" : $"{attempts} attempts")}; will be tried again {again.En}.",
            $"“{wait.Step.Zh}”失败：{Dot(error)}已尝试 {attempts} 次，{again.Zh}重试。"
        );
    }

    /// <summary>Errors are sentences, or nearly.</summary>
    internal static string Dot(string error) => error is [.., '.' or '!' or '?' or '。'] or "" ? error : error + ".";
}
