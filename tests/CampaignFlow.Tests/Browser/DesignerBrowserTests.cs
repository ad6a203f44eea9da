using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CampaignFlow.Accounts;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Versions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace CampaignFlow.Tests.Browser;

/// <summary>The real designer in Chromium. Few and long: it takes seconds to start.</summary>
public sealed class DesignerBrowserTests : IClassFixture<Chromium>, IAsyncLifetime
{
    private readonly Chromium chromium;
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> asked = [];
    private readonly TestHost host;

    public DesignerBrowserTests(Chromium chromium)
    {
        this.chromium = chromium;
        host = new()
        {
            Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["WorkflowFolder"] = Repository.Path("workflows") },
            More = services => services.AddSingleton<IStartupFilter>(new Listening(asked)),
        };
    }

    public async ValueTask InitializeAsync()
    {
        host.UseKestrel(0);
        host.StartServer();
        await host.MakePeopleAsync();
        await host.Services.GetRequiredService<WorkflowFiles>().LoadAsync(TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    [Theory]
    [InlineData("zh-CN", "版本历史", "未知活动", "无法连接服务器", "登录已过期", "没有覆盖任何内容", "只读", "事件名称")]
    [InlineData(
        "en",
        "Version history",
        "Unknown",
        "The server cannot be reached",
        "Your session has ended",
        "Nothing is written over",
        "Read only",
        "Event name"
    )]
    public async Task Nothing_is_lost_by_a_lost_server_an_ended_session_another_editor_or_a_type_that_is_gone(
        string language,
        string history,
        string unknown,
        string lost,
        string ended,
        string conflict,
        string readOnly,
        string eventName
    )
    {
        await StoreOldTimesAsync();
        await using var browser = await BrowserAsync(language);
        var li = await DesignerHand.SignInAsync(browser, Roles.Operator, "/workflows/old-times/design");
        await li.DrawnAsync(".x6-node");
        await Assertions.Expect(li.Page.Locator("#studio")).ToContainTextAsync(history);
        await Assertions.Expect(li.Page.Locator("#studio")).ToContainTextAsync(unknown);
        await Assertions.Expect(li.Page.Locator(".x6-node")).ToHaveCountAsync(2);
        await li.MoveAsync("hello", 40);
        await li.SavedAsync();
        await StillHasFaxAsync();
        await li.PictureAsync(language + "-type-gone");
        // An event is offered by its name, and may be a new one.
        await li.SelectAsync("hello");
        var name = li.Page.GetByLabel(eventName, new() { Exact = true });
        await Assertions.Expect(name).ToHaveAttributeAsync("list", "event-names");
        await Assertions.Expect(li.Page.Locator("#event-names option[value='review-due']")).ToHaveCountAsync(1);
        await name.FillAsync("of-our-own");
        await name.PressAsync("Tab");
        for (var patience = 0; !(await DraftAsync()).Contains("of-our-own", StringComparison.Ordinal); patience++)
        {
            Assert.True(patience < 150, "The event's name was not saved.");
            await Task.Delay(100);
        }
        await li.SavedAsync();

        await li.Page.RouteAsync("**/elsa/**", route => route.AbortAsync());
        await li.MoveAsync("hello", 30);
        await Assertions.Expect(li.Banner).ToContainTextAsync(lost);
        await li.UnsavedAsync();
        await li.PictureAsync(language + "-server-lost");
        var before = await RevisionsAsync();
        await li.Page.UnrouteAsync("**/elsa/**");
        await li.SavedAsync();
        await Assertions.Expect(li.Banner).ToBeHiddenAsync();
        Assert.True(await RevisionsAsync() > before);

        var elsewhere = await browser.NewPageAsync();
        await browser.ClearCookiesAsync(new() { Name = "campaignflow" });
        await li.MoveAsync("hello", 30);
        await Assertions.Expect(li.Banner).ToContainTextAsync(ended);
        await li.PictureAsync(language + "-session-ended");
        before = await RevisionsAsync();
        await elsewhere.GotoAsync("/sign-in");
        await elsewhere.Locator("#name").FillAsync(Roles.Operator);
        await elsewhere.Locator("#password").FillAsync(TestHost.Password);
        await elsewhere.Locator("button[type=submit]").ClickAsync();
        await li.SavedAsync();
        Assert.True(await RevisionsAsync() > before);

        await SaveAsSomebodyElseAsync();
        await li.MoveAsync("hello", 30);
        await Assertions.Expect(li.Banner).ToContainTextAsync(conflict);
        await li.PictureAsync(language + "-conflict");
        await StillHasFaxAsync();

        await using var others = await BrowserAsync(language);
        var reader = await DesignerHand.SignInAsync(others, Roles.Editor, "/workflows/campaign-lifecycle/design");
        // The designer takes seconds; what it will show is read before.
        await Assertions.Expect(reader.Page.Locator("#ahead .diagram-box")).ToHaveCountAsync(51);
        await Assertions.Expect(reader.Page.Locator("#ahead .diagram-box").First).ToBeVisibleAsync();
        Assert.Equal(0, await reader.Page.Locator(".x6-node").CountAsync());
        await reader.DrawnAsync(".x6-node");
        // However many steps come after the first: a large diagram is fitted once the last is there.
        await Assertions
            .Expect(reader.Page.Locator(".x6-graph-svg-viewport"))
            .ToHaveAttributeAsync("transform", new Regex(@"^matrix\(0\.[0-9]"), new() { Timeout = 30_000 });
        await Assertions.Expect(reader.Page.Locator("#ahead")).ToBeHiddenAsync();
        await BeginsInSightAsync(reader);
        await EveryConnectionIsKnownAsync(reader);
        await Assertions.Expect(reader.Page.Locator(".chip")).ToContainTextAsync(readOnly);
        await Assertions
            .Expect(
                reader.Page.Locator(".mud-toolbar button:visible").Filter(new() { Has = reader.Page.Locator("path[d^='M19.35 10.04']") })
            )
            .ToHaveCountAsync(0);
        await reader.PictureAsync(language + "-read-only");
    }

    [Fact]
    public async Task It_weighs_ten_megabytes_at_first_and_nothing_of_its_own_afterwards()
    {
        await using var browser = await BrowserAsync("en");
        var li = await DesignerHand.SignInAsync(browser, Roles.Operator, "/workflows");
        var missing = new List<string>();
        li.Page.Response += (_, answer) =>
        {
            if (answer.Status >= 400)
                missing.Add(answer.Url);
        };
        var cold = await li.WeighAsync(OpenAsync);
        Assert.InRange(cold, 1_000_000, 10_000_000);
        Assert.Contains(asked, IsDesigners);
        TestContext.Current.TestOutputHelper?.WriteLine($"cold {cold:N0} bytes in {asked.Count} requests");
        // What the page asks ahead is what the designer wants: nothing is asked a second time.
        Assert.Single(asked, path => path.EndsWith("/by-definition-id/weekly-review", StringComparison.Ordinal));
        Assert.Single(asked, path => path == "/elsa/api/descriptors/activities");
        // One file instead of an assembly at a time, and the text editors after the canvas has what it needs.
        Assert.Single(asked, path => path.EndsWith("/assemblies.pack", StringComparison.Ordinal));
        Assert.EndsWith(
            "/" + host.Services.GetRequiredService<CampaignFlow.Studio.StudioFiles>().Runtime,
            Assert.Single(asked, path => path.EndsWith(".wasm", StringComparison.Ordinal)),
            StringComparison.Ordinal
        );
        var order = asked.ToList();
        Assert.True(
            order.FindIndex(path => path.EndsWith("/vs/loader.js", StringComparison.Ordinal))
                > order.IndexOf("/elsa/api/features/installed")
        );
        var before = asked.ToHashSet(StringComparer.Ordinal);
        asked.Clear();
        await OpenAsync();
        Assert.NotEmpty(asked);
        // The browser does not even ask for what it has; an editor's part that was not needed before may come.
        Assert.DoesNotContain(asked, path => path.Contains("/_framework/", StringComparison.Ordinal));
        Assert.DoesNotContain(asked, path => IsDesigners(path) && before.Contains(path));
        Assert.Empty(missing);

        static bool IsDesigners(string path) =>
            path.Contains("/_framework/", StringComparison.Ordinal) || path.Contains("/_content/", StringComparison.Ordinal);

        async Task OpenAsync()
        {
            await li.Page.GotoAsync("about:blank");
            await li.Page.GotoAsync("/workflows/weekly-review/design", new() { WaitUntil = WaitUntilState.DOMContentLoaded });
            await li.DrawnAsync(".x6-node");
            await li.SelectAsync("weekly-reminder");
            await li.Page.WaitForFunctionAsync("() => globalThis.monaco?.editor"); // the last to come
        }
    }

    /// <summary>A diagram too wide for the window shows its first step, not its middle.</summary>
    private static async Task BeginsInSightAsync(DesignerHand hand)
    {
        var canvas = (await hand.Page.Locator(".x6-graph").First.BoundingBoxAsync())!;
        var first = (await hand.Step("enter-research").BoundingBoxAsync())!;
        Assert.InRange(first.X, canvas.X, canvas.X + 100);
        Assert.InRange(first.Y, canvas.Y, canvas.Y + canvas.Height - first.Height);
    }

    /// <summary>Connections on the canvas have no names of their own; the dry run's way finds them by where they begin and end.</summary>
    private static async Task EveryConnectionIsKnownAsync(DesignerHand hand)
    {
        var file = JsonNode.Parse(await File.ReadAllTextAsync(Repository.Path("workflows/campaign-lifecycle.json")))!;
        var stored = file["root"]!["connections"]!
            .AsArray()
            .Select(c => $"{c!["source"]!["activity"]} {c["source"]!["port"]} {c["target"]!["activity"]}")
            .Order(StringComparer.Ordinal)
            .ToList();
        await Assertions.Expect(hand.Page.Locator(".x6-edge")).ToHaveCountAsync(stored.Count);
        var drawn = await hand.Page.EvaluateAsync<string[]>("() => designerConnections().map(c => `${c.source} ${c.port} ${c.target}`)");
        Assert.Equal(stored, drawn.Order(StringComparer.Ordinal));
    }

    private async Task<IBrowserContext> BrowserAsync(string language)
    {
        var browser = await chromium.Browser.NewContextAsync(
            new()
            {
                BaseURL = host.ClientOptions.BaseAddress.ToString(),
                ViewportSize = new() { Width = 1600, Height = 1000 },
            }
        );
        await browser.AddCookiesAsync([
            new()
            {
                Name = "language",
                Value = language,
                Url = host.ClientOptions.BaseAddress.ToString(),
            },
        ]);
        return browser;
    }

    private Task<int> RevisionsAsync() =>
        host.InScopeAsync(db => db.DraftRevisions.CountAsync(r => r.DefinitionId == "old-times" && r.Kind == RevisionKind.Saved));

    private Task<string> DraftAsync() =>
        host.InScopeAsync(db => db.WorkflowDrafts.Where(d => d.DefinitionId == "old-times").Select(d => d.Json).SingleAsync());

    private async Task StillHasFaxAsync() => Assert.Contains("Vanished.Fax", await DraftAsync(), StringComparison.Ordinal);

    private Task<int> SaveAsSomebodyElseAsync() =>
        host.InScopeAsync(async db =>
        {
            var draft = await db.WorkflowDrafts.SingleAsync(d => d.DefinitionId == "old-times");
            draft.Revision++;
            draft.By = "Wang";
            return await db.SaveChangesAsync();
        });

    private Task<int> StoreOldTimesAsync() =>
        host.InScopeAsync(async db =>
        {
            db.WorkflowVersions.Add(
                new()
                {
                    DefinitionId = "old-times",
                    Version = 1,
                    Name = "Old times",
                    Json = """
                    {"name":"Old times","root":{"id":"flow","type":"Elsa.Flowchart","version":1,"activities":[
                      {"id":"hello","name":"hello","type":"Elsa.Event","version":1,"metadata":{"designer":{"position":{"x":0,"y":0},"size":{"width":200,"height":54}}}},
                      {"id":"fax","name":"fax","type":"Vanished.Fax","version":2,"metadata":{"designer":{"position":{"x":320,"y":0},"size":{"width":200,"height":54}}}}],
                     "connections":[]}}
                    """,
                    Hash = "0123456789",
                    CreatedAt = DateTimeOffset.UnixEpoch,
                }
            );
            return await db.SaveChangesAsync();
        });
}

/// <summary>Hears what browsers ask the server for.</summary>
internal sealed class Listening(System.Collections.Concurrent.ConcurrentQueue<string> asked) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            app.Use(
                (http, rest) =>
                {
                    asked.Enqueue(http.Request.Path);
                    return rest(http);
                }
            );
            next(app);
        };
}
