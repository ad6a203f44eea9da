using System.Text.Json.Serialization;

namespace CampaignFlow.Shell;

/// <summary>How a chart's numbers are written; the values are in whole units (yuan, not fen), ratios and shares as they are.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ChartUnit>))]
public enum ChartUnit
{
    Count,
    Money,

    /// <summary>0.027 is 2.7%.</summary>
    Share,
    Ratio,
}

/// <summary>One line or one colour of bars; null is a gap.</summary>
public sealed record ChartSeries(string Name, IReadOnlyList<double?> Values)
{
    /// <summary>Thin and dashed: what was planned, last year.</summary>
    public bool Reference { get; init; }
}

/// <summary>Between which values a forecast lies, for each day; null where there is none.</summary>
public sealed record ChartBand(string Name, IReadOnlyList<double?> Low, IReadOnlyList<double?> High);

/// <summary>Days that are unlike others, shaded with their name.</summary>
/// <param name="From">Index of the first day or name, counted from 0.</param>
/// <param name="To">Index of the last one.</param>
public sealed record ChartSpan(string Name, int From, int To);

/// <summary>What went from one channel to another.</summary>
public sealed record ChartFlow(string From, string To, double Value);

/// <summary>What a chart shows; how it is drawn stands in <c>charts.js</c>, the same for all pages.</summary>
public abstract record ChartSpec(string Title)
{
    public ChartUnit Unit { get; init; }

    /// <summary>ISO 4217, for <see cref="ChartUnit.Money"/>.</summary>
    public string? Currency { get; init; }

    /// <summary>Of lines and bars; null: none.</summary>
    public IReadOnlyList<ChartSpan>? Spans { get; init; }

    /// <summary>Values over days, with goal, forecast band and the days that may still change.</summary>
    public sealed record Line(string Title, IReadOnlyList<DateOnly> Days, IReadOnlyList<ChartSeries> Series) : ChartSpec(Title)
    {
        public double? Goal { get; init; }
        public string? GoalName { get; init; }
        public ChartBand? Band { get; init; }

        /// <summary>From this day on numbers are not final and stand in a light shade.</summary>
        public DateOnly? MovingFrom { get; init; }
    }

    /// <summary>Things side by side.</summary>
    public sealed record Bars(string Title, IReadOnlyList<string> Names, IReadOnlyList<ChartSeries> Series) : ChartSpec(Title)
    {
        public bool Stacked { get; init; }
    }

    /// <summary>Money that moved: from the left to the right.</summary>
    public sealed record Flow(string Title, IReadOnlyList<ChartFlow> Moves) : ChartSpec(Title);
}
