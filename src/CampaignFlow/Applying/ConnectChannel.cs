using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Applying;

/// <summary>Says which platform a channel stands on and how far it may be off; counts for instructions from now on.</summary>
public sealed class ConnectChannel(CampaignFlowDb db, PlatformOptions platforms, TimeProvider clock)
{
    private const int LongestTarget = 200;

    /// <param name="tolerance">A part of the amount, up to a half.</param>
    public async Task<Phrase?> HandleAsync(
        Guid campaignId,
        string channel,
        Adapter adapter,
        string? platform,
        string? target,
        double tolerance,
        int confirmWithinDays,
        Person person,
        CancellationToken cancellationToken
    )
    {
        if (!Permissions.RolesThatMay(Permissions.EditCampaigns).Any(person.Roles.Contains))
            return new("Your role may not connect channels.", "您的角色不能设置渠道对接。");
        var names = await db.ChannelNamesAsync(campaignId, cancellationToken);
        if (!names.TryGetValue(channel, out var name))
            return new($"There is no channel {channel} in this campaign.", $"该活动没有渠道 {channel}。");
        if (adapter == Adapter.Webhook && platforms.Find(platform) is null)
            return new(
                $"The settings name no platform '{platform}'. Add Platforms:{platform}:Url and Secret, or choose the operation sheet.",
                $"设置中没有平台“{platform}”。请添加 Platforms:{platform}:Url 和 Secret，或选择操作单。"
            );
        if (!(tolerance is > 0 and <= 0.5) || confirmWithinDays is < 1 or > 14 || target?.Length > LongestTarget)
            return new("Tolerance is up to 50 %, days are 1 to 14.", "容差不超过 50%，天数为 1 至 14。");
        if (
            await db.ChannelConnections.SingleOrDefaultAsync(c => c.CampaignId == campaignId && c.Channel == channel, cancellationToken)
            is not { } connection
        )
        {
            connection = new()
            {
                CampaignId = campaignId,
                Channel = channel,
                Adapter = adapter,
            };
            db.ChannelConnections.Add(connection);
        }
        connection.Adapter = adapter;
        connection.Platform = adapter == Adapter.Webhook ? platform : null;
        connection.Target = string.IsNullOrWhiteSpace(target) ? null : target.Trim();
        (connection.Tolerance, connection.ConfirmWithinDays) = (tolerance, confirmWithinDays);
        var how = AdapterWords.Of(adapter);
        db.Note(
            campaignId,
            clock.GetUtcNow(),
            person.DisplayName,
            new($"{name} is told its budget by: {how.En} {connection.Platform}.", $"{name} 的预算通过{how.Zh}{connection.Platform}下达。")
        );
        await db.SaveChangesAsync(cancellationToken);
        return null;
    }
}

/// <summary>Adapters and states as people read them.</summary>
public static class AdapterWords
{
    public static Phrase Of(Adapter adapter) =>
        adapter switch
        {
            Adapter.Webhook => new("signed webhook", "签名接口"),
            Adapter.Sandbox => new("sandbox platform", "沙盒平台"),
            _ => new("operation sheet", "操作单"),
        };

    public static Phrase Of(InstructionState state) =>
        state switch
        {
            InstructionState.Open => new("to be set in the platform", "待在平台修改"),
            InstructionState.Done => new("set, waits for numbers", "已修改，待数据核对"),
            InstructionState.Confirmed => new("confirmed by numbers", "数据已确认"),
            InstructionState.Drifted => new("drift: numbers contradict", "漂移：与数据不符"),
            InstructionState.Replaced => new("replaced by a newer one", "已被新指令取代"),
            _ => new("could not be sent", "下达失败"),
        };
}
