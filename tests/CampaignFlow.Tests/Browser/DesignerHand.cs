using CampaignFlow.Tests.Support;
using Microsoft.Playwright;

namespace CampaignFlow.Tests.Browser;

/// <summary>A person's hand in the designer: what is dragged, drawn, typed and pressed.</summary>
internal sealed class DesignerHand(IPage page)
{
    private static readonly string? Album = Environment.GetEnvironmentVariable("CAMPAIGNFLOW_SCREENSHOTS");

    public IPage Page => page;
    public ILocator Saving => page.Locator("#saving");
    public ILocator Banner => page.Locator("#banner");
    public ILocator Problems => page.Locator("#problems");

    /// <summary>Under the text of the condition that is shown.</summary>
    public ILocator UnderTheCondition =>
        page.Locator(".studio-expression-input-monaco-editor + .condition-problem, .condition-problem").First;

    public static async Task<DesignerHand> SignInAsync(IBrowserContext browser, string role, string path)
    {
        var page = await browser.NewPageAsync();
        await page.GotoAsync("/sign-in?ReturnUrl=" + Uri.EscapeDataString(path));
        await page.Locator("#name").FillAsync(role);
        await page.Locator("#password").FillAsync(TestHost.Password);
        await page.Locator("button[type=submit]").ClickAsync();
        return new(page);
    }

    /// <summary>WebAssembly starts in seconds, on a busy machine in many.</summary>
    public Task DrawnAsync(string what = ".x6-graph") => page.Locator(what).First.WaitForAsync(new() { Timeout = 90_000 });

    /// <summary>A diagram is fitted to the window once it is drawn; a hand that reaches for a step before that misses it.</summary>
    private Task WholeAsync() =>
        page.Locator("body[data-whole]").WaitForAsync(new() { State = WaitForSelectorState.Attached, Timeout = 30_000 });

    public ILocator Step(string id) => page.Locator($".x6-node[data-cell-id='{id}']");

    /// <summary>Bytes over the wire while something happens.</summary>
    public async Task<long> WeighAsync(Func<Task> happens)
    {
        var wire = await page.Context.NewCDPSessionAsync(page);
        await wire.SendAsync("Network.enable");
        long all = 0;
        wire.Event("Network.loadingFinished").OnEvent += (_, told) =>
            Interlocked.Add(ref all, (long)told!.Value.GetProperty("encodedDataLength").GetDouble());
        await happens();
        await page.WaitForLoadStateAsync(LoadState.NetworkIdle, new() { Timeout = 90_000 });
        await wire.DetachAsync();
        return all;
    }

    public async Task<string> DropAsync(string category, string name, string type, int x, int y)
    {
        var head = page.Locator(".mud-expand-panel-header").Filter(new() { HasText = category }).First;
        await head.ClickAsync();
        await page.Locator("[draggable=true]")
            .Filter(new() { HasText = name })
            .First.DragToAsync(
                page.Locator(".x6-graph").First,
                new()
                {
                    TargetPosition = new() { X = x, Y = y },
                }
            );
        var step = page.Locator($"elsa-activity-wrapper[data-type='{type}']").First;
        await step.WaitForAsync();
        await SavedAsync();
        await head.ClickAsync();
        return (await step.GetAttributeAsync("activity-id"))!;
    }

    public async Task ConnectAsync(string from, string port, string to)
    {
        var (ax, ay) = await MiddleAsync(Step(from).Locator($"[port='{port}']").First);
        var (bx, by) = await MiddleAsync(Step(to).Locator("[port='In']").First);
        await page.Mouse.MoveAsync(ax, ay);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(bx - 30, by - 10, new() { Steps = 8 });
        await page.Mouse.MoveAsync(bx, by, new() { Steps = 8 });
        await page.WaitForTimeoutAsync(200);
        await page.Mouse.UpAsync();
    }

    public async Task MoveAsync(string step, int down)
    {
        await WholeAsync();
        var box = (await Step(step).Locator(".elsa-activity").BoundingBoxAsync())!;
        var (x, y) = (box.X + (box.Width / 2), box.Y + 6);
        await page.Mouse.MoveAsync(x, y);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(x, y + down, new() { Steps = 8 });
        await page.Mouse.UpAsync();
    }

    public async Task SelectAsync(string step)
    {
        await WholeAsync();
        var box = (await Step(step).Locator(".elsa-activity").BoundingBoxAsync())!;
        await page.Mouse.ClickAsync(box.X + (box.Width / 2), box.Y + 6);
    }

    public async Task WriteConditionAsync(string text)
    {
        await page.Locator(".studio-expression-input-monaco-editor .view-lines").First.ClickAsync();
        await page.Keyboard.PressAsync("Control+a");
        await page.Keyboard.TypeAsync(text, new() { Delay = 20 });
        await page.Keyboard.PressAsync("Escape");
    }

    /// <summary>The designer's own button with a cloud.</summary>
    public async Task PublishAsync()
    {
        await page.Locator(".mud-toolbar button:visible")
            .Filter(new() { Has = page.Locator("path[d^='M19.35 10.04']") })
            .First.ClickAsync();
        await page.Locator("#publishing .do").ClickAsync();
    }

    public async Task SavedAsync() =>
        await Assertions.Expect(Saving).ToHaveAttributeAsync("data-state", "saved", new() { Timeout = 15_000 });

    public async Task UnsavedAsync() =>
        await Assertions.Expect(Saving).ToHaveAttributeAsync("data-state", "unsaved", new() { Timeout = 15_000 });

    public Task PictureAsync(string name) =>
        Album is null ? Task.CompletedTask : page.ScreenshotAsync(new() { Path = Path.Combine(Album, $"designer-{name}.png") });

    private static async Task<(float X, float Y)> MiddleAsync(ILocator place)
    {
        var box = (await place.BoundingBoxAsync())!;
        return (box.X + (box.Width / 2), box.Y + (box.Height / 2));
    }
}
