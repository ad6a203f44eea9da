using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace CampaignFlow.Storage;

/// <summary>
/// What the product tells about its own work: spans and numbers under one name. Whoever listens (the telemetry slice, a profiler) hears
/// them; when nobody does, each costs a null check. Labels name kinds (an activity's type, a fact's type), never a run or a person.
/// </summary>
public static class Instruments
{
    public const string Name = "CampaignFlow";

    public static readonly ActivitySource Spans = new(Name);
    private static readonly Meter Meter = new(Name);

    /// <summary>Runs, activities and rules take milliseconds, deliveries up to half a minute.</summary>
    private static readonly InstrumentAdvice<double> Buckets = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    };

    private static readonly Histogram<double> Durations = Meter.CreateHistogram(
        "campaignflow.work.duration",
        "s",
        "How long a piece of work took, by kind of work, name and outcome",
        null,
        Buckets
    );

    public static readonly Counter<long> Commits = Meter.CreateCounter<long>(
        "campaignflow.commits",
        null,
        "Committed transactions by kind"
    );
    public static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "campaignflow.retries",
        null,
        "Work that failed and will be tried again, by kind"
    );
    public static readonly Counter<long> Incidents = Meter.CreateCounter<long>(
        "campaignflow.incidents",
        null,
        "Runs that stopped and wait for a person"
    );
    public static readonly Counter<long> Takeovers = Meter.CreateCounter<long>(
        "campaignflow.lease.takeovers",
        null,
        "Leases of ended processes that were given back"
    );
    public static readonly Counter<long> Effects = Meter.CreateCounter<long>(
        "campaignflow.effects",
        null,
        "Effects outside the database by outcome: delivered, failed, given-up"
    );
    public static readonly Counter<long> Swept = Meter.CreateCounter<long>(
        "campaignflow.sweep.rows",
        null,
        "Rows that retention took out of the database, by table"
    );

    /// <summary>Begins a piece of work: a span while somebody records one, and a duration.</summary>
    /// <param name="kind">burst, activity, delivery, rules, sweep.</param>
    /// <param name="name">Of a closed set: a type's name, never an id.</param>
    public static Work Begin(string kind, string name = "") => new(kind, name);

    public static KeyValuePair<string, object?> By(string label, string value) => new(label, value);

    /// <summary>A piece of work under way; disposing ends it.</summary>
    public sealed class Work : IDisposable
    {
        private readonly long began = Stopwatch.GetTimestamp();
        private readonly Activity? span;
        private readonly string kind;
        private readonly string name;

        internal Work(string kind, string name)
        {
            (this.kind, this.name) = (kind, name);
            span = Spans.StartActivity(name.Length == 0 ? kind : $"{kind} {name}");
        }

        /// <summary>ok unless somebody says otherwise: idle, stale, failed …</summary>
        public string Outcome { get; set; } = "ok";

        /// <summary>Trace and span as <c>TRACE-SPAN</c> in lower-case hex; null while nobody records.</summary>
        public string? Trace => span is { Recorded: true } ? $"{span.TraceId}-{span.SpanId}" : null;

        /// <summary>For what must not become a label: ids.</summary>
        public Work Tag(string key, object? value)
        {
            span?.SetTag(key, value);
            return this;
        }

        public void Fail(Exception e)
        {
            Outcome = "failed";
            span?.SetStatus(ActivityStatusCode.Error, (e.InnerException ?? e).GetType().Name);
        }

        public void Dispose()
        {
            Durations.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, By("kind", kind), By("name", name), By("outcome", Outcome));
            span?.Dispose();
        }
    }
}
