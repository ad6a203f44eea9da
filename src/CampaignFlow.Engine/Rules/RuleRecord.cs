using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CampaignFlow.Engine.Rules.Machine;

namespace CampaignFlow.Engine.Rules;

/// <summary>
/// One evaluation so that it can be repeated anywhere: the rules' texts with their hashes, the guards they had, and every number of the
/// snapshot with the instant it became known. Canonical: the same evaluation is the same bytes, whatever the machine's culture.
/// </summary>
public sealed record RuleRecord(IReadOnlyList<Rule> Rules, Snapshot Snapshot, MetricBook Book)
{
    /// <summary>Raised when records are written otherwise; older ones stay readable.</summary>
    public const int Version = 1;

    public static RuleRecord Of(IEnumerable<Rule> rules, Snapshot snapshot, MetricBook? book = null) =>
        new([.. rules.OrderBy(r => r.Id, StringComparer.Ordinal)], snapshot, book ?? MetricBook.Standard);

    /// <summary>As it is stored.</summary>
    public string ToJson() => Encoding.UTF8.GetString(RecordWriter.Written(this, RecordWriter.Write));

    /// <summary>The same in UTF-8, good until the thread writes its next.</summary>
    public ReadOnlySpan<byte> ToUtf8() => RecordWriter.Written(this, RecordWriter.Write);

    /// <returns>The record, or why it cannot be trusted: another version, changed texts, guards that mean something else today.</returns>
    public static (RuleRecord? Record, Phrase? Refusal) Read(string json)
    {
        try
        {
            return RecordReader.Read(json);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            return (null, new($"this is not a record of a decision: {e.Message}", $"不是决策记录：{e.Message}"));
        }
    }

    /// <summary>What the rules said, in canonical bytes: a repeated evaluation must give the same.</summary>
    public string Verdicts() =>
        VerdictsOf(
            RuleEngine.Evaluate(
                Rules.Any(r => r.ForEach == ForEach.Portfolio) ? RuleNetwork.OfPortfolios(Rules) : RuleNetwork.OfCampaigns(Rules),
                Snapshot
            )
        );

    public static string VerdictsOf(IReadOnlyList<Verdict> verdicts) => Encoding.UTF8.GetString(Utf8Of(verdicts));

    /// <summary>The same in UTF-8, good until the thread writes its next.</summary>
    public static ReadOnlySpan<byte> Utf8Of(IReadOnlyList<Verdict> verdicts) => RecordWriter.Written(verdicts, VerdictWriter.Write);

    /// <summary>Of what rules said, in canonical bytes, those that asked for nothing: not fired, or unknown.</summary>
    public static IReadOnlyList<Verdict> SilentOf(ReadOnlyMemory<byte> verdicts) => VerdictReader.Silent(verdicts);
}

/// <summary>Plain JSON: properties in a fixed order, dates and instants in ISO 8601 and UTC, absent values left out.</summary>
internal static class RecordWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A thousand evaluations write two thousand texts of some ten thousand bytes: each thread keeps one place for them.</summary>
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? place;

    [ThreadStatic]
    private static Utf8JsonWriter? writer;

    /// <summary>In UTF-8, good until the thread writes its next.</summary>
    public static ReadOnlySpan<byte> Written<T>(T what, Action<Utf8JsonWriter, T> write)
    {
        place ??= new();
        writer ??= new(place, Options);
        place.ResetWrittenCount();
        writer.Reset();
        write(writer, what);
        writer.Flush();
        return place.WrittenSpan;
    }

    public static void Write(Utf8JsonWriter writer, RuleRecord record)
    {
        writer.WriteStartObject();
        writer.WriteNumber("version", RuleRecord.Version);
        writer.WriteStartArray("rules");
        foreach (var rule in record.Rules)
        {
            writer.WriteStartObject();
            writer.WriteString("id", rule.Id);
            writer.WriteString("hash", rule.Hash);
            writer.WriteString("guards", Guards(rule.Guard));
            writer.WriteString("text", rule.Text);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        if (record.Book.Added.Count > 0)
            SnapshotWriter.Metrics(writer, record.Book.Added);
        writer.WritePropertyName("snapshot");
        SnapshotWriter.Write(writer, record.Snapshot);
        writer.WriteEndObject();
    }

    /// <summary>The limits in force, said or usual: when the usual ones change, old decisions must not be repeated under new ones.</summary>
    public static string Guards(GuardSet guard) =>
        string.Join(
            "; ",
            [
                FormattableString.Invariant($"ignore {guard.IgnoreLastDays}d{(guard.IgnorePromotions ? " and promotions" : "")}"),
                FormattableString.Invariant($"certainty {guard.Certainty ?? 0:R}"),
                FormattableString.Invariant($"cooldown {guard.CooldownDays}d {(guard.CooldownPerChannel ? "channel" : "campaign")}"),
                guard.AtMost is { } most
                    ? FormattableString.Invariant($"at most {most.Changes} in {most.Days}d {(most.PerChannel ? "channel" : "campaign")}")
                    : "at most any",
                FormattableString.Invariant($"change {guard.ChangeAtMost:R}"),
                FormattableString.Invariant($"move {guard.MoveAtMost:R}"),
                $"keep {guard.KeepAtLeast?.Text ?? "0"}",
                guard.AtLeast is { } least
                    ? FormattableString.Invariant($"at least {least.Count:R} {least.Metric.Name} in {least.Days ?? 0}d")
                    : "at least any",
            ]
        );

    public static string Day(DateOnly day) => Expressions.Outlook.Text(day);

    public static string Instant(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
}
