using System.Net;
using System.Text.RegularExpressions;
using CampaignFlow.Accounts;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Versions;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Workflows.Versions;

public sealed class VersionPagesTests : IAsyncLifetime
{
    private readonly VersionStory story = new();

    public async ValueTask InitializeAsync() => await story.BeginAsync();

    public ValueTask DisposeAsync() => story.DisposeAsync();

    [Theory]
    [InlineData("en", "added", "removed", "Steps added", "is gone")]
    [InlineData("zh-CN", "新增", "删除", "新增步骤", "已删除")]
    public async Task Two_versions_are_compared_and_what_became_what_is_asked(
        string language,
        string added,
        string removed,
        string tile,
        string gone
    )
    {
        using var client = await story.Host.ReaderAsync("operator", language);
        var diff = await client.GetStringAsync("/workflows/story/diff?from=1&to=2");
        var text = WebUtility.HtmlDecode(diff);
        Assert.Contains(tile, text, StringComparison.Ordinal);
        Assert.Contains($"</i>{added}", text, StringComparison.Ordinal); // with an icon: colour is not all
        Assert.Contains($"</i>{removed}", text, StringComparison.Ordinal);
        Assert.Contains("<code class=\"quiet\">proof</code>", diff, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(diff, "class=\"diagram\""));

        var migrate = await client.TextAsync("/workflows/story/migrate?from=1&to=2");
        Assert.Matches("value=\"check=checking\" selected", migrate); // suggested, not done
        Assert.Contains(gone, migrate, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "name=\"all\"",
            await client.TextAsync("/workflows/story/migrate?from=1&to=2&preview=1"),
            StringComparison.Ordinal
        ); // an operator looks only
    }

