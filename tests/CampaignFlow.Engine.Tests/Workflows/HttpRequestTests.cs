using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;

namespace CampaignFlow.Engine.Tests.Workflows;

/// <summary>Which way a run goes on after the answer to its request.</summary>
public class HttpRequestTests
{
    [Theory]
    [InlineData("send-http-request-leaves-by-its-outcomes", "Done", 200, "200|done")]
    [InlineData("send-http-request-leaves-by-its-outcomes", "Done", 404, "404|done")]
    [InlineData("send-http-request-leaves-by-its-outcomes", "Done", 503, "unmatched|done")]
    [InlineData("send-http-request-leaves-by-its-outcomes", "Failed to connect", null, "failed")]
    [InlineData("send-http-request-leaves-by-its-outcomes", "Timeout", null, "")] // nothing is connected to it
    [InlineData("send-http-request-runs-what-stands-in-it", "Done", 200, "200|after")]
    [InlineData("send-http-request-runs-what-stands-in-it", "Done", 201, "unmatched|after")]
    [InlineData("send-http-request-runs-what-stands-in-it", "Failed to connect", null, "failed|after")]
    [InlineData("send-http-request-runs-what-stands-in-it", "Timeout", null, "after")]
    public void A_run_goes_on_by_the_status(string name, string outcome, int? status, string expected)
    {
        RunEvent Answer(RunCommand.Execute call) =>
            call.Resumption is null
                ? new RunEvent.Waits(call.Execution, [new("", Bookmark.Timer, "", Sample.Now.AddSeconds(1))])
                : new RunEvent.Completed(
                    call.Execution,
                    [outcome],
                    status is null ? [] : new Dictionary<string, JsonNode?> { ["StatusCode"] = status }
                );

        var run = new MemoryRun(Sample.Read(name), (call, _) => Answer(call)).Start(Sample.Inputs, Sample.Now);

        Assert.Equal((RunStatus.Finished, expected), (run.Status, string.Join("|", run.Output)));
    }
}
