using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Tests.Support;

namespace CampaignFlow.Tests.Workflows.Incidents;

public sealed class IncidentsApiTests(IncidentStory story) : IClassFixture<IncidentStory>
{
    [Fact]
    public async Task Machines_list_incidents_and_mend_one_step_with_a_reason()
    {
        var run = await story.FailAsync("booking", "api-mend");
        var step = await story.FailedAsync(run);
        using var client = await SignedInAsync("manager");
        var list = await client.GetFromJsonAsync<JsonObject>("/api/incidents?workflow=booking&text=pay");
        var mine = Assert.Single(list!["incidents"]!.AsArray(), i => i!["run"]!.ToString() == run.ToString())!;
        Assert.Equal((step, "Shaky", 1), (mine["execution"]!.ToString(), mine["kind"]!["en"]!.ToString(), (int)mine["attempts"]!));

        var wrong = new
        {
            execution = step,
            inputs = new { Mark = "", Nobody = 1 },
            reason = "why not",
        };
        var (status, body) = await PostAsync(client, run, "mend", wrong);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(["Input 'nobody' is not one of this step."], body["problems"]!.AsArray().Select(p => p!.ToString()));
        Assert.Equal(RunStatus.Faulted, await story.StatusAsync(run));

        var right = new
        {
            execution = step,
            inputs = new { Mark = "paid", Times = 7 },
            variables = new { ShopToken = "" },
            reason = "by API",
        };
        (status, body) = await PostAsync(client, run, "mend", right);
        Assert.Equal((HttpStatusCode.Accepted, "'Pay' mended and tried again: by API"), (status, body["message"]!.ToString()));
        Assert.Equal(["hotel", "flight", "paid"], await story.MarksAsync(run));
        Assert.Contains("Attempt 2 with another Mark, Times: ", (await story.JournalAsync(run, "Retried"))[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_refusal_has_its_status_and_its_sentence()
    {
        var run = await story.FailAsync("booking", "api-refusals");
        var step = await story.FailedAsync(run);
        using var client = await SignedInAsync("manager");
        var over = await story.StartAsync("shop", "api-over");
        Assert.Equal(RunStatus.Finished, await story.StatusAsync(over));

        foreach (
            var (id, verb, ask, status, sentence) in new (Guid, string, object, HttpStatusCode, string)[]
            {
                (Guid.NewGuid(), "retry", new { }, HttpStatusCode.NotFound, "There is no such run."),
                (over, "retry", new { }, HttpStatusCode.Gone, "The run is already over."),
                (over, "cancel", new { reason = "x" }, HttpStatusCode.Gone, "The run is already over."),
                (run, "retry", new { execution = "e999" }, HttpStatusCode.Conflict, "This step has not failed."),
                (run, "mend", new { execution = "e999", reason = "x" }, HttpStatusCode.Conflict, "This step has not failed."),
                (run, "skip", new { execution = step }, HttpStatusCode.BadRequest, "Say why: it is kept with the run."),
                (run, "cancel", new { reason = "  " }, HttpStatusCode.BadRequest, "Say why: it is kept with the run."),
                (
                    run,
                    "skip",
                    new
                    {
                        execution = step,
                        outcome = "Nowhere",
                        reason = "x",
                    },
                    HttpStatusCode.BadRequest,
                    "'Nowhere' is no outcome of this step; it has Done, Other."
                ),
            }
        )
        {
            var (got, body) = await PostAsync(client, id, verb, ask);
            Assert.Equal((verb, status, sentence), (verb, got, body["error"]!.ToString()));
        }

        var (skipped, _) = await PostAsync(client, run, "skip", new { execution = step, reason = "paid in cash" });
        Assert.Equal((HttpStatusCode.Accepted, RunStatus.Finished), (skipped, await story.StatusAsync(run)));
        Assert.Equal([$"Going on with 'Done': {await story.NameAsync("manager")}: paid in cash"], await story.JournalAsync(run, "Skipped"));
    }

    [Theory]
    [InlineData("operator", true, false)]
    [InlineData("analyst", true, false)]
    [InlineData("executive", false, false)]
    [InlineData("manager", true, true)]
    public async Task Who_may_do_what_is_decided_on_the_server(string role, bool retry, bool decide)
    {
        var run = await story.FailAsync("booking", "roles-" + role);
        var step = await story.FailedAsync(run);
        using var client = await SignedInAsync(role);
        var page = await client.GetStringAsync($"/runs/{run}");
        Assert.Equal(retry, page.Contains($"id=\"retry-{step}\"", StringComparison.Ordinal));
        Assert.Equal(decide, page.Contains($"/runs/{run}/mend/{step}", StringComparison.Ordinal));
        Assert.Equal(decide, page.Contains("id=\"undo-run\"", StringComparison.Ordinal));

        foreach (
            var (verb, ask, may) in new (string, object, bool)[]
            {
                ("retry", new { execution = step }, retry),
                ("mend", new { execution = step }, decide),
                ("skip", new { execution = step }, decide),
                ("cancel", new { undo = true }, decide),
            }
        )
        {
            var (status, _) = await PostAsync(client, run, verb, ask); // without a reason: nothing but retry is done
            Assert.Equal((verb, may), (verb, status != HttpStatusCode.Forbidden));
        }
        foreach (var action in new[] { $"/runs/{run}/retry", "/incidents/retry" })
        {
            using var answer = await client.PostFormAsync("/runs", action, []);
            Assert.Equal((action, retry), (action, answer.StatusCode == HttpStatusCode.Redirect && !IsDoor(answer)));
        }
        using var form = await client.GetAsync($"/runs/{run}/mend/{step}");
        Assert.Equal(decide, form.StatusCode == HttpStatusCode.OK);
        Assert.Equal(RunStatus.Faulted, await story.StatusAsync(run));
        using var visitor = await story.Host.Visitor().GetAsync("/api/incidents");
        Assert.Equal(HttpStatusCode.Unauthorized, visitor.StatusCode);
    }

    private static bool IsDoor(HttpResponseMessage answer) =>
        answer.Headers.Location?.ToString() is { } to
        && (to.Contains("sign-in", StringComparison.Ordinal) || to.Contains("denied", StringComparison.Ordinal));

    /// <summary>As a page's script calls: with the token in a header.</summary>
    private async Task<HttpClient> SignedInAsync(string role)
    {
        var client = await story.Host.ReaderAsync(role);
        client.DefaultRequestHeaders.Add("X-Antiforgery", PageReading.TokenOf(await client.GetStringAsync("/runs")));
        return client;
    }

    private static async Task<(HttpStatusCode Status, JsonObject Body)> PostAsync(HttpClient client, Guid run, string verb, object ask)
    {
        using var answer = await client.PostAsJsonAsync($"/api/runs/{run}/{verb}", ask);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.StartsWith('{') ? JsonNode.Parse(text)!.AsObject() : []);
    }
}
