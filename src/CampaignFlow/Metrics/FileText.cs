using System.Text;

namespace CampaignFlow.Metrics;

/// <summary>Bytes of an export as text: byte order mark, else strict UTF-8, else GB18030 (which contains GBK and GB2312).</summary>
internal static class FileText
{
    private static readonly Encoding StrictUtf8 = new UTF8Encoding(false, throwOnInvalidBytes: true);
    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding(
        "GB18030",
        EncoderFallback.ExceptionFallback,
        DecoderFallback.ExceptionFallback
    )!;

    /// <returns>Null text when no encoding fits.</returns>
    public static (string? Text, string Encoding) Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            return (Try(StrictUtf8, bytes[3..]), "UTF-8 BOM");
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
            return (Encoding.Unicode.GetString(bytes[2..]), "UTF-16LE");
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            return (Encoding.BigEndianUnicode.GetString(bytes[2..]), "UTF-16BE");
        if (LooksLikeUtf16(bytes))
            return (Encoding.Unicode.GetString(bytes), "UTF-16LE");
        return Try(StrictUtf8, bytes) is { } utf8 ? (utf8, "UTF-8") : (Try(Gb18030, bytes), "GB18030");
    }

    // Latin letters, digits and separators have a zero high byte; no other text encoding has zeros at all.
    private static bool LooksLikeUtf16(ReadOnlySpan<byte> bytes)
    {
        var sample = bytes[..(Math.Min(bytes.Length, 400) / 2 * 2)];
        var zeros = 0;
        for (var i = 1; i < sample.Length; i += 2)
            zeros += sample[i] == 0 ? 1 : 0;
        return sample.Length >= 8 && zeros > sample.Length / 8;
    }

    private static string? Try(Encoding encoding, ReadOnlySpan<byte> bytes)
    {
        try
        {
            return encoding.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
