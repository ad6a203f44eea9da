using Microsoft.Playwright;

namespace CampaignFlow.Tests.Browser;

/// <summary>One browser per test process: Debian's, Playwright downloads none.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private IPlaywright? playwright;

    public IBrowser Browser { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        const string path = "/usr/bin/chromium";
        if (!File.Exists(path))
            throw new InvalidOperationException("No Chromium here: run ./test, which installs it.");
        playwright = await Playwright.CreateAsync();
        Browser = await playwright.Chromium.LaunchAsync(
            new()
            {
                ExecutablePath = path,
                Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        playwright?.Dispose();
    }
}
