using System.Net;
using System.Text;
using CampaignFlow.Budgets;
using CampaignFlow.Rules.Lab;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Journeys;
using CampaignFlow.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Rules.Lab;

/// <summary>The lab over HTTP: roles, broken input, files.</summary>
public sealed class LabPageTests : IAsyncLifetime
{
    private readonly string rules = Directory.CreateTempSubdirectory("cflab").FullName;
    private TestHost host = null!;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(rules, "moves.yaml"), LabWorld.Shift);
        host = new() { Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["RulesFolder"] = rules } };
        await host.MakePeopleAsync();
        await using var scope = host.Services.CreateAsyncScope();
        await LabWorld.AddAsync(
            scope.ServiceProvider.GetRequiredService<CampaignFlowDb>(),
            scope.ServiceProvider.GetRequiredService<BudgetLedger>(),
            DateTimeOffset.UtcNow
        );
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        Directory.Delete(rules, recursive: true);
    }

    [Theory]
    [InlineData("operator", "ask")]
    [InlineData("finance", "keep-mine")]
    [InlineData("brand", "check")]
    [InlineData("editor", "discard")]
    [InlineData("analyst", "publish")] // writes, and does not publish
    [InlineData("analyst", "return")]
    public async Task Roles_are_checked_on_the_server(string role, string verb)
    {
        using var person = await host.ReaderAsync(role);
        using var answer = await person.PostFormAsync(
            "/rules/moves/lab",
            $"/rules/moves/lab/{verb}",
            new() { ["version"] = "1", ["text"] = "x" }
        );
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task Who_may_not_write_reads_the_rule_and_its_text()
    {
        using var person = await host.ReaderAsync("operator");
        var html = await person.TextAsync("/rules/moves/lab");
        Assert.Contains("Shift to the best", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Save the draft", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "'roass' is not a known name", "did you mean 'roas'?")]
    [InlineData("zh-CN", "roass", "line-6")]
    public async Task Errors_stand_under_the_text_at_their_place(string language, string said, string also)
    {
        using var analyst = await host.ReaderAsync("analyst", language);
        using var answer = await analyst.PostFormAsync(
            "/rules/moves/lab",
            "/rules/moves/lab/check",
            new() { ["text"] = LabWorld.Shift.Replace("loser.roas(7d) < ", "loser.roass(7d) < ", StringComparison.Ordinal) }
        );
        var html = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Contains(said, html, StringComparison.Ordinal);
        Assert.Contains(also, html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_form_changes_its_words_only_and_the_text_follows()
    {
        using var analyst = await host.ReaderAsync("analyst");
        using var answer = await analyst.PostFormAsync(
            "/rules/moves/lab",
            "/rules/moves/lab/check",
            new()
            {
                ["text"] = LabWorld.Shift,
                ["f:then.0"] = "5% of loser.budget to winner",
                ["f:then.+"] = "#performance",
                ["more:then.+"] = "notify",
            }
        );
        var html = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Contains(
            LabWorld.Shift.Replace(
                "10% of loser.budget to winner\n",
                "5% of loser.budget to winner\n  - notify: \"#performance\"\n",
                StringComparison.Ordinal
            ),
            html,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("date,channel,cost\n")]
    [InlineData("no table at all")]
    public async Task A_bad_file_proves_nothing(string content)
    {
        using var analyst = await host.ReaderAsync("analyst");
        using var answer = await UploadAsync(analyst, content);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(0, await host.InScopeAsync(db => db.RuleProofs.CountAsync()));
    }

    [Fact]
    public async Task A_sample_file_can_be_the_history()
    {
        using var analyst = await host.ReaderAsync("analyst");
        (await UploadAsync(analyst, SmallFile.Text())).Dispose();
        var proof = await host.InScopeAsync(db => db.RuleProofs.SingleAsync());
        Assert.Equal("spring.csv", proof.Source);
        Assert.Equal(SmallFile.DailyTotal, ProofReport.Read(proof.Report).With.TotalEndMinor);
        Assert.Contains("spring.csv", await analyst.TextAsync("/rules/moves/lab"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_there_is_told() =>
        Assert.Equal(HttpStatusCode.NotFound, (await (await host.ReaderAsync("analyst")).GetAsync("/rules/nothing/lab")).StatusCode);

    private static async Task<HttpResponseMessage> UploadAsync(HttpClient client, string content)
    {
        var form = new MultipartFormDataContent
        {
            { new StringContent("file"), "campaign" },
            { new StringContent("CNY"), "currency" },
            { new ByteArrayContent(Encoding.UTF8.GetBytes(content)), "file", "spring.csv" },
        };
        form.Add(new StringContent(PageReading.TokenOf(await client.GetStringAsync("/rules/moves/lab"))), "__RequestVerificationToken");
        return await client.PostAsync("/rules/moves/lab/backtest", form);
    }
}
