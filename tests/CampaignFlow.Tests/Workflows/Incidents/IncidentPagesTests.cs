using System.Net;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Workflows.Incidents;

public sealed class IncidentPagesTests(IncidentStory story) : IClassFixture<IncidentStory>
{
    [Theory]
    [InlineData("en", "Nothing stands still", "2 incidents", "Shaky (2)", "version 1")]
    [InlineData("zh-CN", "没有异常", "2 项异常", "不稳 (2)", "第 1 版")]
    public async Task All_runs_are_listed_with_their_errors_filtered_and_exported(
        string language,
        string none,
        string count,
        string kind,
        string version
    )
    {
        await using var empty = new IncidentStory();
        await empty.InitializeAsync();
        using var client = await empty.Host.ReaderAsync("operator", language);
        Assert.Contains(none, await client.TextAsync("/incidents"), StringComparison.Ordinal);
        var spring = await empty.CampaignAsync("spring", "=春 Spring");
        var booking = await empty.FailAsync("booking", "b", spring);
        await empty.FailAsync("shop", "s");

        var all = await client.TextAsync("/incidents");
        foreach (var said in new[] { count, kind, version, "The shop is closed.", "The input 'Mark' is missing.", "=春 Spring", "Pay" })
            Assert.Contains(said, all, StringComparison.Ordinal);
        Assert.Contains("<span class=\"side-count\"", all, StringComparison.Ordinal);
        Assert.Contains($"/runs/{booking}#incident-", all, StringComparison.Ordinal);
        foreach (
            var (query, pay, shop) in new[]
            {
                ("workflow=booking", true, false),
                ("kind=Test.Shaky", true, true),
                ("kind=run", false, false),
                ("age=1h", true, true),
                ("age=over-1d", false, false),
                ("text=SHOP+is", false, true),
                ("text=春", true, false),
                ("text=100%25", false, false),
                ("age=nonsense", true, true),
            }
        )
        {
            var html = await client.TextAsync("/incidents?" + query);
            Assert.Equal((query, pay), (query, html.Contains("The input 'Mark' is missing.", StringComparison.Ordinal)));
            Assert.Equal((query, shop), (query, html.Contains("The shop is closed.", StringComparison.Ordinal)));
        }
        var csv = await client.GetStringAsync("/incidents.csv?workflow=booking");
        Assert.Equal(2, csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("'=春 Spring", csv, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_are_ticked_and_tried_again_at_once_and_who_and_why_is_kept()
    {
        var runs = new List<Guid>();
        for (var i = 0; i < 3; i++)
            runs.Add(await story.FailAsync("shop", $"s{i}"));
        using var client = await story.Host.ReaderAsync("operator");
        var incidents = await story.Host.InScopeAsync(db => db.RunIncidents.Where(i => runs.Contains(i.RunId)).ToListAsync());
        var token = PageReading.TokenOf(await client.GetStringAsync("/incidents"));

        using var answer = await client.PostAsync(
            "/incidents/retry",
            new FormUrlEncodedContent([
                new("__RequestVerificationToken", token),
                new("reason", "the shop is open"),
                .. incidents.Where(i => i.RunId != runs[2]).Select(i => KeyValuePair.Create("incident", $"{i.RunId}/{i.Execution}")),
            ])
        );

        Assert.Equal("/incidents", answer.Headers.Location!.ToString());
        Assert.Contains("2 tried again.", await client.TextAsync("/incidents"), StringComparison.Ordinal);
        Assert.Equal(
            [RunStatus.Finished, RunStatus.Finished, RunStatus.Faulted],
            [await story.StatusAsync(runs[0]), await story.StatusAsync(runs[1]), await story.StatusAsync(runs[2])]
        );
        Assert.Equal([$"Attempt 2: {await story.NameAsync("operator")}: the shop is open"], await story.JournalAsync(runs[0], "Retried"));
        Assert.Contains($"{await story.NameAsync("operator")} – 'a1' tried again: the shop is open", await story.AuditAsync());

        using var rest = await client.PostFormAsync("/incidents", "/incidents/retry", new() { ["all"] = "1", ["workflow"] = "shop" });
        Assert.Equal("/incidents?workflow=shop", rest.Headers.Location!.ToString());
        Assert.Equal(RunStatus.Finished, await story.StatusAsync(runs[2]));
        using var nothing = await client.PostFormAsync("/runs", "/incidents/retry", []);
        Assert.Contains("Tick at least one incident.", await client.TextAsync("/incidents"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "What it is given", "Say why", "Nothing was changed yet.", "is not a whole number")]
    [InlineData("zh-CN", "该步骤的输入", "请填写原因", "尚未作任何修改。", "整数")]
    public async Task A_failed_step_is_tried_again_with_other_inputs(
        string language,
        string given,
        string why,
        string nothing,
        string number
    )
    {
        var run = await story.FailAsync("booking", "mended-" + language);
        var step = await story.FailedAsync(run);
        using var client = await story.Host.ReaderAsync("manager", language);
        var page = await client.TextAsync($"/runs/{run}");
        Assert.Contains(given, page, StringComparison.Ordinal);
        var mend = $"/runs/{run}/mend/{step}";
        var form = await client.GetStringAsync(mend);
        foreach (var secret in new[] { "hunter2", "tok-777" })
        {
            Assert.DoesNotContain(secret, page, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, form, StringComparison.Ordinal);
        }
        Assert.Contains("name=\"in.Times\" value=\"2\"", form, StringComparison.Ordinal);

        var fields = Form(form);
        fields["in.Times"] = "many";
        fields["in.Mark"] = "paid";
        fields["reason"] = "by hand";
        using var wrong = await client.PostFormAsync(mend, mend, fields);
        var refused = WebUtility.HtmlDecode(await wrong.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Contains(nothing, refused, StringComparison.Ordinal);
        Assert.Contains(number, refused, StringComparison.Ordinal);
        Assert.Contains("value=\"many\"", refused, StringComparison.Ordinal); // what was typed is not lost
        Assert.Equal(RunStatus.Faulted, await story.StatusAsync(run));

        fields["in.Times"] = "3";
        fields["reason"] = "";
        using var silent = await client.PostFormAsync(mend, mend, fields);
        Assert.Contains(
            why,
            WebUtility.HtmlDecode(await silent.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)),
            StringComparison.Ordinal
        );
        fields["reason"] = "by hand";
        using var done = await client.PostFormAsync(mend, mend, fields);

        Assert.EndsWith($"/runs/{run}", done.Headers.Location!.ToString(), StringComparison.Ordinal);
        Assert.Equal(RunStatus.Finished, await story.StatusAsync(run));
        Assert.Equal(["hotel", "flight", "paid"], await story.MarksAsync(run));
        Assert.Equal(
            [$"Attempt 2 with another Mark, Times: {await story.NameAsync("manager")}: by hand"],
            await story.JournalAsync(run, "Retried")
        );
        Assert.Contains($"{await story.NameAsync("manager")} – 'Pay' mended and tried again: by hand", await story.AuditAsync());
        var after = await client.TextAsync($"/runs/{run}");
        Assert.Contains("<dt>Mark</dt><dd class=\"wrap\">paid</dd>", after, StringComparison.Ordinal); // what went in stands in the journal
        Assert.DoesNotContain("hunter2", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_variable_is_set_first_and_a_form_that_is_out_of_date_is_refused()
    {
        var run = await story.FailAsync("booking", "b2");
        var mend = $"/runs/{run}/mend/{await story.FailedAsync(run)}";
        using var client = await story.Host.ReaderAsync("manager");
        var fields = Form(await client.GetStringAsync(mend));
        fields["var.Note"] = "paid by variable";
        fields["reason"] = "note";

        (await client.PostFormAsync("/runs", $"/runs/{run}/retry", [])).Dispose(); // somebody else, in between
        using var late = await client.PostFormAsync(mend, mend, fields);
        Assert.Contains(
            "The run has moved on meanwhile",
            await late.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        Assert.Equal(RunStatus.Faulted, await story.StatusAsync(run));

        fields["seen"] = Form(await client.GetStringAsync(mend))["seen"];
        (await client.PostFormAsync(mend, mend, fields)).Dispose();
        Assert.Equal(["hotel", "flight", "paid by variable"], await story.MarksAsync(run));
        using var gone = await client.GetAsync(mend);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Cancelling_with_compensation_undoes_what_was_done_last_first()
    {
        var run = await story.FailAsync("booking", "b3");
        using var client = await story.Host.ReaderAsync("manager");
        Assert.Matches("(?s)<ol class=\"undo\"><li>Book flight</li><li>Book hotel</li></ol>", await client.TextAsync($"/runs/{run}"));

        (await client.PostFormAsync($"/runs/{run}", $"/runs/{run}/cancel", new() { ["undo"] = "1", ["reason"] = " " })).Dispose();
        Assert.Equal(RunStatus.Faulted, await story.StatusAsync(run));
        (await client.PostFormAsync($"/runs/{run}", $"/runs/{run}/cancel", new() { ["undo"] = "1", ["reason"] = "no budget" })).Dispose();

        Assert.Equal(RunStatus.Cancelled, await story.StatusAsync(run));
        Assert.Equal(["hotel", "flight", "undo flight", "undo hotel"], await story.MarksAsync(run));
        Assert.Contains($"{await story.NameAsync("manager")}: no budget", await story.JournalAsync(run, "Cancelled"));
        Assert.Contains($"{await story.NameAsync("manager")} – Run cancelled, what it did is undone: no budget", await story.AuditAsync());
    }

    [Fact]
    public async Task A_run_whose_bursts_died_is_listed_and_tried_again_with_who_and_why()
    {
        var files = story.Host.Services.GetRequiredService<WorkflowFiles>();
        await files.PublishAsync(
            "caller",
            "Caller",
            Bench.Sequence(Bench.Text("Elsa.DispatchWorkflow", "workflowDefinitionId", "not-yet")),
            default
        );
        var run = await story.StartAsync("caller", "c");
        using var client = await story.Host.ReaderAsync("operator");
        var page = await client.TextAsync("/incidents?kind=run");
        Assert.Contains("nothing of that name is published", page, StringComparison.Ordinal);
        Assert.Contains("The run itself", page, StringComparison.Ordinal);

        await files.PublishAsync("not-yet", "Now", Bench.Sequence(Bench.Event("go")), default);
        (await client.PostFormAsync($"/runs/{run}", $"/runs/{run}/retry", new() { ["reason"] = "published" })).Dispose();

        Assert.Equal(RunStatus.Finished, await story.StatusAsync(run));
        Assert.Equal([$"{await story.NameAsync("operator")}: published"], await story.JournalAsync(run, "Retried"));
    }

    /// <summary>Every field of the page's form with the value it has.</summary>
    private static Dictionary<string, string> Form(string html) =>
        System
            .Text.RegularExpressions.Regex.Matches(html, "<input(?=[^>]*name=\"([^\"]+)\")(?:[^>]*value=\"([^\"]*)\")?")
            .DistinctBy(m => m.Groups[1].Value)
            .Where(m => m.Groups[1].Value is not "__RequestVerificationToken")
            .ToDictionary(m => m.Groups[1].Value, m => WebUtility.HtmlDecode(m.Groups[2].Value), StringComparer.Ordinal);
}
