using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using static CampaignFlow.Metrics.MetricField;

namespace CampaignFlow.Metrics;

/// <summary>Turns one row of a recognised table into numbers, or into the reason why not.</summary>
internal sealed class RowReader(
    string file,
    IReadOnlyDictionary<MetricField, RecognisedColumn> columns,
    IReadOnlyList<RecognisedColumn> levels,
    MetricsFileOptions options,
    DateOrder order,
    DateOnly? fixedDay,
    bool decimalComma
)
{
    private const int LongestChannel = 200;
    private readonly decimal minorPerUnit = Money.MinorPerUnit(options.Currency);

    public bool HasDay(FileTable.Row row) => DayOf(row) is not null;

    public DateOnly? DayOf(FileTable.Row row) => CellDate.Read(DayText(row), order, out _);

    public string DayText(FileTable.Row row) => DayColumn is { } column ? row[column.Index] : "";

    public string ChannelOf(FileTable.Row row) => options.Channel ?? (ChannelColumn is { } column ? row[column.Index] : "");

    /// <summary>A number of a totals row, money in minor units; null when there is none.</summary>
    public decimal? Number(FileTable.Row row, MetricField field)
    {
        if (!columns.TryGetValue(field, out var column))
            return null;
        var cell = CellNumber.Read(row[column.Index], decimalComma);
        return cell.Is == CellNumber.Kind.Number ? InUnits(cell.Value, column) : null;
    }

    public Outcome Read(FileTable.Row row)
    {
        try
        {
            var time = "";
            var day = fixedDay ?? TheDay(row, out time);
            if (columns.TryGetValue(Currency, out var currency) && Foreign(row[currency.Index]))
                throw Refuse(
                    row,
                    currency,
                    FileWords.Expected(row[currency.Index], currency.Header, FileWords.ACurrency(options.Currency))
                );
            var channel = TheChannel(row);
            var numbers = new DayFact(
                day,
                Whole(row, Spend),
                Whole(row, Revenue),
                Whole(row, Impressions),
                Whole(row, Clicks),
                Fraction(row, Conversions),
                Fraction(row, Leads)
            );
            if (numbers == new DayFact(day, null, null, null, null, null, null))
                return new Outcome.Empty();
            var kind = columns.TryGetValue(Kind, out var kinds) && row[kinds.Index].Length > 0 ? row[kinds.Index] : null;
            return new Outcome.Data(
                new(channel, numbers)
                {
                    Kind = kind,
                    Line = row.Line,
                    BudgetMinor = BudgetOf(row),
                },
                LevelOf(row, time)
            );
        }
        catch (RowRefusal refusal)
        {
            return new Outcome.Refused(refusal.Why);
        }
    }

    /// <summary>What cannot be read is no budget: words such as "shared" stand there, and a row is worth more than this cell.</summary>
    private long? BudgetOf(FileTable.Row row) =>
        Number(row, Budget) is { } budget && budget is >= 0 and < 1_000_000_000_000_000
            ? (long)Math.Round(budget, MidpointRounding.AwayFromZero)
            : null;

    private RecognisedColumn? DayColumn => columns.GetValueOrDefault(Day) ?? columns.GetValueOrDefault(PeriodStart);

    private RecognisedColumn? ChannelColumn => columns.GetValueOrDefault(Channel) ?? columns.GetValueOrDefault(Plan);

    private DateOnly TheDay(FileTable.Row row, out string time)
    {
        var column = DayColumn!;
        if (CellDate.Read(row[column.Index], order, out time) is not { } day)
            throw Refuse(row, column, FileWords.Expected(row[column.Index], column.Header, FileWords.ADay));
        if (
            !columns.ContainsKey(Day)
            && columns.TryGetValue(PeriodEnd, out var end)
            && CellDate.Read(row[end.Index], order, out _) is { } last
            && last != day
        )
            throw Refuse(row, end, FileWords.Period(day, last));
        return day;
    }

    private string TheChannel(FileTable.Row row)
    {
        var channel = ChannelOf(row).Trim();
        if (
            ChannelColumn is { } column
            && (channel.Length is 0 or > LongestChannel || CellNumber.Read(channel, false).Is == CellNumber.Kind.Missing)
        )
            throw Refuse(row, column, FileWords.Expected(channel, column.Header, FileWords.AChannel));
        return channel;
    }

    // Whatever stands beside the channel and is not the channel tells two rows of a day apart.
    private string LevelOf(FileTable.Row row, string time)
    {
        var below = levels.Select(c => row[c.Index]).Append(time);
        if (columns.TryGetValue(Plan, out var plan) && (options.Channel is not null || columns.ContainsKey(Channel)))
            below = below.Append(row[plan.Index]);
        if (options.Channel is not null && columns.TryGetValue(Channel, out var source))
            below = below.Append(row[source.Index]);
        return string.Join('\u001f', below);
    }

    private bool Foreign(string currency) =>
        currency.Length > 0
        && !string.Equals(Currencies.Named(currency.ToUpperInvariant()) ?? currency, options.Currency, StringComparison.OrdinalIgnoreCase);

    private long? Whole(FileTable.Row row, MetricField field)
    {
        if (Checked(row, field) is not { } value)
            return null;
        if (field is Spend or Revenue)
            return (long)Math.Round(value, MidpointRounding.AwayFromZero);
        return value == decimal.Truncate(value)
            ? (long)value
            : throw Refuse(
                row,
                columns[field],
                FileWords.Expected(row[columns[field].Index], columns[field].Header, FileWords.AWholeNumber)
            );
    }

    private double? Fraction(FileTable.Row row, MetricField field) => (double?)Checked(row, field);

    private decimal? Checked(FileTable.Row row, MetricField field)
    {
        if (!columns.TryGetValue(field, out var column))
            return null;
        var text = row[column.Index];
        var cell = CellNumber.Read(text, decimalComma);
        if (cell.Is == CellNumber.Kind.Missing)
            return null;
        var money = field is Spend or Revenue;
        if (cell.Is == CellNumber.Kind.Unreadable || cell.Percent)
            throw Refuse(
                row,
                column,
                FileWords.Expected(text, column.Header, money ? FileWords.AnAmount(options.Currency) : FileWords.ANumber)
            );
        if (cell.Sign is { } sign && (!money || !Currencies.CanMean(sign, options.Currency)))
            throw Refuse(
                row,
                column,
                FileWords.Expected(text, column.Header, money ? FileWords.AnAmount(options.Currency) : FileWords.ANumber)
            );
        // Refunds may outweigh a day's sales; money spent and people counted cannot be negative.
        if (cell.Value < 0 && field != Revenue)
            throw Refuse(row, column, FileWords.Expected(text, column.Header, FileWords.NotNegative));
        return InUnits(cell.Value, column);
    }

    private decimal InUnits(decimal value, RecognisedColumn column) =>
        value * column.Scale * (column.Field is Spend or Revenue or Budget ? minorPerUnit : 1);

    private RowRefusal Refuse(FileTable.Row row, RecognisedColumn column, Phrase why) => new(new(file, row.Line, column.Index + 1, why));

    /// <summary>Leaves the reading of one row; never seen outside.</summary>
    private sealed class RowRefusal(Problem why) : Exception(why.Text.En)
    {
        public Problem Why { get; } = why;
    }

    public abstract record Outcome
    {
        private Outcome() { }

        /// <param name="Level">What tells this row from others of its channel and day; empty when nothing does.</param>
        public sealed record Data(MetricRow Row, string Level) : Outcome;

        /// <summary>A channel and a day, and nothing reported.</summary>
        public sealed record Empty : Outcome;

        public sealed record Refused(Problem Why) : Outcome;
    }
}
