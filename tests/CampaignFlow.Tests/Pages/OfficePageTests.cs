using System.Net;
using System.Text;
using CampaignFlow.Metrics;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Pages;

public sealed class OfficePageTests(OfficeHost office) : IClassFixture<OfficeHost>
{
    private const string File =
        "date,channel,spend,revenue,clicks\n2026-03-02,search,100.00,250.00,40\n2026-03-03,search,oops,260.00,41\n2026-03-04,<script>alert(1)</script>,1.00,2.00,3\n";

    [Theory]
    [InlineData("operator", "en", "the last good version stays in force", "broken.yaml, line 5, column 7", "Pause what costs too much")]
    [InlineData("analyst", "zh-CN", "上一个正确版本继续生效", "broken.yaml 第 5 行第 7 列", "暂停成本过高的渠道")]
    public async Task A_broken_rule_is_shown_with_its_place_while_its_last_good_version_stays(
        string role,
        string language,
        string stays,
        string place,
        string title
    )
    {
        await OfficeHost.WriteAsync(office.Rules, "broken.yaml", OfficeHost.GoodRule);
        using var client = await office.Host.ReaderAsync(role, language);
        Assert.DoesNotContain(stays, await client.TextAsync("/rules/broken"), StringComparison.Ordinal);
        await OfficeHost.WriteAsync(
            office.Rules,
            "broken.yaml",
            OfficeHost.GoodRule.Replace("- roas(7d) < 1", "- raos(7d) < 1 # <script>alert(1)</script>", StringComparison.Ordinal)
        );

        var html = await client.GetStringAsync("/rules/broken");

        var text = WebUtility.HtmlDecode(html);
        Assert.Contains(stays, text, StringComparison.Ordinal);
        Assert.Contains(place, text, StringComparison.Ordinal);
        Assert.Contains("roas", text, StringComparison.Ordinal); // did you mean
        Assert.Contains(title, text, StringComparison.Ordinal);
        Assert.Contains("<li id=\"line-5\" value=\"5\" class=\"source-bad\">", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trying_a_rule_answers_for_each_channel_and_writes_nothing()
    {
        await OfficeHost.WriteAsync(office.Rules, "pause.yaml", OfficeHost.GoodRule);
        using var client = await office.Host.ReaderAsync("manager");

        var text = await client.TextAsync("/rules/pause?campaign=spring");

        Assert.Contains("cannot be told", text, StringComparison.Ordinal);
        Assert.Contains("Cannot tell", text, StringComparison.Ordinal); // the channel has no numbers, and none is not zero
        Assert.Equal(0, await office.Host.InScopeAsync(db => Rules(db)));

        static async Task<int> Rules(CampaignFlow.Storage.CampaignFlowDb db) =>
            await db.Set<CampaignFlow.Rules.Decision>().CountAsync() + await db.Set<CampaignFlow.Rules.RuleVersion>().CountAsync();
    }

    [Theory]
    [InlineData("operator", "en", "line 3, column", "1 rejected")]
    [InlineData("analyst", "zh-CN", "第 3 行", "拒绝 1")]
    public async Task A_file_with_a_bad_row_is_previewed_first_and_its_good_rows_are_imported(
        string role,
        string language,
        string place,
        string rejected
    )
    {
        using var client = await office.Host.ReaderAsync(role, language);
        var before = await FactsAsync();

        using var uploaded = await UploadAsync(client, $"{role} <i>day</i>.csv");
        var preview = uploaded.Headers.Location!.ToString();
        var html = await client.GetStringAsync(preview);

        Assert.Contains(place, WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<i>day", html, StringComparison.Ordinal);
        Assert.Equal(before, await FactsAsync()); // a preview writes nothing

        using var imported = await client.PostFormAsync(preview, preview + "/import", []);
        var page = await client.TextAsync(imported.Headers.Location!.ToString());

        Assert.Contains(place, page, StringComparison.Ordinal);
        Assert.Contains(rejected, page, StringComparison.Ordinal);
        Assert.True(await FactsAsync() >= 2);
        using var gone = await client.GetAsync(preview);
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Who_may_not_import_cannot_upload_either()
    {
        using var brand = await office.Host.ReaderAsync("brand");

        using var answer = await UploadAsync(brand, "numbers.csv", HttpStatusCode.Forbidden);

        Assert.DoesNotContain("id=\"upload\"", await brand.GetStringAsync("/metrics?campaign=spring"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_is_found_again_only_by_who_uploaded_it()
    {
        using var mine = await office.Host.ReaderAsync("operator");
        using var other = await office.Host.ReaderAsync("manager");
        using var uploaded = await UploadAsync(mine, "mine.csv");

        using var seen = await other.GetAsync(uploaded.Headers.Location);

        Assert.Equal(HttpStatusCode.NotFound, seen.StatusCode);
    }

    [Theory]
    [InlineData("brand", "/jobs/checks/daily-check/run")]
    [InlineData("editor", "/jobs/messages/1/again")]
    [InlineData("finance", "/runs/01980000-0000-7000-8000-000000000000/retry")]
    [InlineData("operator", "/runs/01980000-0000-7000-8000-000000000000/skip")] // going on without a step is the manager's
    [InlineData("operator", "/runs/01980000-0000-7000-8000-000000000000/cancel")]
    [InlineData("analyst", "/people")]
    [InlineData("analyst", "/people/01980000-0000-7000-8000-000000000000/roles")]
    [InlineData("analyst", "/people/01980000-0000-7000-8000-000000000000/password")]
    public async Task Who_lacks_the_role_is_refused_by_the_server(string role, string action)
    {
        using var client = await office.Host.ReaderAsync(role);

        using var answer = await client.PostFormAsync(
            "/me",
            action,
            new()
            {
                ["reason"] = "x",
                ["execution"] = "e1",
                ["campaign"] = office.CampaignId.ToString(),
            }
        );

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("manager", "en", "the last good version stays published", "line 1, column")]
    [InlineData("analyst", "zh-CN", "上一个正确版本仍在使用", "第 1 行")]
    public async Task A_broken_workflow_is_shown_with_its_place_while_its_last_good_version_is_drawn(
        string role,
        string language,
        string stays,
        string place
    )
    {
        await OfficeHost.WriteAsync(office.Workflows, "short-flow.json", OfficeHost.Flow);
        await office.ReadWorkflowsAsync();
        await OfficeHost.WriteAsync(office.Workflows, "short-flow.json", "{ <script>alert(1)</script>");
        await office.ReadWorkflowsAsync();
        using var client = await office.Host.ReaderAsync(role, language);

        var html = await client.GetStringAsync("/workflows/short-flow");

        Assert.Contains(stays, WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.Contains(place, WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.Contains("id=\"step-hello\"", html, StringComparison.Ordinal);
        Assert.Contains("Say &lt;b&gt;hello&lt;/b&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_new_person_signs_in_with_the_password_that_was_shown_once()
    {
        using var manager = await office.Host.ReaderAsync("manager");
        using var added = await manager.PostFormAsync(
            "/people",
            "/people",
            new()
            {
                ["name"] = "New <b>One</b>",
                ["user"] = "newone",
                ["email"] = "new@demo.example",
                ["zone"] = "Europe/Berlin",
                ["roles"] = "analyst",
            }
        );
        var html = await added.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var password = System.Text.RegularExpressions.Regex.Match(html, "<code>([a-z2-9]{4}(?:-[a-z2-9]{4}){3})</code>").Groups[1].Value;

        using var answer = await office.Host.Visitor().SignInAsync("newone", password);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.DoesNotContain("<b>One", html, StringComparison.Ordinal);
        Assert.DoesNotContain(password, await manager.GetStringAsync("/audit"), StringComparison.Ordinal);
        Assert.Contains("Added New <b>One</b> (Data analyst).", await manager.TextAsync("/audit?text=added"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_history_that_looks_like_a_formula_is_harmless_in_a_spreadsheet()
    {
        using var client = await office.Host.ReaderAsync("manager");

        var csv = await client.GetStringAsync("/audit.csv?campaign=spring");

        Assert.Contains(",'=cmd,spring,\"'=HYPERLINK(\"\"x\"\")\"", csv, StringComparison.Ordinal);
        Assert.DoesNotContain("=cmd", await client.GetStringAsync("/audit.csv?campaign=unknown"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/rules")]
    [InlineData("/metrics")]
    [InlineData("/metrics?metric=cpa&from=2026-03-01&to=2026-03-05")]
    [InlineData("/metrics?from=rubbish&to=9999-99-99&metric=none")]
    [InlineData("/workflows")]
    [InlineData("/runs?status=Faulted")]
    [InlineData("/runs?status=rubbish&page=-3")]
    [InlineData("/jobs")]
    [InlineData("/people")]
    [InlineData("/audit?from=2026-01-01&to=2026-12-31&who=nobody")]
    [InlineData("/me")]
    public async Task Each_page_opens_for_a_person_without_special_rights(string page)
    {
        using var client = await office.Host.ReaderAsync("brand");

        using var answer = await client.GetAsync(page);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<HttpResponseMessage> UploadAsync(
        HttpClient client,
        string name,
        HttpStatusCode expected = HttpStatusCode.Redirect
    )
    {
        using var form = new MultipartFormDataContent
        {
            {
                new StringContent(PageReading.TokenOf(await client.GetStringAsync("/metrics?campaign=spring"))),
                "__RequestVerificationToken"
            },
            { new ByteArrayContent(Encoding.UTF8.GetBytes(File)), "file", name },
        };
        var answer = await client.PostAsync("/metrics/spring/uploads", form);
        Assert.Equal(expected, answer.StatusCode);
        return answer;
    }

    private Task<int> FactsAsync() => office.Host.InScopeAsync(db => db.MetricFacts.CountAsync(f => f.CampaignId == office.CampaignId));
}
