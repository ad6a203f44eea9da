using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Workflows.Http;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Applying;

/// <summary>
/// Tells a platform what the ledger says. A server that is down or overloaded is tried again by the outbox with the same
/// <c>Idempotency-Key</c>; what it refuses, or what cannot be sent, becomes an issue for a person.
/// </summary>
public sealed class SendInstruction(
    CampaignFlowDb db,
    PlatformOptions platforms,
    Outbound outbound,
    OutboundOptions limits,
    RaiseIssue issues,
    TimeProvider clock
) : IFactHandler<InstructionIssued>
{
    /// <summary>Over about two minutes, by the outbox's pauses.</summary>
    public const int Attempts = 6;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public async Task Handle(InstructionIssued fact, CancellationToken cancellationToken)
    {
        var instruction = await db.Instructions.SingleAsync(i => i.Id == fact.InstructionId, cancellationToken);
        if (instruction.State != InstructionState.Open)
            return; // replaced meanwhile, or carried out before a crash
        if (instruction.Adapter == Adapter.Sandbox)
        {
            await ToSandboxAsync(instruction, cancellationToken);
            return;
        }
        var connection = await db
            .ChannelConnections.AsNoTracking()
            .SingleOrDefaultAsync(c => c.CampaignId == instruction.CampaignId && c.Channel == instruction.Channel, cancellationToken);
        if (platforms.Find(connection?.Platform) is not { } platform)
        {
            await FailAsync(
                instruction,
                new($"The settings name no platform '{connection?.Platform}'.", $"设置中没有平台“{connection?.Platform}”。"),
                cancellationToken
            );
            return;
        }
        var key = $"instruction:{instruction.Key}";
        var earlier = await db.Outbox.Where(m => m.Key == key).Select(m => m.Attempts).SingleOrDefaultAsync(cancellationToken);
        var (problem, again) = await PostAsync(platform, instruction, connection!, cancellationToken);
        if (problem is not { } why)
            Done(instruction, platform.Name);
        else if (again && earlier + 1 < Attempts)
            throw new HttpRequestException(why.En);
        else
            await FailAsync(instruction, why, cancellationToken);
    }

    private async Task<(Phrase? Problem, bool Again)> PostAsync(
        Platform platform,
        Instruction instruction,
        ChannelConnection connection,
        CancellationToken cancellationToken
    )
    {
        var body = await BodyAsync(instruction, connection, cancellationToken);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(limits.Timeout);
        try
        {
            var address = outbound.Check(platform.Url);
            using var answer = await outbound.SendAsync(
                address,
                // A redirect must not carry a signed order to somebody else.
                (at, asGet) =>
                    asGet || at != address
                        ? throw new OutboundRefusal($"{address.Host} redirects; an instruction goes to the address in the settings only.")
                        : Signed(platform, instruction, at, body),
                patience.Token
            );
            return answer.IsSuccessStatusCode
                ? (null, false)
                : (
                    new($"{platform.Name} answered {(int)answer.StatusCode}.", $"{platform.Name} 返回 {(int)answer.StatusCode}。"),
                    answer.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)answer.StatusCode >= 500
                );
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (
                new(
                    $"{platform.Name} did not answer within {limits.Timeout.TotalSeconds:0} s.",
                    $"{platform.Name} 在 {limits.Timeout.TotalSeconds:0} 秒内无响应。"
                ),
                true
            );
        }
        catch (Exception e) when (Refusal(e) is { } refusal)
        {
            return (Phrase.Same(refusal.Message), false);
        }
        catch (HttpRequestException e)
        {
            return (Phrase.Same($"{platform.Name}: {(e.InnerException ?? e).Message}"), true);
        }
    }

    private static OutboundRefusal? Refusal(Exception? e)
    {
        while (e is not null and not OutboundRefusal)
            e = e.InnerException;
        return (OutboundRefusal?)e;
    }

    private async Task<string> BodyAsync(Instruction instruction, ChannelConnection connection, CancellationToken cancellationToken)
    {
        var campaign = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == instruction.CampaignId, cancellationToken);
        var names = await db.ChannelNamesAsync(campaign.Id, cancellationToken);
        return JsonSerializer.Serialize(
            new
            {
                instruction.Key,
                Campaign = campaign.Code,
                instruction.Channel,
                Target = connection.Target ?? names[instruction.Channel],
                campaign.Currency,
                DailyBudget = Units(campaign, instruction.AmountMinor),
                DailyBudgetMinor = instruction.AmountMinor,
                PreviousDailyBudgetMinor = instruction.BeforeMinor,
                RestOfFlightMinor = instruction.RestMinor,
                EffectiveFrom = instruction.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            },
            Format
        );
    }

    private HttpRequestMessage Signed(Platform platform, Instruction instruction, Uri address, string body)
    {
        var timestamp = clock.GetUtcNow().ToUnixTimeSeconds();
        var message = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        message.Headers.Add(
            "Idempotency-Key",
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(instruction.Key)))
        );
        message.Headers.Add(Signature.TimestampHeader, timestamp.ToString(CultureInfo.InvariantCulture));
        message.Headers.Add(Signature.Header, Signature.Of(platform.Secret, timestamp, body));
        return message;
    }

    private async Task ToSandboxAsync(Instruction instruction, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var there = await db.SandboxBudgets.SingleOrDefaultAsync(
            b => b.CampaignId == instruction.CampaignId && b.Channel == instruction.Channel,
            cancellationToken
        );
        if (there is null)
            db.SandboxBudgets.Add(
                new()
                {
                    CampaignId = instruction.CampaignId,
                    Channel = instruction.Channel,
                    AmountMinor = instruction.AmountMinor,
                    ChangedAt = now,
                    ChangedBy = instruction.Key,
                }
            );
        else
            (there.AmountMinor, there.ChangedAt, there.ChangedBy) = (instruction.AmountMinor, now, instruction.Key);
        Done(instruction, "sandbox");
    }

    private void Done(Instruction instruction, string by)
    {
        (instruction.State, instruction.DoneAt, instruction.DoneBy) = (InstructionState.Done, clock.GetUtcNow(), by);
        instruction.Version++;
    }

    private async Task FailAsync(Instruction instruction, Phrase why, CancellationToken cancellationToken)
    {
        (instruction.State, instruction.SettledAt) = (InstructionState.Failed, clock.GetUtcNow());
        (instruction.FoundEn, instruction.FoundZh) = (why.En, why.Zh);
        instruction.Version++;
        await issues.HandleAsync(
            instruction,
            "failed",
            name => new($"Issue: {name} could not be told its budget", $"问题：无法通知 {name} 修改预算"),
            why,
            cancellationToken
        );
    }

    private static string Units(Campaign campaign, long minor) =>
        campaign.Money(minor).Units.ToString("0.####", CultureInfo.InvariantCulture);
}
