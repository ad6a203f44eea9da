using System.Security.Cryptography;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;

namespace CampaignFlow.Metrics;

/// <summary>How to read an export; only the currency is always needed.</summary>
public sealed record MetricsFileOptions
{
    /// <summary>ISO 4217; the campaign's. A file in another currency is refused, never converted.</summary>
    public required string Currency { get; init; }

    /// <summary>All rows belong to this channel: for exports of one platform, whose plans are then added up.</summary>
    public string? Channel { get; init; }

    /// <summary>For exports without a date column whose name does not tell the day either.</summary>
    public DateOnly? Day { get; init; }

    /// <summary>For files whose dates read both ways.</summary>
    public DateOrder? DateOrder { get; init; }

    /// <summary>Helps to tell 1/2 from 2/1; rows outside are read all the same.</summary>
    public DateOnly? FlightStart { get; init; }

    public DateOnly? FlightEnd { get; init; }

    public MetricColumns Columns { get; init; } = MetricColumns.Default;
    public int LargestBytes { get; init; } = 20 * 1024 * 1024;
    public int MostRows { get; init; } = 200_000;
}

/// <summary>One channel's day as a file or another source tells it.</summary>
/// <param name="Channel">As the source spells it, trimmed.</param>
public sealed record MetricRow(string Channel, DayFact Numbers)
{
    /// <summary>search, social, …, when the source says so.</summary>
    public string? Kind { get; init; }

    /// <summary>The daily budget that the platform names; null when it names none, or several.</summary>
    public long? BudgetMinor { get; init; }

    /// <summary>First line in the file, from 1; 0 when the row comes from elsewhere.</summary>
    public int Line { get; init; }
}

/// <summary>Rows that are not data, by reason.</summary>
public sealed record DroppedRows(int Preamble, int Blank, int Comments, int RepeatedHeaders, int Totals, int NoNumbers, int Duplicates);

/// <summary>One number of a totals row against the sum of what was read.</summary>
/// <param name="Label">What the row calls itself: 总计, <c>Total: Account</c>.</param>
/// <param name="InFile">Money in minor units.</param>
public sealed record TotalsCheck(int Line, string Label, MetricField Field, decimal InFile, decimal Imported)
{
    public decimal Difference => Imported - InFile;
    public bool Agrees => Math.Abs(Difference) < 0.005m;
}

/// <summary>What a file says, and what in it cannot be taken. Reading touches nothing but the bytes.</summary>
public sealed record MetricsFile(string Name, string Hash, string Encoding, string Delimiter)
{
    /// <summary>False: not one row can be taken, <see cref="Problems"/> says why.</summary>
    public bool Recognised { get; init; }

    public IReadOnlyList<RecognisedColumn> Columns { get; init; } = [];

    /// <summary>One per channel and day, in the order of the file.</summary>
    public IReadOnlyList<MetricRow> Rows { get; init; } = [];

    /// <summary>What was not taken and why; at most <see cref="MostProblems"/>.</summary>
    public IReadOnlyList<Problem> Problems { get; init; } = [];

    /// <summary>What was taken but deserves a look.</summary>
    public IReadOnlyList<Problem> Notices { get; init; } = [];

    public IReadOnlyList<TotalsCheck> Totals { get; init; } = [];
    public DroppedRows Dropped { get; init; } = new(0, 0, 0, 0, 0, 0, 0);

    /// <summary>Data rows seen, rejected ones included.</summary>
    public int RowsRead { get; init; }

    public int RowsRejected { get; init; }

    public const int MostProblems = 500;

    public static MetricsFile Read(Stream stream, string fileName, MetricsFileOptions options)
    {
        // One byte over the limit is enough to know that it is too large.
        var bytes = new byte[options.LargestBytes + 1L > int.MaxValue ? int.MaxValue : options.LargestBytes + 1];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return Read(bytes.AsSpan(0, length), fileName, options);
    }

    public static MetricsFile Read(ReadOnlySpan<byte> bytes, string fileName, MetricsFileOptions options)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (bytes.Length > options.LargestBytes)
            return Refused(hash, "?", fileName, FileWords.TooLarge(options.LargestBytes));
        if (bytes.StartsWith("PK\u0003\u0004"u8) || bytes.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0]))
            return Refused(hash, "?", fileName, FileWords.Workbook);
        var (text, encoding) = FileText.Decode(bytes);
        if (text is null)
            return Refused(hash, encoding, fileName, FileWords.UnknownEncoding);
        return string.IsNullOrWhiteSpace(text)
            ? Refused(hash, encoding, fileName, FileWords.Empty)
            : new MetricsReading(fileName, hash, encoding, text, options).Read();
    }

    private static MetricsFile Refused(string hash, string encoding, string fileName, Phrase why) =>
        new(fileName, hash, encoding, "") { Problems = [new(fileName, 0, 0, why)] };
}
