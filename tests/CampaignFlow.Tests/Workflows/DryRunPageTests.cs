using System.Net;
using CampaignFlow.Tests.Pages;
using CampaignFlow.Tests.Support;

namespace CampaignFlow.Tests.Workflows;

public sealed class DryRunPageTests(OfficeHost office) : IClassFixture<OfficeHost>
{
    private const string Chart = """
        { "name": "Asking", "inputs": [{ "name": "Day", "type": "DateTimeOffset", "displayName": "First day" }],
          "root": { "id": "flow", "type": "Elsa.Flowchart", "start": "ask", "activities": [
          { "id": "ask", "type": "CampaignFlow.Approval", "kind": "x", "title": "Agree <b>now</b>", "titleZh": "请同意", "roles": ["manager"], "answerWithin": "1.00:00:00" },
          { "id": "work", "type": "CampaignFlow.HumanTask", "title": "Do it", "titleZh": "去做", "role": "analyst", "dueIn": "2.00:00:00" },
          { "id": "end", "type": "Elsa.Finish" }],
          "connections": [
          { "source": { "activity": "ask", "port": "Approved" }, "target": { "activity": "work" } },
          { "source": { "activity": "ask", "port": "Returned" }, "target": { "activity": "ask" } },
          { "source": { "activity": "ask", "port": "Rejected" }, "target": { "activity": "end" } },
          { "source": { "activity": "ask", "port": "TimedOut" }, "target": { "activity": "TIMEDOUT" } },
          { "source": { "activity": "work" }, "target": { "activity": "end" } }] } }
        """;