    [Theory]
    [InlineData(
        "en",
        "1 before the change, 0 at it, 2 after it.",
        "3 of 3 can go over.",
        "3 of 3 went over, 0 were refused",
        "2 runs went back, 1 have moved on since and stay."
    )]
    [InlineData(
        "zh-CN",
        "变更之前 1 个，正在变更处 0 个，变更之后 2 个。",
        "3 个中有 3 个可以迁移。",
        "共 3 个：已迁移 3，未能迁移 0",
        "已退回 2 个运行，1 个此后已继续执行，保持不变。"
    )]
    public async Task A_manager_sees_the_effect_migrates_and_takes_back(
        string language,
        string counts,
        string go,
        string result,
        string back
    )
    {
        using var client = await story.Host.ReaderAsync("manager", language);
        var preview = "/workflows/story/migrate?from=1&to=2&preview=1&map=check%3Dchecking";
        var text = await client.TextAsync(preview);
        Assert.Contains(counts, text, StringComparison.Ordinal);
        Assert.Contains(go, text, StringComparison.Ordinal);

        using var answer = await client.PostFormAsync(preview, "/workflows/story/migrations", Form("check=checking", all: true));

        var page = answer.Headers.Location!.ToString();
        Assert.StartsWith("/migrations/", page, StringComparison.Ordinal);
        Assert.Contains(result, await client.TextAsync(page), StringComparison.Ordinal);
        var spring = await story.Host.InScopeAsync(db => db.Runs.AsNoTracking().SingleAsync(r => r.Key == "spring"));
        await story.SignalAsync("brief", Guid.Parse(spring.Correlation!));
        (await client.PostFormAsync(page, page + "/roll-back", [])).Dispose();
        Assert.Contains(back, await client.TextAsync(page), StringComparison.Ordinal);
        Assert.Contains(
            language == "en" ? "went back to its version" : "退回原版本",
            await client.TextAsync($"/runs/{await RunAsync("autumn")}"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Without_a_mapping_the_run_at_the_renamed_step_is_refused_and_the_chosen_one_goes()
    {
        using var client = await story.Host.ReaderAsync("manager");
        const string Preview = "/workflows/story/migrate?from=1&to=2&preview=1&map=check%3D";
        var text = await client.TextAsync(Preview);
        Assert.Contains("1 before the change, 1 at it, 1 after it.", text, StringComparison.Ordinal);
        Assert.Contains("Event check', which the newer version does not have", text, StringComparison.Ordinal);

        var fields = Form("check=", all: false);
        fields["run"] = (await RunAsync("autumn")).ToString();
        using var answer = await client.PostFormAsync(Preview, "/workflows/story/migrations", fields);
        Assert.Contains("1 of 1 went over", await client.TextAsync(answer.Headers.Location!.ToString()), StringComparison.Ordinal);

        using var nobody = await client.PostFormAsync(Preview, "/workflows/story/migrations", Form("check=", all: false));
        Assert.Contains("Choose at least one run.", await client.TextAsync(nobody.Headers.Location!.ToString()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_who_may_publish_workflows_changes_anything()
    {
        using var client = await story.Host.ReaderAsync("operator");
        foreach (
            var path in new[]
            {
                "/workflows/story/versions/2/retract",
                "/workflows/story/migrations",
                $"/migrations/{Guid.NewGuid()}/roll-back",
            }
        )
        {
            using var answer = await client.PostFormAsync("/runs", path, Form("", all: true));
            Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
            Assert.DoesNotContain("/migrations/", answer.Headers.Location?.ToString() ?? "", StringComparison.Ordinal);
        }
        Assert.True(await story.Host.InScopeAsync(db => db.WorkflowVersions.AnyAsync(v => v.Version == 2 && v.Published)));
        Assert.Equal(0, await story.Host.InScopeAsync(db => db.RunMigrations.CountAsync()));
    }

    [Theory]
    [InlineData("en", "No version is in use", "but the file story.json does not have it")]
    [InlineData("zh-CN", "没有使用中的版本", "但文件 story.json 中尚无该内容")]
    public async Task A_version_is_retracted_published_and_reverted_on_its_page(string language, string none, string differs)
    {
        using var client = await story.Host.ReaderAsync("manager", language);
        (await client.PostFormAsync("/workflows/story", "/workflows/story/versions/2/retract", [])).Dispose();
        Assert.Contains(none, await client.TextAsync("/workflows/story"), StringComparison.Ordinal);
        (await client.PostFormAsync("/workflows/story", "/workflows/story/versions/2/publish", [])).Dispose();
        Assert.DoesNotContain(none, await client.TextAsync("/workflows/story"), StringComparison.Ordinal);
        using var reverted = await client.PostFormAsync("/workflows/story", "/workflows/story/versions/1/revert", []);
        Assert.Equal("/workflows/story?version=3", reverted.Headers.Location!.ToString());
        Assert.Contains(differs, await client.TextAsync("/workflows/story"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_moves_money_is_published_by_a_second_manager_over_the_pages()
    {
        await story.WriteAsync(
            """
            {"name":"Story","root":{"id":"flow","type":"Elsa.Flowchart","activities":[
              {"id":"ask","type":"CampaignFlow.Approval","kind":"x","title":"Agree","titleZh":"请同意","roles":["manager"],"answerWithin":"1.00:00:00"},
              {"id":"end","type":"Elsa.Finish"}],"connections":[
              {"source":{"activity":"ask","port":"Approved"},"target":{"activity":"end"}},{"source":{"activity":"ask","port":"Returned"},"target":{"activity":"end"}},
              {"source":{"activity":"ask","port":"Rejected"},"target":{"activity":"end"}},{"source":{"activity":"ask","port":"TimedOut"},"target":{"activity":"end"}}]}}
            """
        );
        await story.ReadAsync(); // here files are put into use as soon as they are read
        using var first = await story.Host.ReaderAsync("manager");
        using var second = await SecondManagerAsync();
        (await first.PostFormAsync("/workflows/story", "/workflows/story/versions/3/retract", [])).Dispose();

        const string publish = "/workflows/story/versions/3/publish";
        (await first.PostFormAsync("/workflows/story", publish, [])).Dispose();
        Assert.Contains("waits for a second person", await first.TextAsync("/workflows/story"), StringComparison.Ordinal);
        (await first.PostFormAsync("/workflows/story", publish, [])).Dispose();
        Assert.Contains("a second person has to agree", await first.TextAsync("/workflows/story"), StringComparison.Ordinal);
        Assert.False(await InUseAsync(3));

        (await second.PostFormAsync("/workflows/story", publish, [])).Dispose();
        Assert.Contains("Version 3 is in use.", await second.TextAsync("/workflows/story"), StringComparison.Ordinal);
        Assert.True(await InUseAsync(3));
    }

    private Task<bool> InUseAsync(int version) =>
        story.Host.InScopeAsync(db => db.WorkflowVersions.AnyAsync(v => v.DefinitionId == "story" && v.Version == version && v.Published));

    private async Task<HttpClient> SecondManagerAsync()
    {
        await using (var scope = story.Host.Services.CreateAsyncScope())
        {
            var person = new Person
            {
                Id = Guid.CreateVersion7(),
                UserName = "second",
                Email = "second@demo.example",
                DisplayName = "Second manager",
                Language = "en",
                TimeZone = "Asia/Shanghai",
                Roles = [Roles.Manager],
            };
            Assert.True(
                (await scope.ServiceProvider.GetRequiredService<UserManager<Person>>().CreateAsync(person, TestHost.Password)).Succeeded
            );
        }
        var client = story.Host.Visitor();
        (await client.SignInAsync("second", TestHost.Password)).Dispose();
        return client;
    }

    [Theory]
    [InlineData("/workflows/nothing/diff")]
    [InlineData("/workflows/nothing/migrate")]
    [InlineData("/migrations/11111111-1111-1111-1111-111111111111")]
    public async Task What_is_not_there_is_said(string path)
    {
        using var client = await story.Host.ReaderAsync("manager");
        using var answer = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Theory]
    [InlineData("/workflows/story/diff?from=1&to=9", "cannot be compared")]
    [InlineData("/workflows/story/migrate?from=2&to=2", "Choose two different versions.")]
    [InlineData("/workflows/story/migrate?from=1&to=7", "There is no version 7")]
    [InlineData("/workflows/story/migrate?from=1&to=2&preview=1&map=brief%3Dclose", "cannot both become")]
    public async Task A_pair_that_cannot_be_is_told(string path, string sentence)
    {
        using var client = await story.Host.ReaderAsync("manager");
        Assert.Contains(sentence, await client.TextAsync(path), StringComparison.Ordinal);
    }

    private Task<Guid> RunAsync(string key) =>
        story.Host.InScopeAsync(db => db.Runs.Where(r => r.Key == key).Select(r => r.Id).SingleAsync());

    private static Dictionary<string, string> Form(string map, bool all)
    {
        var fields = new Dictionary<string, string>
        {
            ["migration"] = Guid.NewGuid().ToString(),
            ["from"] = "1",
            ["to"] = "2",
            ["map"] = map,
        };
        if (all)
            fields["all"] = "1";
        return fields;
    }
}
