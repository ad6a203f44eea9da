using System.Globalization;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.DryRuns;

namespace CampaignFlow.Workflows;

/// <summary>How a dry run reads, on the page and on the command line.</summary>
public static class DryRunWords
{
    public static Phrase Roles(IEnumerable<string> roles) =>
        Phrase.Join(roles.Select(r => Accounts.Roles.Names.GetValueOrDefault(r, Phrase.Same(r))), ", ", "、");

    /// <summary>In the largest two units: 3 d 4 h.</summary>
    public static Phrase Length(TimeSpan span)
    {
        if (span < TimeSpan.FromMinutes(1))
            return span == TimeSpan.Zero ? new("at once", "立即") : new("under a minute", "不到一分钟");
        var parts = new (int Count, string En, string Zh)[]
        {
            (span.Days, "d", "天"),
            (span.Hours, "h", "小时"),
            (span.Minutes, "min", "分钟"),
        };
        var told = parts.Where(p => p.Count > 0).Take(2).ToList();
        return new(
            string.Join(' ', told.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Count} {p.En}"))),
            string.Join(' ', told.Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Count} {p.Zh}")))
        );
    }

    /// <summary>The whole of it in a sentence.</summary>
    public static Phrase Summary(DryRunResult result)
    {
        var steps = result.Steps.Count;
        var length =
            result.Took == TimeSpan.Zero
                ? new Phrase("at once", "立即")
                : new Phrase($"after {Length(result.Took).En}", $"历时 {Length(result.Took).Zh}后");
        var mails = result.Mails.Sum(m => m.Times);
        var tasks = result.Tasks.Count();
        return result switch
        {
            { Finished: true } => new(
                $"It ends {length.En}: {steps} steps, {tasks} tasks and decisions, {mails} mails.",
                $"{length.Zh}结束：共 {steps} 步，{tasks} 项任务与审批，{mails} 封邮件。"
            ),
            { Status: RunStatus.Faulted } => new($"It fails {length.En}, having taken {steps} steps.", $"{length.Zh}出错，共 {steps} 步。"),
            _ => new($"It is stuck {length.En}, having taken {steps} steps.", $"{length.Zh}停滞，共 {steps} 步。"),
        };
    }

    /// <summary>What one step asks, mails, waits for and notes, each a sentence.</summary>
    public static IEnumerable<Phrase> Happenings(DryStep step, Func<DateTimeOffset, Phrase> when)
    {
        if (step.Does.Task is { } task)
        {
            var (who, due) = (Roles(task.Roles), when(task.DueAt));
            yield return task.Decides
                ? new($"Decision of {who.En}, until {due.En}", $"由{who.Zh}审批，截止{due.Zh}")
                : new($"Task of {who.En}, due {due.En}", $"{who.Zh}的任务，截止{due.Zh}");
        }
        foreach (var mail in step.Does.Mails)
            yield return new($"Mail '{mail.Name.En}' to {Roles(mail.Roles).En}", $"邮件“{mail.Name.Zh}”发给{Roles(mail.Roles).Zh}");
        if (step.WaitsFor is { } waits)
            yield return new($"Waits for {waits.En}", $"等待{waits.Zh}");
        foreach (var note in step.Does.Notes)
            yield return note;
        if (step.Withdrawn)
            yield return new("Withdrawn: another branch went on", "已撤回：其他分支先行");
        if (step.Error is { } error)
            yield return Phrase.Same(error);
    }
}