    [Theory]
    [InlineData(
        "operator",
        "en",
        "It ends after 4 d: 4 steps, 3 tasks and decisions, 3 mails.",
        "Decision of Operations manager",
        "New task"
    )]
    [InlineData("analyst", "zh-CN", "历时 4 天后结束：共 4 步，3 项任务与审批，3 封邮件。", "由运营经理审批", "新任务")]
    public async Task A_dry_run_shows_path_tasks_and_mails_and_its_choices_stand_in_the_address(
        string role,
        string language,
        string summary,
        string asks,
        string mail
    )
    {
        await PublishAsync("asking", Chart.Replace("TIMEDOUT", "ask", StringComparison.Ordinal));
        using var client = await office.Host.ReaderAsync(role, language);

        // As the form sends it: also what was left empty.
        using var sent = await client.GetAsync(
            "/workflows/asking/dry-run?start=2026-12-01T09:00&in.Day=&first.ask=Returned&then.ask=&after.ask=1d&first.work=&after.work="
        );
        var address = sent.Headers.Location!.ToString();
        var html = await client.GetStringAsync(address);

        Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        Assert.EndsWith("/workflows/asking/dry-run?start=2026-12-01T09%3A00&choose=ask%3DReturned@1d", address, StringComparison.Ordinal);
        var text = WebUtility.HtmlDecode(html);
        Assert.Contains(summary, text, StringComparison.Ordinal);
        Assert.Contains(asks, text, StringComparison.Ordinal);
        Assert.Contains(mail, text, StringComparison.Ordinal);
        Assert.Contains("<option value=\"Returned\" selected>", html, StringComparison.Ordinal); // what was chosen stands in the form
        Assert.Equal(2, html.Split("<option value=\"TimedOut\"").Length - 1); // two fields of the only decision, and nowhere else
        Assert.Contains("diagram-arrow back taken", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>now</b>", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("choose=ask%3DRejected*", "It ends after 1 d")]
    [InlineData("choose=ask%3DReturned*", "It came up 501 times")]
    [InlineData("choose=ask%3DPerhaps", "'ask' has no outcome 'Perhaps'")]
    [InlineData("choose=ask%3DRejected%401h%2C%40soon", "'soon' is not a duration")]
    [InlineData("start=never", "'never' is not a moment")]
    [InlineData("explore=true", "6 paths tried")]
    [InlineData("all=true&choose=ask%3DReturned%400d%2CReturned%400d%2CReturned%400d", "ask=Returned@0d,Returned@0d,Returned@0d")] // more than the form has fields for
    public async Task Whatever_stands_in_the_address_is_answered_with_a_sentence(string query, string sentence)
    {
        await PublishAsync("asking", Chart.Replace("TIMEDOUT", "ask", StringComparison.Ordinal));
        using var client = await office.Host.ReaderAsync("operator");

        Assert.Contains(sentence, await client.TextAsync("/workflows/asking/dry-run?" + query), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_published_cannot_be_gone_through()
    {
        using var client = await office.Host.ReaderAsync("operator");

        using var answer = await client.GetAsync("/workflows/nobody/dry-run");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("en", "its outcome 'TimedOut' leads nowhere", "the last good version stays published")]
    [InlineData("zh-CN", "结果“TimedOut”没有连线", "上一个正确版本仍在使用")]
    public async Task What_the_checks_found_is_linked_to_its_box_and_an_error_is_not_published(string language, string found, string stays)
    {
        var name = "checked-" + language.ToLowerInvariant();
        await PublishAsync(name, Chart.Replace("TIMEDOUT", "ask", StringComparison.Ordinal));
        using var client = await office.Host.ReaderAsync("manager", language);
        Assert.DoesNotContain("id=\"checks\"", await client.GetStringAsync($"/workflows/{name}"), StringComparison.Ordinal);

        await PublishAsync(
            name,
            Chart.Replace(
                "{ \"source\": { \"activity\": \"ask\", \"port\": \"TimedOut\" }, \"target\": { \"activity\": \"TIMEDOUT\" } },",
                "",
                StringComparison.Ordinal
            )
        );
        var html = await client.GetStringAsync($"/workflows/{name}");

        var text = WebUtility.HtmlDecode(html);
        Assert.Contains(found, text, StringComparison.Ordinal);
        Assert.Contains(stays, text, StringComparison.Ordinal);
        Assert.Contains("#file-ask\"", html, StringComparison.Ordinal);
        Assert.Contains("id=\"file-ask\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("?version=2\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_warning_is_shown_with_its_cure_and_a_link_while_the_version_is_published()
    {
        await PublishAsync(
            "look",
            Chart
                .Replace(
                    "\"id\": \"work\"",
                    "\"id\": \"lost\", \"type\": \"Elsa.WriteLine\" }, { \"id\": \"work\"",
                    StringComparison.Ordinal
                )
                .Replace("TIMEDOUT", "ask", StringComparison.Ordinal)
        );
        using var client = await office.Host.ReaderAsync("manager");

        var html = await client.GetStringAsync("/workflows/look");

        Assert.Contains("is never reached", WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.Contains("/workflows/look#step-lost", html, StringComparison.Ordinal);
        Assert.Contains("1 warnings and notes", await client.TextAsync("/workflows"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_file_that_uses_another_one_is_drawn_with_it()
    {
        await OfficeHost.WriteAsync(
            office.Workflows,
            "part.json",
            """{"name":"Part","options":{"usableAsActivity":true},"root":{"id":"say","type":"Elsa.WriteLine"}}"""
        );
        await PublishAsync(
            "whole",
            """
            {"name":"Whole","root":{"id":"flow","type":"Elsa.Flowchart","start":"a","activities":[
              {"id":"a","type":"Elsa.WriteLine"},{"id":"p","type":"Part","workflowDefinitionId":"part"}],
             "connections":[{"source":{"activity":"a"},"target":{"activity":"p"}},{"source":{"activity":"p"},"target":{"activity":"a"}}]}}
            """
        );
        using var client = await office.Host.ReaderAsync("manager");

        var html = await client.GetStringAsync("/workflows/whole");

        Assert.Contains("id=\"file-p\"", html, StringComparison.Ordinal);
    }

    private async Task PublishAsync(string name, string chart)
    {
        await OfficeHost.WriteAsync(office.Workflows, name + ".json", chart);
        await office.ReadWorkflowsAsync();
    }
}
