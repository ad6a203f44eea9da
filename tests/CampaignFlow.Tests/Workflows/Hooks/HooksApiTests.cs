using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Archive;
using CampaignFlow.Workflows.Hooks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Workflows.Hooks;

/// <summary>Other systems call workflows, over HTTP.</summary>
public sealed class HooksApiTests
{
    private const string Orders = """
        {"name":"orders","root":{"id":"f","type":"Elsa.Sequence","activities":[
          {"id":"h","type":"Elsa.HttpEndpoint","canStartWorkflow":true,"path":"orders/{shop}","supportedMethods":["POST"]},
          {"id":"e","type":"Elsa.HttpEndpoint","path":"orders/{shop}/paid","supportedMethods":["POST"]}] } }
        """;

    private static async Task<(TestHost Host, string Key)> OpenAsync(
        string definition = Orders,
        params (string Key, string Value)[] settings
    )
    {
        var (key, hash) = HookKeys.New();
        var host = new TestHost
        {
            Settings = new Dictionary<string, string>(settings.Select(s => KeyValuePair.Create(s.Key, s.Value)))
            {
                ["Hooks:Keys:shop"] = hash,
            },
        };
        await host.Services.GetRequiredService<WorkflowFiles>().PublishAsync("orders", "orders", definition, CancellationToken.None);
        await host.Services.GetRequiredService<Triggers>().FireAsync(CancellationToken.None);
        return (host, key);
    }

    private static HttpClient Caller(TestHost host, string key)
    {
        var client = host.Visitor();
        client.DefaultRequestHeaders.Add("X-Api-Key", key);
        return client;
    }

