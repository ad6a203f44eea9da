using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace CampaignFlow.Telemetry;

/// <summary>
/// All numbers as Prometheus reads them (text format 0.0.4), summed by the OpenTelemetry SDK. An exporter package for it does not restore.
/// </summary>
public sealed class PrometheusText : IDisposable
{
    private const int Patience = 5000;
    private readonly PullExporter exporter = new();
    private readonly Lock oneAtATime = new();

    public PrometheusText() =>
        Reader = new BaseExportingMetricReader(exporter) { TemporalityPreference = MetricReaderTemporalityPreference.Cumulative };

    public MetricReader Reader { get; }

    /// <exception cref="InvalidOperationException">The numbers could not be collected within five seconds.</exception>
    public string Read()
    {
        lock (oneAtATime)
        {
            return exporter.Collect?.Invoke(Patience) == true
                ? exporter.Text
                : throw new InvalidOperationException("The numbers could not be collected.");
        }
    }

    public void Dispose() => Reader.Dispose();

    [ExportModes(ExportModes.Pull)]
    private sealed class PullExporter : BaseExporter<Metric>, IPullMetricExporter
    {
        public Func<int, bool>? Collect { get; set; }
        public string Text { get; private set; } = "";

        public override ExportResult Export(in Batch<Metric> batch)
        {
            var text = new StringBuilder();
            var described = new HashSet<string>(StringComparer.Ordinal);
            foreach (var metric in batch)
            {
                var kind = KindOf(metric.MetricType);
                var name = NameOf(metric, kind);
                // Two meters may use one name; it is described once.
                if (described.Add(name))
                    text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {OneLine(metric.Description)}\n# TYPE {name} {kind}\n");
                foreach (ref readonly var point in metric.GetMetricPoints())
                    Write(text, name, metric.MetricType, point);
            }
            Text = text.ToString();
            return ExportResult.Success;
        }

        private static void Write(StringBuilder text, string name, MetricType type, MetricPoint point)
        {
            var labels = LabelsOf(point.Tags);
            if (type is not (MetricType.Histogram or MetricType.ExponentialHistogram))
            {
                Line(text, name, labels, ValueOf(type, point));
                return;
            }
            if (type == MetricType.Histogram)
            {
                var upTo = 0L;
                foreach (var bucket in point.GetHistogramBuckets())
                {
                    upTo += bucket.BucketCount;
                    var bound = double.IsPositiveInfinity(bucket.ExplicitBound) ? "+Inf" : Number(bucket.ExplicitBound);
                    Line(text, name + "_bucket", [.. labels, $"le=\"{bound}\""], upTo);
                }
            }
            Line(text, name + "_sum", labels, point.GetHistogramSum());
            Line(text, name + "_count", labels, point.GetHistogramCount());
        }

        private static string KindOf(MetricType type) =>
            type switch
            {
                MetricType.Histogram => "histogram",
                MetricType.ExponentialHistogram => "summary",
                MetricType.LongSum or MetricType.DoubleSum => "counter",
                _ => "gauge",
            };

        private static double ValueOf(MetricType type, MetricPoint point) =>
            type switch
            {
                MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong(),
                MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
                MetricType.LongGauge => point.GetGaugeLastValueLong(),
                _ => point.GetGaugeLastValueDouble(),
            };

        private static string NameOf(Metric metric, string kind)
        {
            var unit = metric.Unit switch
            {
                "s" => "_seconds",
                "By" => "_bytes",
                _ => "",
            };
            return Plain(metric.Name) + unit + (kind == "counter" ? "_total" : "");
        }

        private static string Plain(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

        private static string OneLine(string? text) => (text ?? "").ReplaceLineEndings(" ");

        private static List<string> LabelsOf(ReadOnlyTagCollection tags)
        {
            var labels = new List<string>();
            foreach (var (key, value) in tags)
            {
                var said = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
                said = said.Replace("\\", "\\\\", StringComparison.Ordinal)
                    .Replace("\"", "\\\"", StringComparison.Ordinal)
                    .Replace("\n", "\\n", StringComparison.Ordinal);
                labels.Add($"{Plain(key)}=\"{said}\"");
            }
            return labels;
        }

        private static void Line(StringBuilder text, string name, IReadOnlyList<string> labels, double value)
        {
            text.Append(name);
            if (labels.Count > 0)
                text.Append('{').AppendJoin(',', labels).Append('}');
            text.Append(' ').Append(Number(value)).Append('\n');
        }

        private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);
    }
}
