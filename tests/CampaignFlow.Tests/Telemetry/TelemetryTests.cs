using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using CampaignFlow.Storage;
using CampaignFlow.Telemetry;
using CampaignFlow.Tests.Support;
using CampaignFlow.Tests.Workflows;
using CampaignFlow.Workflows;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace CampaignFlow.Tests.Telemetry;

public sealed partial class TelemetryTests
{
    private const string Key = "a key of the operators";

    [Fact]
    public async Task Prometheus_reads_what_the_product_does()
    {
        await using var host = new TestHost { Settings = new Dictionary<string, string> { ["Telemetry:Key"] = Key } };
        using var client = host.Visitor();
        await SettleAsync(host);
        client.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        using var answer = await client.GetAsync("/telemetry");
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        var numbers = Parse(text);
        Assert.Equal(1, numbers["campaignflow_runs{status=\"Finished\"}"]);
        Assert.Equal(0, numbers["campaignflow_runs{status=\"Faulted\"}"]);
        Assert.Equal(1, numbers["campaignflow_inbox_early"]);
        Assert.Equal(0, numbers["campaignflow_inbox_backlog"]);
        Assert.Equal(0, numbers["campaignflow_timers_lag_seconds"]);
        Assert.Equal(1, numbers["campaignflow_outbox_dead{lane=\"Effects\"}"]);
        Assert.InRange(numbers["campaignflow_commits_total{kind=\"burst\"}"], 1, double.MaxValue);
        Assert.InRange(numbers["campaignflow_work_duration_seconds_count{kind=\"burst\",name=\"\",outcome=\"ok\"}"], 1, double.MaxValue);
        Assert.Contains(numbers.Keys, k => k.StartsWith("http_server_active_requests{", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("Bearer another key of somebody", HttpStatusCode.Unauthorized)]
    [InlineData(Key, HttpStatusCode.Unauthorized)] // without the word
    [InlineData("Bearer " + Key, HttpStatusCode.OK)]
    public async Task With_a_key_only_the_key_opens_it(string? said, HttpStatusCode expected)
    {
        await using var host = new TestHost { Settings = new Dictionary<string, string> { ["Telemetry:Key"] = Key } };
        using var client = host.Visitor();
        if (said is not null)
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", said);
        using var answer = await client.GetAsync("/telemetry");
        Assert.Equal(expected, answer.StatusCode);
        Assert.DoesNotContain(Key, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_key_only_this_machine_reads_it_and_nobody_through_a_proxy()
    {
        await using var host = new TestHost();
        host.UseKestrel(0);
        host.StartServer();
        using var client = host.CreateClient();
        Assert.Contains("campaignflow_runs", await client.GetStringAsync("/telemetry"), StringComparison.Ordinal);
        client.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.9");
        using var passed = await client.GetAsync("/telemetry");
        Assert.Equal(HttpStatusCode.Forbidden, passed.StatusCode);
        Assert.Contains("Telemetry__Key", await passed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_gets_spans_and_numbers_and_a_journal_line_names_its_trace()
    {
        var got = new System.Collections.Concurrent.ConcurrentDictionary<string, byte[]>();
        await using var collector = await CollectorAsync(got);
        string? trace;
        await using (
            var host = new TestHost
            {
                Settings = new Dictionary<string, string> { ["Otlp:Endpoint"] = collector.Urls.First(), ["Otlp:Protocol"] = "http" },
            }
        )
        {
            await SettleAsync(host);
            host.Services.GetRequiredService<TracerProvider>().ForceFlush();
            host.Services.GetRequiredService<MeterProvider>().ForceFlush();
            trace = await host.InScopeAsync(db => db.RunJournal.OrderBy(j => j.Seq).Select(j => j.Trace).FirstAsync());
        }

        Assert.Matches("^[0-9a-f]{32}-[0-9a-f]{16}$", trace);
        var spans = got["/v1/traces"];
        Assert.True(spans.AsSpan().IndexOf(Convert.FromHexString(trace!.Split('-')[0])) >= 0, "The trace in the journal was not sent.");
        Assert.True(spans.AsSpan().IndexOf("campaignflow"u8) >= 0);
        Assert.True(got["/v1/metrics"].AsSpan().IndexOf("campaignflow.commits"u8) >= 0);
    }

    [Theory]
    [InlineData("Otlp:Endpoint", "collector:4317")]
    [InlineData("Otlp:Protocol", "soap")]
    [InlineData("Telemetry:Key", "short")]
    public void A_setting_that_cannot_be_meant_is_refused(string setting, string value)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [setting] = value }).Build();
        Assert.Contains(
            setting,
            Assert.Throws<StartupRefusal>(() => TelemetryOptions.From(configuration)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Ready_is_who_has_a_database_the_schema_and_a_runner_that_looks()
    {
        await using var host = new TestHost();
        using var client = host.Visitor();
        Assert.Equal("Healthy", await client.GetStringAsync("/health/live"));
        var ready = await client.GetFromJsonAsync<System.Text.Json.Nodes.JsonObject>("/health/ready");
        Assert.Equal("Healthy", ready!["status"]!.ToString());
        Assert.Equal(["database", "runner", "schema"], ready["checks"]!.AsObject().Select(c => c.Key).Order(StringComparer.Ordinal));

        await host.InScopeAsync(db =>
            db.Database.ExecuteSqlRawAsync(
                "delete from \"__EFMigrationsHistory\" where \"MigrationId\" = (select max(\"MigrationId\") from \"__EFMigrationsHistory\")"
            )
        );
        using var behind = await client.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, behind.StatusCode);
        Assert.Contains("1 changes of the schema are missing", await behind.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal("Healthy", await client.GetStringAsync("/health/live"));
    }

    /// <summary>One run that ends, one signal nobody waits for and one message that was given up.</summary>
    private static async Task SettleAsync(TestHost host)
    {
        await host
            .Services.GetRequiredService<WorkflowFiles>()
            .PublishAsync("told", "Told", Bench.Sequence(Bench.Text("Elsa.WriteLine", "text", "hello")), default);
        await using (var scope = host.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<CampaignFlowDb>();
            await scope.ServiceProvider.GetRequiredService<WorkflowRuns>().StartAsync("told", "told", null, null, default);
            await db.SignalAsync("event", "nobody", null, null, "early", DateTimeOffset.UtcNow, default);
            db.Outbox.Add(
                new()
                {
                    Key = "dead",
                    Type = "none",
                    Payload = "{}",
                    Lane = OutboxLane.Effects,
                    DeadAt = DateTimeOffset.UtcNow,
                }
            );
            await db.SaveChangesAsync();
        }
        await host.Services.GetRequiredService<WorkflowRunner>().DrainAsync(default);
    }

    private static async Task<WebApplication> CollectorAsync(System.Collections.Concurrent.ConcurrentDictionary<string, byte[]> got)
    {
        var builder = WebApplication.CreateSlimBuilder();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.MapPost(
            "/{**path}",
            async (HttpRequest request) =>
            {
                using var body = new MemoryStream();
                await request.Body.CopyToAsync(body);
                got.AddOrUpdate(request.Path, body.ToArray(), (_, before) => [.. before, .. body.ToArray()]);
            }
        );
        await app.StartAsync();
        return app;
    }

    /// <summary>Reads the text format strictly: every line is a comment or a sample, every sample was described.</summary>
    private static Dictionary<string, double> Parse(string text)
    {
        var kinds = new Dictionary<string, string>(StringComparer.Ordinal);
        var numbers = new Dictionary<string, double>(StringComparer.Ordinal);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
                continue;
            if (line.Split(' ') is ["#", "TYPE", var name, var kind])
            {
                Assert.True(kinds.TryAdd(name, kind), $"{name} is described twice.");
                continue;
            }
            var sample = Sample().Match(line);
            Assert.True(sample.Success, line);
            var family = Suffix().Replace(sample.Groups["name"].Value, "");
            Assert.True(kinds.ContainsKey(sample.Groups["name"].Value) || kinds.GetValueOrDefault(family) == "histogram", line);
            var number = sample.Groups["value"].Value;
            Assert.True(numbers.TryAdd(line[..^(number.Length + 1)], double.Parse(number, CultureInfo.InvariantCulture)), $"twice: {line}");
        }
        return numbers;
    }

    [GeneratedRegex("^(?<name>[a-z_][a-z0-9_]*)(\\{([a-z_][a-z0-9_]*=\"([^\"\\\\]|\\\\.)*\",?)+\\})? (?<value>[-+0-9.E]+)$")]
    private static partial Regex Sample();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();
}
