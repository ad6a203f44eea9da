using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Rules;

/// <summary>
/// All that one evaluation was decided on, so that it can be repeated here or on another database, and all that was said. Most rules
/// ask for nothing on most days: their reasons are kept here, packed, and not as rows of their own.
/// </summary>
public sealed class EvaluationRecord
{
    /// <summary>Its decisions carry the same key.</summary>
    public required string Evaluation { get; init; }

    public required Guid CampaignId { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>A <see cref="RuleRecord"/> as canonical JSON, Brotli.</summary>
    public required byte[] Body { get; init; }

    /// <summary>Every verdict as people were told it, canonical JSON, Brotli; null before they were kept here.</summary>
    public byte[]? Said { get; init; }

    /// <summary>SHA-256 of what the rules said then, hex: a repetition must say the same bytes.</summary>
    public required string VerdictsHash { get; init; }

    /// <param name="told">The verdicts as they are put before people.</param>
    public static EvaluationRecord Of(
        Evaluation evaluation,
        RuleRecord record,
        IReadOnlyList<Verdict> verdicts,
        IReadOnlyList<Verdict> told
    )
    {
        var said = RuleRecord.Utf8Of(verdicts);
        var hash = HashOf(said);
        var packed = Pack(ReferenceEquals(told, verdicts) ? said : RuleRecord.Utf8Of(told));
        return new()
        {
            Evaluation = evaluation.Key,
            CampaignId = evaluation.Campaign.Id,
            At = record.Snapshot.Now,
            Body = Pack(record.ToUtf8()),
            Said = packed,
            VerdictsHash = hash,
        };
    }

    public string Json() => Encoding.UTF8.GetString(Unpack(Body).Span);

    /// <summary>Rules that asked for nothing, with their reasons, as decisions that are in no table.</summary>
    /// <param name="campaign">Whose evaluation it was.</param>
    public IReadOnlyList<Decision> Silent(Campaign campaign) =>
        Said is null ? [] : [.. RuleRecord.SilentOf(Unpack(Said)).Select(v => Spoken.Silent(new(campaign, Evaluation), At, v))];

    public static string HashOf(string verdicts) => HashOf(Encoding.UTF8.GetBytes(verdicts));

    private static string HashOf(ReadOnlySpan<byte> verdicts) => Convert.ToHexStringLower(SHA256.HashData(verdicts));

    private static byte[] Pack(ReadOnlySpan<byte> json)
    {
        const int Fastest = 1;
        const int Window = 22;
        var most = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(json.Length));
        try
        {
            return BrotliEncoder.TryCompress(json, most, out var length, Fastest, Window)
                ? most[..length]
                : throw new InvalidOperationException($"{json.Length} bytes could not be packed.");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(most);
        }
    }

    private static ReadOnlyMemory<byte> Unpack(byte[] packed)
    {
        using var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        brotli.CopyTo(unpacked);
        return unpacked.GetBuffer().AsMemory(0, (int)unpacked.Length);
    }
}
