using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Rules;

/// <summary>All that one evaluation was decided on, so that it can be repeated here or on another database.</summary>
public sealed class EvaluationRecord
{
    /// <summary>Its decisions carry the same key.</summary>
    public required string Evaluation { get; init; }

    public required Guid CampaignId { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>A <see cref="RuleRecord"/> as canonical JSON, Brotli.</summary>
    public required byte[] Body { get; init; }

    /// <summary>SHA-256 of what the rules said then, hex: a repetition must say the same bytes.</summary>
    public required string VerdictsHash { get; init; }

    public static EvaluationRecord Of(Evaluation evaluation, RuleRecord record, string verdicts, DateTimeOffset at) =>
        new()
        {
            Evaluation = evaluation.Key,
            CampaignId = evaluation.Campaign.Id,
            At = at,
            Body = Pack(record.ToJson()),
            VerdictsHash = HashOf(verdicts),
        };

    public string Json()
    {
        using var unpacked = new BrotliStream(new MemoryStream(Body), CompressionMode.Decompress);
        using var reader = new StreamReader(unpacked, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    public static string HashOf(string verdicts) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(verdicts)));

    private static byte[] Pack(string json)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest))
            brotli.Write(Encoding.UTF8.GetBytes(json));
        return packed.ToArray();
    }
}
