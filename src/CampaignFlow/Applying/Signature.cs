using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace CampaignFlow.Applying;

/// <summary>
/// What a receiver checks: HMAC-SHA-256 under the shared secret over "timestamp.body", in hex after <c>v1=</c>. The timestamp (seconds
/// since 1970) is signed with it, so that an old request cannot be sent again unnoticed.
/// </summary>
public static class Signature
{
    public const string Header = "X-CampaignFlow-Signature";
    public const string TimestampHeader = "X-CampaignFlow-Timestamp";

    public static string Of(ReadOnlySpan<byte> secret, long timestamp, string body) =>
        "v1="
        + Convert.ToHexStringLower(
            HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{timestamp}.{body}")))
        );
}
