using CampaignFlow.Accounts;
using CampaignFlow.Tests.Pages;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Workflows.Versions;

/// <summary>What a person sees and does when a file and the version in use do not say the same.</summary>
public sealed class FilePagesTests : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cffilepages").FullName;
    private readonly TestHost host;

    public FilePagesTests() =>
        host = new() { Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["WorkflowFolder"] = folder } };

    [Theory]
    [InlineData("en", "File changed: version 2 is offered", "its text is offered as version 2", "offered by its file")]
    [InlineData("zh-CN", "文件已修改：可采用第 2 版", "其内容可作为第 2 版采用", "待采用")]
    public async Task A_changed_file_is_offered_compared_and_taken_over(string language, string chip, string card, string state)
    {
        using var manager = await BeginAsync(Roles.Manager, language);
        await ChangeAsync(VersionStory.Second);
        Assert.Contains(chip, await manager.TextAsync("/workflows"), StringComparison.Ordinal);
        var page = await manager.TextAsync("/workflows/story");
        Assert.Contains(card, page, StringComparison.Ordinal);
        Assert.Contains(state, page, StringComparison.Ordinal);
        Assert.Contains("proof", await manager.TextAsync("/workflows/story/diff?from=1&to=2"), StringComparison.Ordinal);

        (await manager.PostFormAsync("/workflows/story", "/workflows/story/versions/2/publish", [])).Dispose();
        Assert.DoesNotContain(card, await manager.TextAsync("/workflows/story"), StringComparison.Ordinal);
        Assert.DoesNotContain(chip, await manager.TextAsync("/workflows"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "Both were changed since they last agreed", "What was changed in the file since version 1")]
    [InlineData("zh-CN", "二者自上次一致后均有修改", "第 1 版之后文件中的修改")]
    public async Task A_conflict_shows_both_sides_and_the_one_in_use_can_be_written_over_the_file(string language, string card, string side)
    {
        using var manager = await BeginAsync(Roles.Manager, language);
        var mine = VersionStory.Flow(("brief", "brief"), ("mine", "mine"));
        await PublishAsync(manager, mine);
        await ChangeAsync(VersionStory.Second);
        var page = await manager.TextAsync("/workflows/story");
        Assert.Contains(card, page, StringComparison.Ordinal);
        Assert.Contains(side, page, StringComparison.Ordinal);

        using var operatorsView = await host.SignedInAsync(Roles.Operator, language);
        Assert.DoesNotContain("id=\"write-file\"", await operatorsView.GetStringAsync("/workflows/story"), StringComparison.Ordinal);
        var seen = (await manager.GetStringAsync("/workflows/story")).Split("name=\"seen\" value=\"")[1].Split('"')[0];
        await ChangeAsync(VersionStory.Second + " ");
        (await manager.PostFormAsync("/workflows/story", "/workflows/story/file", new() { ["seen"] = seen })).Dispose();
        Assert.Equal(VersionStory.Second + " ", await File.ReadAllTextAsync(Story)); // somebody was faster
        seen = (await manager.GetStringAsync("/workflows/story")).Split("name=\"seen\" value=\"")[1].Split('"')[0];
        (await manager.PostFormAsync("/workflows/story", "/workflows/story/file", new() { ["seen"] = seen })).Dispose();
        Assert.Equal(mine, await File.ReadAllTextAsync(Story));
        Assert.DoesNotContain(card, await manager.TextAsync("/workflows/story"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_files_text_can_be_gone_on_with_as_a_draft_and_the_designer_does_not_take_it_up_unasked()
    {
        using var li = await BeginAsync(Roles.Operator, "en");
        await ChangeAsync(VersionStory.Second);
        const string latest = "/elsa/api/workflow-definitions/by-definition-id/story?versionOptions=Latest";
        Assert.DoesNotContain("proof", await li.GetStringAsync(latest), StringComparison.Ordinal);
        using var taken = await li.PostFormAsync("/workflows/story", "/workflows/story/versions/2/draft", []);
        Assert.Equal("/workflows/story/design", taken.Headers.Location!.ToString());
        Assert.Contains("proof", await li.GetStringAsync(latest), StringComparison.Ordinal);
        Assert.Equal(1, await host.InScopeAsync(db => db.WorkflowVersions.Where(v => v.Published).Select(v => v.Version).SingleAsync()));
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private string Story => Path.Combine(folder, "story.json");

    private async Task<HttpClient> BeginAsync(string role, string language)
    {
        var client = await host.SignedInAsync(role, language);
        client.DefaultRequestHeaders.Add("Cookie", $"language={language}");
        await ChangeAsync(VersionStory.First);
        return client;
    }

    private async Task ChangeAsync(string text)
    {
        await OfficeHost.WriteAsync(folder, "story.json", text);
        await host.Services.GetRequiredService<WorkflowFiles>().LoadAsync(default);
    }

    private async Task PublishAsync(HttpClient manager, string text)
    {
        var number = await host.WithAsync<CampaignFlow.Workflows.Versions.SaveDraft, int?>(async save =>
            (await save.HandleAsync("story", text, new(Guid.Empty, "Li"), null, default)).Version
        );
        (await manager.PostFormAsync("/workflows/story", $"/workflows/story/versions/{number}/publish", [])).Dispose();
    }
}
