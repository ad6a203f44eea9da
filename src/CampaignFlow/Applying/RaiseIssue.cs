using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Applying;

/// <summary>Gives a person what a platform did not do: once for each instruction and kind of trouble.</summary>
public sealed class RaiseIssue(CampaignFlowDb db, TimeProvider clock)
{
    public async Task HandleAsync(
        Instruction instruction,
        string trouble,
        Func<string, Phrase> title,
        Phrase why,
        CancellationToken cancellationToken
    )
    {
        var key = Key(instruction, trouble);
        if (await db.WorkTasks.AnyAsync(t => t.Key == key, cancellationToken))
            return;
        var campaign = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == instruction.CampaignId, cancellationToken);
        var name = (await db.ChannelNamesAsync(campaign.Id, cancellationToken)).GetValueOrDefault(instruction.Channel, instruction.Channel);
        var now = clock.GetUtcNow();
        var amount = campaign.Money(instruction.AmountMinor);
        var said = title(name);
        var task = new WorkTask
        {
            CampaignId = campaign.Id,
            Key = key,
            TitleEn = said.En,
            TitleZh = said.Zh,
            WhyEn =
                $"{why.En} The ledger gives {name} {amount} a day since {instruction.Day:yyyy-MM-dd}. Set it in the platform, or undo the shift.",
            WhyZh = $"{why.Zh}账本自 {instruction.Day:yyyy-MM-dd} 起给 {name} 的日预算为 {amount}。请在平台修改，或撤销该调整。",
            Role = Roles.Operator,
            CreatedAt = now,
            DueAt = now.AddDays(1),
        };
        db.WorkTasks.Add(task);
        db.Publish($"task-opened:{task.Key}", new TaskOpened(task.Id), now);
        db.Note(campaign.Id, now, "platform", new($"{said.En}: {why.En}", $"{said.Zh}：{why.Zh}"));
    }

    /// <summary>The trouble is over by itself.</summary>
    public async Task WithdrawAsync(Instruction instruction, string trouble, CancellationToken cancellationToken)
    {
        var key = Key(instruction, trouble);
        if (await db.WorkTasks.SingleOrDefaultAsync(t => t.Key == key && t.DoneAt == null, cancellationToken) is { } task)
            task.WithdrawnAt ??= clock.GetUtcNow();
    }

    private static string Key(Instruction instruction, string trouble) => $"platform:{trouble}:{instruction.Id}";
}
