using System.Diagnostics;
using CampaignFlow.Tests.Support;

namespace CampaignFlow.Tests.Journeys;

/// <summary>What one call of the built program left behind.</summary>
internal sealed record Ended(int Code, string Out, string Error);

/// <summary>The built program as a process of its own, as people start it.</summary>
internal static class ProductProcess
{
    /// <summary>Beside the tests' own build: Debug tests start the Debug program.</summary>
    private static readonly string Program = Repository.Path(
        "src",
        "CampaignFlow",
        "bin",
        AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug",
        "net10.0",
        "campaignflow.dll"
    );

    public static Process Start(string folder, Dictionary<string, string> settings, params IEnumerable<string> arguments)
    {
        var info = new ProcessStartInfo("dotnet", [Program, .. arguments])
        {
            UseShellExecute = false,
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["ASPNETCORE_ENVIRONMENT"] = "Development"; // an unpublished build finds its static files only so
        info.Environment["RulesFolder"] = Repository.Path("rules");
        info.Environment["WorkflowFolder"] = Repository.Path("workflows");
        info.Environment["DataFolder"] = Path.Combine(folder, "data");
        info.Environment["ConnectionStrings__CampaignFlow"] = "";
        foreach (var (name, value) in settings)
            info.Environment[name] = value;
        return Process.Start(info)!;
    }

    public static Task<Ended> RunAsync(string folder, params IEnumerable<string> arguments) => RunAsync(folder, [], arguments);

    public static async Task<Ended> RunAsync(string folder, Dictionary<string, string> settings, params IEnumerable<string> arguments)
    {
        using var process = Start(folder, settings, arguments);
        var said = process.StandardOutput.ReadToEndAsync();
        var wrong = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new(process.ExitCode, await said, wrong);
    }
}
