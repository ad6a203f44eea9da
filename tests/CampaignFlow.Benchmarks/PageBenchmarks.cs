using System.Diagnostics;
using BenchmarkDotNet.Attributes;
using CampaignFlow.Tests.Support;

namespace CampaignFlow.Benchmarks;

/// <summary>
/// A campaign's page over HTTP from the built server on the demo database. CAMPAIGNFLOW_BENCH_DATA names a data folder to use (made on
/// first use, with the password "demo-password-1"); without it every run lives through the demo's weeks first.
/// </summary>
public class PageBenchmarks : IDisposable
{
    private const string Password = "demo-password-1";
    private readonly HttpClient client = new();
    private Process server = null!;

    [Params("/campaigns/double-11", "/")]
    public string Page { get; set; } = "";

    [GlobalSetup]
    public void Prepare() => PrepareAsync().GetAwaiter().GetResult();

    [GlobalCleanup]
    public void CleanUp()
    {
        server.Kill();
        server.WaitForExit();
        server.Dispose();
    }

    public void Dispose()
    {
        client.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public async Task<int> Get()
    {
        using var answer = await client.GetAsync(Page);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadAsByteArrayAsync()).Length;
    }

    private async Task PrepareAsync()
    {
        var given = Environment.GetEnvironmentVariable("CAMPAIGNFLOW_BENCH_DATA");
        var folder = string.IsNullOrEmpty(given) ? Directory.CreateTempSubdirectory("cfpages").FullName : given;
        // The benchmarks' own build holds the product beside it.
        var info = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "campaignflow.dll")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            WorkingDirectory = Repository.Root,
        };
        foreach (
            var (name, value) in new[]
            {
                ("DataFolder", folder),
                ("RulesFolder", Repository.Path("rules")),
                ("WorkflowFolder", Repository.Path("workflows")),
                ("Demo__Password", Password),
                ("Urls", "http://127.0.0.1:0"),
            }
        )
            info.Environment[name] = value;
        server = Process.Start(info)!;
        var line = "";
        while (!line.StartsWith("CampaignFlow is ready: ", StringComparison.Ordinal))
            line = await server.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The server did not start.");
        client.BaseAddress = new(line["CampaignFlow is ready: ".Length..]);
        using var signedIn = await client.SignInAsync("manager", Password);
        signedIn.EnsureSuccessStatusCode();
    }
}
