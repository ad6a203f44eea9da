using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows.Http;

/// <summary>Requests of workflows against a real server on this machine, which a setting allows.</summary>
public sealed class SendHttpRequestTests
{
    private static string Request(string url, string method = "GET", string more = "") =>
        $$"""
            "type":"Elsa.FlowSendHttpRequest","url":"{{url}}","method":"{{method}}"{{more}}
            """;

    private static async Task<(Bench Bench, Shop Shop)> OpenAsync(
        bool allowed = true,
        DatabaseKind kind = DatabaseKind.Sqlite,
        Dictionary<string, string?>? secrets = null
    )
    {
        var shop = await Shop.OpenAsync();
        var bench = await CreateAsync(
            kind,
            services =>
                services
                    .AddSingleton(
                        new OutboundOptions
                        {
                            AllowedHosts = allowed ? new HashSet<string> { new Uri(shop.Url).Authority } : new HashSet<string>(),
                            Timeout = TimeSpan.FromSeconds(1),
                            LargestAnswer = 1_000,
                        }
                    )
                    .AddSingleton(new NamedSecrets(new ConfigurationBuilder().AddInMemoryCollection(secrets ?? []).Build()))
        );
        return (bench, shop);
    }

    // Effects, with the time that their retries wait.
    private static async Task<RunState> RunAsync(Bench bench, string activity)
    {
        await bench.PublishAsync("asks", Sequence(activity));
        var run = await bench.StartAsync("asks");
        for (var round = 0; round < 6 && await bench.DrainAsync() + await DispatchAsync(bench) > 0; round++)
            bench.Clock.Advance(TimeSpan.FromMinutes(1));
        return System.Text.Json.JsonSerializer.Deserialize<RunState>((await bench.RunAsync(run)).State, RunJson.Options)!;
    }