    private static async Task<(HttpStatusCode Status, JsonNode? Said)> PostAsync(
        HttpClient client,
        string path,
        object? body,
        string? once = null
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (once is not null)
            request.Headers.Add("Idempotency-Key", once);
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text) : null);
    }

    private static async Task<Run> RestingAsync(TestHost host, Guid run)
    {
        var runner = host.Services.GetRequiredService<WorkflowRunner>();
        for (var patience = System.Diagnostics.Stopwatch.StartNew(); patience.Elapsed < TimeSpan.FromSeconds(30); await Task.Delay(20))
        {
            await runner.DrainAsync(CancellationToken.None);
            var row = await host.InScopeAsync(db => db.Runs.AsNoTracking().SingleAsync(r => r.Id == run));
            if (row is { Ready: false, Owner: null, Status: not RunStatus.Running })
                return row;
        }
        throw new TimeoutException("The run did not come to rest.");
    }

    [Fact]
    public async Task A_request_starts_a_run_the_next_one_ends_it_and_repeats_change_nothing()
    {
        var (host, key) = await OpenAsync();
        await using var _ = host;
        using var client = Caller(host, key);

        var (status, started) = await PostAsync(client, "/hooks/Orders/Main?a=1", new { id = 7 }, "order-7");
        Assert.Equal(HttpStatusCode.Accepted, status);
        var id = started!["runId"]!.GetValue<Guid>();
        var run = await RestingAsync(host, id);
        var outputs = JsonNode.Parse(run.State)!["outputs"]!["h"]!;
        Assert.Equal(
            ("""{"id":7}""", """{"shop":"Main"}"""),
            (outputs["ParsedContent"]!.ToJsonString(), outputs["RouteData"]!.ToJsonString())
        );
        Assert.Equal("1", outputs["QueryStringData"]!["a"]!.GetValue<string>());
        Assert.DoesNotContain(key, run.State, StringComparison.Ordinal); // the caller's key stays out of the run
        Assert.Equal(id, (await PostAsync(client, "/hooks/orders/main", new { id = 7 }, "order-7")).Said!["runId"]!.GetValue<Guid>());
        Assert.Equal(1, await host.InScopeAsync(db => db.Runs.CountAsync()));

        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(client, "/hooks/orders/main/sent", null)).Status);
        Assert.Equal(id, (await PostAsync(client, "/hooks/orders/main/paid", null, "p")).Said!["runId"]!.GetValue<Guid>());
        Assert.Equal(RunStatus.Finished, (await RestingAsync(host, id)).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(client, "/hooks/orders/main/paid", null, "p")).Status);

        var (over, why) = await PostAsync(client, $"/hooks/orders/main/paid?workflowInstanceId={id}", null);
        Assert.Equal((HttpStatusCode.Gone, "The run is already over; nothing was changed."), (over, why!["error"]!.GetValue<string>()));
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await PostAsync(client, $"/hooks/orders/main/paid?workflowInstanceId={Guid.NewGuid()}", null)).Status
        );
    }

    [Fact]
    public async Task A_signal_to_what_is_over_archived_or_unknown_is_answered_and_not_kept()
    {
        var (host, key) = await OpenAsync();
        await using var _ = host;
        using var client = Caller(host, key);
        var files = host.Services.GetRequiredService<WorkflowFiles>();
        await files.PublishAsync("waits", "waits", Bench.Sequence(Bench.Event("go")), CancellationToken.None);
        var run = await host.InScopeAsync(async db =>
        {
            var id = await new WorkflowRuns(db, TimeProvider.System).StartAsync("waits", "one", "corr-1", null, default);
            await db.SaveChangesAsync();
            return id;
        });
        await RestingAsync(host, run);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(client, "/api/events/go", new { correlationId = "corr-1" })).Status);
        Assert.Equal(RunStatus.Finished, (await RestingAsync(host, run)).Status);
        var archived = await host.InScopeAsync(async db =>
        {
            var gone = new ArchivedRun
            {
                Id = Guid.CreateVersion7(),
                Key = "gone",
                DefinitionId = "waits",
                Status = RunStatus.Finished,
                FinishedAt = DateTimeOffset.UnixEpoch,
                ArchivedAt = new(2027, 3, 2, 8, 0, 0, TimeSpan.Zero),
                File = "2027-03-02.waits.jsonl.gz",
            };
            db.ArchivedRuns.Add(gone);
            await db.SaveChangesAsync();
            return gone.Id;
        });
        var before = await host.InScopeAsync(db => db.InboxSignals.CountAsync());

        foreach (
            var (path, body, status, sentence) in new (string, object, HttpStatusCode, string)[]
            {
                ("/api/events/go", new { correlationId = "corr-1" }, HttpStatusCode.Gone, "Every run it is meant for is already over."),
                ("/api/events/go", new { workflowInstanceId = run }, HttpStatusCode.Gone, "The run is already over."),
                ("/api/events/go", new { workflowInstanceId = archived }, HttpStatusCode.Gone, "Archived on Tue 2 Mar 2027"),
                ("/api/events/go", new { workflowInstanceId = Guid.NewGuid() }, HttpStatusCode.NotFound, "There is no such run."),
                ($"/api/runs/{run}/tasks/x", new { }, HttpStatusCode.Gone, "The run is already over."),
                ($"/api/runs/{archived}/tasks/x", new { }, HttpStatusCode.Gone, "Archived on Tue 2 Mar 2027"),
                ($"/hooks/orders/main/paid?workflowInstanceId={archived}", new { }, HttpStatusCode.Gone, "Archived on Tue 2 Mar 2027"),
            }
        )
        {
            var (got, said) = await PostAsync(client, path, body);
            Assert.Equal((path, status), (path, got));
            Assert.StartsWith(sentence, said!["error"]!.GetValue<string>(), StringComparison.Ordinal);
        }
        Assert.Equal(before, await host.InScopeAsync(db => db.InboxSignals.CountAsync()));
    }

    [Fact]
    public async Task Two_runs_that_wait_for_the_same_request_are_told_apart_by_their_correlation()
    {
        var (host, key) = await OpenAsync();
        await using var _ = host;
        using var client = Caller(host, key);
        foreach (var campaign in new[] { "a", "b" })
            await RestingAsync(
                host,
                (await PostAsync(client, $"/hooks/orders/main?correlationId={campaign}", null)).Said!["runId"]!.GetValue<Guid>()
            );

        Assert.Equal(HttpStatusCode.Conflict, (await PostAsync(client, "/hooks/orders/main/paid", null)).Status);
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(client, "/hooks/orders/main/paid?correlationId=b", null)).Status);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("wrong", HttpStatusCode.Unauthorized)]
    public async Task Nobody_calls_without_a_key(string? key, HttpStatusCode expected)
    {
        var (host, _) = await OpenAsync();
        await using var __ = host;
        using var client = key is null ? host.Visitor() : Caller(host, key);

        foreach (var path in new[] { "/hooks/orders/main", "/hooks/nothing", "/api/events/paid", $"/api/runs/{Guid.NewGuid()}/tasks/x" })
            Assert.Equal(expected, (await PostAsync(client, path, new { })).Status);
        Assert.Equal(0, await host.InScopeAsync(db => db.Runs.CountAsync()));
    }

    [Fact]
    public async Task A_signed_in_person_needs_the_pages_token_too()
    {
        var (host, _) = await OpenAsync();
        await using var __ = host;
        using var manager = await host.SignedInAsync("manager");

        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(manager, "/hooks/orders/main", null)).Status);
    }

    [Fact]
    public async Task Anonymous_calls_are_a_setting_and_an_endpoint_may_ask_for_a_caller_all_the_same()
    {
        var (host, _) = await OpenAsync(settings: ("Hooks:AllowAnonymous", "true"));
        await using var __ = host;
        using var visitor = host.Visitor();
        Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(visitor, "/hooks/orders/main", null)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(visitor, "/api/events/paid", null)).Status);

        var files = host.Services.GetRequiredService<WorkflowFiles>();
        await files.PublishAsync(
            "orders",
            "orders",
            Orders.Replace("\"canStartWorkflow\"", "\"authorize\":true,\"canStartWorkflow\"", StringComparison.Ordinal),
            CancellationToken.None
        );
        await host.Services.GetRequiredService<Triggers>().FireAsync(CancellationToken.None);
        Assert.Equal(HttpStatusCode.Unauthorized, (await PostAsync(visitor, "/hooks/orders/main", null)).Status);
    }

    [Fact]
    public async Task What_is_too_large_too_often_or_no_JSON_is_refused_in_a_sentence()
    {
        var (host, key) = await OpenAsync(settings: [("Hooks:LargestContent", "100"), ("Hooks:PerMinute", "3")]);
        await using var _ = host;
        using var client = Caller(host, key);

        Assert.Equal(
            HttpStatusCode.RequestEntityTooLarge,
            (await PostAsync(client, "/hooks/orders/main", new { text = new string('x', 200) })).Status
        );
        using var broken = await client.PostAsync(
            "/hooks/orders/main",
            new StringContent("{", System.Text.Encoding.UTF8, "application/json")
        );
        Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
        using var file = await client.PostAsync(
            "/hooks/orders/main",
            new ByteArrayContent([1]) { Headers = { { "Content-Type", "image/png" } } }
        );
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, file.StatusCode);
        var (status, said) = await PostAsync(client, "/hooks/orders/main", null);
        Assert.Equal((HttpStatusCode.TooManyRequests, "At most 3 requests a minute."), (status, said!["error"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Events_and_tasks_say_who_hears_them_and_a_run_that_is_over_answers()
    {
        const string waits = """
            {"name":"w","root":{"id":"f","type":"Elsa.Sequence","activities":[
              {"id":"t","type":"Elsa.RunTask","taskName":"render"},{"id":"e","type":"Elsa.Event","eventName":"paid"}] } }
            """;
        var (host, key) = await OpenAsync(waits);
        await using var _ = host;
        using var client = Caller(host, key);
        var id = await host.InScopeAsync(async db =>
        {
            var run = await new WorkflowRuns(db, TimeProvider.System).StartAsync("orders", "k", null, null, CancellationToken.None);
            await db.SaveChangesAsync();
            return run;
        });
        await RestingAsync(host, id);

        var early = await PostAsync(client, "/api/events/paid", new { workflowInstanceId = id, input = 7 });
        Assert.Contains("it is kept until a run does", early.Said!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        var done = await PostAsync(client, $"/api/runs/{id}/tasks/render", new { result = "ok" });
        Assert.Equal((HttpStatusCode.Accepted, "The run goes on with 'render'."), (done.Status, done.Said!["message"]!.GetValue<string>()));
        Assert.Equal(RunStatus.Finished, (await RestingAsync(host, id)).Status);

        Assert.Equal(HttpStatusCode.Gone, (await PostAsync(client, $"/api/runs/{id}/tasks/render", null)).Status);
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await PostAsync(client, "/api/events/paid", new { workflowInstanceId = Guid.NewGuid() })).Status
        );
    }
}
