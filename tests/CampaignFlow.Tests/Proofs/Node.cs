using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Workflows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CampaignFlow.Tests.Proofs;

/// <summary>
/// The test program again, as one process that carries stories on with the product's own background work, until it is killed; at a
/// named point it may kill or stop itself.
/// </summary>
internal sealed class Node : IDisposable
{
    public const string Verb = "node";
    private const string Ready = "ready";

    /// <summary>Short, so that much is killed in little time.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    private readonly Process process;
    private readonly ConcurrentQueue<string> said = new();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Node(Process process)
    {
        this.process = process;
        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.Exited += (_, _) => ready.TrySetResult();
        process.EnableRaisingEvents = true;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        void Hear(object sender, DataReceivedEventArgs line)
        {
            if (line.Data == Ready)
                ready.TrySetResult();
            else if (line.Data is not null)
                said.Enqueue(line.Data);
        }
    }

    public Process Process => process;

    /// <summary>Warnings, and what ended it.</summary>
    public string Said => string.Join('\n', said);

    /// <param name="effects">Folder of the outside world.</param>
    /// <param name="point">One of <see cref="Faults.Points"/>; null: it works until somebody else kills it.</param>
    /// <param name="times">At which passing of the point.</param>
    /// <param name="signal">KILL or STOP.</param>
    public static Node Start(StorageOptions storage, string effects, string? point = null, int times = 1, string signal = "KILL")
    {
        string[] fault = point is null ? [] : [point, times.ToString(CultureInfo.InvariantCulture), signal];
        var info = new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "CampaignFlow.Tests"),
            [Verb, storage.Kind.ToString(), storage.ConnectionString, effects, .. fault]
        )
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["DOTNET_TieredPGO"] = "0"; // it does not live long enough to be worth measuring
        return new(Process.Start(info)!);
    }

    /// <summary>It has begun to work, or has ended already.</summary>
    public Task WorksAsync() => ready.Task;

    /// <returns>True when it ended within the time.</returns>
    public bool EndsWithin(TimeSpan patience) => process.WaitForExit(patience);

    public void Kill() => process.Kill();

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }

    public static async Task<int> RunAsync(string[] args)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.None).AddConsole());
        services.AddStorage(new(Enum.Parse<DatabaseKind>(args[0]), args[1], args[2]));
        services.AddSingleton(TimeProvider.System);
        services.AddMetrics();
        Bench.Register(services, Lease);
        Story.Register(services);
        services.AddScoped<IFactHandler<Shouted>>(_ => new Shout(args[2]));
        CampaignFlow.Workflows.WorkflowsModule.AddWorkflowHost(services);
        await using var provider = services.BuildServiceProvider(validateScopes: true);
        if (args is [_, _, _, var point, var times, var signal])
            Arm(provider.GetRequiredService<Faults>(), point, int.Parse(times, CultureInfo.InvariantCulture), signal);
        var runner = provider.GetRequiredService<CampaignFlow.Workflows.WorkflowRunner>();
        var before = runner.LastLook;
        foreach (var service in provider.GetServices<IHostedService>())
            await service.StartAsync(CancellationToken.None);
        while (runner.LastLook == before)
            await Task.Delay(10); // who is killed before its first claim proves nothing
        Console.WriteLine(Ready);
        await Console.In.ReadToEndAsync(); // ends with whoever started it
        return 0;
    }

    private static void Arm(Faults faults, string point, int times, string signal)
    {
        var passed = 0;
        faults.Hook = here =>
        {
            if (here != point || Interlocked.Increment(ref passed) != times)
                return;
            using var kill = Process.Start("kill", ["-" + signal, Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);
            kill.WaitForExit(); // a stopped process goes on from here
        };
    }
}