    private static Task<int> DispatchAsync(Bench bench) =>
        bench.Store.Services.GetRequiredService<OutboxDispatcher>().DispatchDueAsync(CancellationToken.None);

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_request_goes_out_once_and_its_answer_comes_back_to_the_run(DatabaseKind kind)
    {
        var (bench, shop) = await OpenAsync(kind: kind);
        await using var _ = bench;
        await using var __ = shop;

        var state = await RunAsync(
            bench,
            Request(
                $"{shop.Url}/orders",
                "POST",
                ""","content":{"typeName":"Object","expression":{"type":"Object","value":"{\"id\":7}"} },"authorization":"Bearer t" """
            )
        );

        Assert.Equal(RunStatus.Finished, state.Status);
        Assert.Equal("""{"got":7}""", state.Outputs["a1"]["ParsedContent"]!.ToJsonString());
        Assert.Equal("201", state.Outputs["a1"]["StatusCode"]!.ToString());
        Assert.Equal("yes", state.Outputs["a1"]["ResponseHeaders"]!["X-Shop"]!.ToString());
        var sent = Assert.Single(shop.Seen);
        Assert.Contains("Bearer t", sent, StringComparison.Ordinal);
        Assert.Contains("http:", sent, StringComparison.Ordinal); // the key that makes it one request
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Nothing_that_is_stored_or_shown_of_a_request_tells_its_secrets(DatabaseKind kind)
    {
        var (bench, shop) = await OpenAsync(kind: kind);
        await using var _ = bench;
        await using var __ = shop;

        await RunAsync(
            bench,
            Request(
                $"{shop.Url}/orders?api_key=k-hush77",
                "POST",
                ""","authorization":"Bearer t-hush77","requestHeaders":{"typeName":"Object","expression":{"type":"Object","value":"{\"X-Shop\":\"h-hush77\"}"} } """
            )
        );

        Assert.Contains("Bearer t-hush77", Assert.Single(shop.Seen), StringComparison.Ordinal);
        var stored = await bench.AskAsync(db => db.Outbox.Select(m => m.Payload + m.Error).ToListAsync());
        stored.AddRange(await bench.AskAsync(db => db.RunJournal.Select(j => j.Text + j.Data).ToListAsync()));
        stored.AddRange(await bench.AskAsync(db => db.Runs.Select(r => r.State).ToListAsync()));
        Assert.All(stored, text => Assert.DoesNotContain("-hush77", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("shop", RunStatus.Finished)]
    [InlineData("nobody", RunStatus.Faulted)]
    public async Task A_definition_names_a_secret_of_the_settings_and_never_holds_it(string name, RunStatus status)
    {
        var (bench, shop) = await OpenAsync(secrets: new() { ["Secrets:shop"] = "s-77" });
        await using var _ = bench;
        await using var __ = shop;

        var state = await RunAsync(
            bench,
            Request(
                $"{shop.Url}/orders",
                "POST",
                ""","authorization":"Bearer {{secret:NAME}}" """.Replace("NAME", name, StringComparison.Ordinal)
            )
        );

        Assert.Equal(status, state.Status);
        if (status == RunStatus.Finished)
            Assert.Contains("Bearer s-77", Assert.Single(shop.Seen), StringComparison.Ordinal);
        else
            Assert.Equal("This server has no secret 'nobody': set Secrets__nobody and try again.", state.Error);
    }

    [Theory]
    [InlineData("/busy", "503", 3)] // tried again, then taken as it is
    [InlineData("/slow", "Timeout", 3)]
    [InlineData("/large", "larger than 1000 bytes", 1)]
    [InlineData("/round", "redirects more than", 1)]
    public async Task What_goes_wrong_ends_in_an_answer_too(string path, string expected, int requests)
    {
        var (bench, shop) = await OpenAsync();
        await using var _ = bench;
        await using var __ = shop;

        var state = await RunAsync(bench, Request(shop.Url + path));

        Assert.Equal(RunStatus.Finished, state.Status);
        var said = string.Join(' ', state.Outputs["a1"].Values.Select(v => v?.ToJsonString()));
        Assert.Contains(expected == "Timeout" ? "No answer within" : expected, said, StringComparison.Ordinal);
        if (path != "/round")
            Assert.Equal(requests, shop.Seen.Count);
    }

    [Fact]
    public async Task An_order_that_timed_out_is_not_sent_again()
    {
        var (bench, shop) = await OpenAsync();
        await using var _ = bench;
        await using var __ = shop;

        await RunAsync(bench, Request($"{shop.Url}/slow", "POST"));

        Assert.Single(shop.Seen);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/x", "lies inside this network")]
    [InlineData("http://169.254.169.254/latest/meta-data", "lies inside this network")]
    [InlineData("http://[::1]/x", "lies inside this network")]
    [InlineData("http://localhost:1/x", "lies inside this network")] // a name: seen when the connection is made
    [InlineData("http://2130706433/", "lies inside this network")] // 127.0.0.1 as one number
    [InlineData("file:///etc/passwd", "is not an address that can be called")]
    [InlineData("gopher://example.com/", "is not an address that can be called")]
    [InlineData("http://user:secret@example.com/", "password in the address")]
    public async Task An_address_inside_the_house_is_refused_in_a_sentence(string url, string expected)
    {
        var (bench, shop) = await OpenAsync(allowed: false);
        await using var _ = bench;
        await using var __ = shop;

        var state = await RunAsync(bench, Request(url));

        Assert.Equal(RunStatus.Faulted, state.Status);
        Assert.Contains(expected, state.Error, StringComparison.Ordinal);
        Assert.Empty(shop.Seen);
    }

    [Fact]
    public async Task A_redirect_into_the_house_is_refused_like_the_address_itself()
    {
        var (bench, shop) = await OpenAsync();
        await using var _ = bench;
        await using var __ = shop;

        var state = await RunAsync(bench, Request($"{shop.Url}/inside"));

        Assert.Equal(RunStatus.Faulted, state.Status);
        Assert.Contains("'169.254.169.254' lies inside this network", state.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_not_left_when_the_run_is_cancelled_stays_here()
    {
        var (bench, shop) = await OpenAsync();
        await using var _ = bench;
        await using var __ = shop;
        await bench.PublishAsync("asks", Sequence(Request($"{shop.Url}/orders")));
        var run = await bench.StartAsync("asks");
        await bench.DrainAsync();

        await bench.Store.InScopeAsync(
            (_, services) => services.GetRequiredService<CampaignFlow.Workflows.CancelRun>().HandleAsync(run, "no", CancellationToken.None)
        );
        await bench.DrainAsync();
        await DispatchAsync(bench);

        Assert.Empty(shop.Seen);
        Assert.Equal(0, await bench.AskAsync(db => db.Outbox.CountAsync(m => m.Key.StartsWith("http:"))));
    }

    private sealed class Shop : IAsyncDisposable
    {
        private readonly WebApplication app;

        private Shop(WebApplication app) => this.app = app;

        public System.Collections.Concurrent.ConcurrentQueue<string> Seen { get; } = [];
        public string Url => app.Urls.First();

        public static async Task<Shop> OpenAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            var web = builder.Build();
            web.Urls.Add("http://127.0.0.1:0");
            var shop = new Shop(web);
            web.Use(
                (http, next) =>
                {
                    shop.Seen.Enqueue(
                        $"{http.Request.Method} {http.Request.Path} {http.Request.Headers.Authorization} {http.Request.Headers["Idempotency-Key"]}"
                    );
                    return next(http);
                }
            );
            web.MapPost(
                "/orders",
                async (HttpContext http) =>
                {
                    var order = await http.Request.ReadFromJsonAsync<Dictionary<string, int>>();
                    http.Response.Headers["X-Shop"] = "yes";
                    return Results.Json(new { got = order!["id"] }, statusCode: 201);
                }
            );
            web.MapGet("/busy", () => Results.StatusCode(503));
            web.Map("/slow", (HttpContext http) => Task.Delay(TimeSpan.FromSeconds(20), http.RequestAborted));
            web.MapGet("/large", () => new string('x', 5_000));
            web.MapGet("/round", () => Results.Redirect("/round"));
            web.MapGet("/inside", () => Results.Redirect("http://169.254.169.254/latest/meta-data"));
            await web.StartAsync();
            return shop;
        }

        public async ValueTask DisposeAsync()
        {
            await app.StopAsync(new CancellationToken(canceled: true));
            await app.DisposeAsync();
        }
    }
}
