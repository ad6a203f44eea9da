using BenchmarkDotNet.Running;
using CampaignFlow.Benchmarks.Evaluation;
using CampaignFlow.Benchmarks.Matching;
using CampaignFlow.Benchmarks.Throughput;

namespace CampaignFlow.Benchmarks;

internal static class Program
{
    public static async Task Main(string[] args)
    {
        if (args is ["engine", ..])
            await EngineTable.PrintAsync(args[1..]);
        else if (args is ["rules", ..])
            MatchingTable.Print();
        else if (args is ["evaluation", ..])
            await EvaluationTable.PrintAsync();
        else
            BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
    }
}
