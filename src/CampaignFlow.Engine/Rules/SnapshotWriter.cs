using System.Text.Json;
using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>A snapshot as canonical JSON: channels by code, days by date, names by letter.</summary>
internal static class SnapshotWriter
{
    public static void Write(Utf8JsonWriter writer, Snapshot snapshot)
    {
        writer.WriteStartObject();
        writer.WriteString("campaign", snapshot.Campaign);
        Text(writer, "owner", snapshot.Owner);
        writer.WriteString("currency", snapshot.Currency);
        writer.WriteString("knownAt", RecordWriter.Instant(snapshot.Now));
        writer.WriteString("today", RecordWriter.Day(snapshot.Today));
        writer.WriteString("start", RecordWriter.Day(snapshot.FlightStart));
        writer.WriteString("end", RecordWriter.Day(snapshot.FlightEnd));
        Number(writer, "budget", snapshot.FlightBudgetMinor);
        Number(writer, "reserve", snapshot.ReserveMinor);
        writer.WriteBoolean("held", snapshot.BudgetsHeld);
        Named(writer, "goals", snapshot.Goals);
        if (snapshot.Limits.Count > 0)
        {
            writer.WriteStartObject("limits");
            foreach (var (rule, limits) in snapshot.Limits.OrderBy(l => l.Key, StringComparer.Ordinal))
            {
                writer.WritePropertyName(rule);
                limits.Write(writer);
            }
            writer.WriteEndObject();
        }
        if (snapshot.Curve is { } curve)
        {
            writer.WriteStartObject("curve");
            writer.WriteString("en", curve.Source.En);
            writer.WriteString("zh", curve.Source.Zh);
            writer.WriteStartArray("shares");
            foreach (var share in curve.Shares)
                writer.WriteNumberValue(share);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteStartArray("promotions");
        foreach (var promotion in snapshot.Promotions)
        {
            writer.WriteStartObject();
            writer.WriteString("name", promotion.Name);
            writer.WriteString("first", RecordWriter.Day(promotion.First));
            writer.WriteString("last", RecordWriter.Day(promotion.Last));
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("changes");
        foreach (var change in snapshot.Changes)
            Write(writer, change);
        writer.WriteEndArray();
        Days(writer, snapshot.Days);
        writer.WriteStartArray("channels");
        foreach (var channel in snapshot.Channels.OrderBy(c => c.Code, StringComparer.Ordinal))
            Write(writer, channel);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>Metrics that are not in the standard book: without them the rules could not be read.</summary>
    public static void Metrics(Utf8JsonWriter writer, IReadOnlyList<Term> metrics)
    {
        writer.WriteStartArray("metrics");
        foreach (var term in metrics.OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            writer.WriteStartObject();
            writer.WriteString("name", term.Name);
            writer.WriteString("unit", term.Unit.ToString());
            writer.WriteString("en", term.Label.En);
            writer.WriteString("zh", term.Label.Zh);
            writer.WriteString("better", term.Better.ToString());
            writer.WriteString("over", term.Over.ToString());
            writer.WriteBoolean("additive", term.Additive);
            writer.WriteBoolean("percent", term.Percent);
            if (term.Parts is { } parts)
            {
                writer.WriteString("above", parts.Above);
                writer.WriteString("below", parts.Below);
                writer.WriteNumber("factor", parts.Factor);
                Text(writer, "less", parts.Less);
            }
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, BudgetChange change)
    {
        writer.WriteStartObject();
        writer.WriteString("rule", change.Rule);
        Text(writer, "from", change.From);
        Text(writer, "to", change.To);
        writer.WriteNumber("amount", change.AmountMinor);
        writer.WriteString("day", RecordWriter.Day(change.Date));
        writer.WriteBoolean("waiting", change.Waiting);
        writer.WriteBoolean("reverted", change.Reverted);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, ChannelState channel)
    {
        writer.WriteStartObject();
        writer.WriteString("code", channel.Code);
        writer.WriteString("name", channel.Name);
        Text(writer, "source", channel.Source);
        writer.WriteNumber("budget", channel.BudgetMinor);
        writer.WriteNumber("floor", channel.FloorMinor);
        writer.WriteNumber("ceiling", channel.CeilingMinor);
        writer.WriteBoolean("shiftable", channel.Shiftable);
        writer.WriteBoolean("active", channel.Active);
        writer.WriteBoolean("learning", channel.Learning);
        Named(writer, "goals", channel.Goals);
        Days(writer, channel.Days);
        writer.WriteEndObject();
    }

    private static void Days(Utf8JsonWriter writer, IReadOnlyList<DayFact> days)
    {
        writer.WriteStartArray("days");
        foreach (var day in days.OrderBy(d => d.Date))
        {
            writer.WriteStartObject();
            writer.WriteString("day", RecordWriter.Day(day.Date));
            if (day.KnownAt is { } at)
                writer.WriteString("knownAt", RecordWriter.Instant(at));
            Number(writer, "spend", day.SpendMinor);
            Number(writer, "revenue", day.RevenueMinor);
            Number(writer, "impressions", day.Impressions);
            Number(writer, "clicks", day.Clicks);
            Number(writer, "conversions", day.Conversions);
            Number(writer, "leads", day.Leads);
            if (day.More is { Count: > 0 } more)
                Named(writer, "more", more);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void Named(Utf8JsonWriter writer, string name, IReadOnlyDictionary<string, double> values)
    {
        writer.WriteStartObject(name);
        foreach (var (key, value) in values.OrderBy(v => v.Key, StringComparer.Ordinal))
            Number(writer, key, value);
        writer.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null)
            writer.WriteString(name, text);
    }

    private static void Number(Utf8JsonWriter writer, string name, long? number)
    {
        if (number is { } known)
            writer.WriteNumber(name, known);
    }

    /// <summary>JSON has no word for what is not a number; a report of it is kept as text.</summary>
    private static void Number(Utf8JsonWriter writer, string name, double? number)
    {
        if (number is { } known && double.IsFinite(known))
            writer.WriteNumber(name, known);
        else if (number is { } odd)
            writer.WriteString(name, odd.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
