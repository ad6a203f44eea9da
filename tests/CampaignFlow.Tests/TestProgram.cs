using CampaignFlow.Tests.Histories;
using CampaignFlow.Tests.Proofs;
using Xunit.MicrosoftTestingPlatform;
using Xunit.Runner.InProc.SystemConsole;

namespace CampaignFlow.Tests;

/// <summary>The tests; and by a first word a node that tests may kill, or one of the long proofs.</summary>
internal static class TestProgram
{
    public static Task<int> Main(string[] args) =>
        args switch
        {
            [Node.Verb, .. var rest] => Node.RunAsync(rest),
            [KillLoop.Verb, .. var rest] => KillLoop.RunAsync(rest),
            [ServerLoop.Verb, .. var rest] => ServerLoop.RunAsync(rest),
            [StoredRuns.Verb, .. var rest] => StoredRuns.WriteAsync(rest),
            _ when args.Contains("-automated") || args.Contains("@@") => ConsoleRunner.Run(args),
            _ => TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions),
        };
}
