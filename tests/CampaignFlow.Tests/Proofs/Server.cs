using System.Collections.Concurrent;
using System.Diagnostics;
using CampaignFlow.Tests.Journeys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CampaignFlow.Tests.Proofs;

/// <summary>The product as a server process, until it is killed.</summary>
internal sealed class Server : IDisposable
{
    private readonly ConcurrentQueue<string> said = new();

    private Server(Process process) => Process = process;

    public Process Process { get; }
    public string Url { get; private set; } = "";
    public string Said => string.Join('\n', said.TakeLast(30));

    /// <param name="folder">Data folder; several servers may share it.</param>
    /// <param name="reach">Host and port inside the house that its workflows may call.</param>
    /// <param name="port">Zero: one that is free.</param>
    public static async Task<Server> StartAsync(string folder, string database, string reach, int port = 0)
    {
        var process = ProductProcess.Start(
            folder,
            new(StringComparer.Ordinal)
            {
                ["ConnectionStrings__CampaignFlow"] = database,
                ["DataFolder"] = folder,
                ["Demo__Skip"] = "true",
                ["Http__AllowedHosts"] = reach,
                ["Logging__LogLevel__Default"] = "Warning",
                ["DOTNET_TieredPGO"] = "0",
            },
            "--urls",
            $"http://127.0.0.1:{port}"
        );
        var server = new Server(process);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => ready.TrySetResult();
        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await ready.Task;
        return server;

        void Hear(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is null)
                return;
            server.said.Enqueue(line.Data);
            if (!line.Data.StartsWith("CampaignFlow is ready", StringComparison.Ordinal))
                return;
            server.Url = line.Data[line.Data.IndexOf("http", StringComparison.Ordinal)..];
            ready.TrySetResult();
        }
    }

    public void Dispose()
    {
        if (!Process.HasExited)
            Process.Kill();
        Process.Dispose();
    }
}

/// <summary>Another system: counts how often it was called with each idempotency key.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private Receiver(WebApplication app) => this.app = app;

    public ConcurrentDictionary<string, int> Calls { get; } = new(StringComparer.Ordinal);
    public string Url => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/told";

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var receiver = new Receiver(builder.Build());
        receiver.app.Urls.Add("http://127.0.0.1:0");
        receiver.app.Map("/told", receiver.Told);
        await receiver.app.StartAsync();
        return receiver;
    }

    private string Told(HttpRequest request)
    {
        Calls.AddOrUpdate(request.Headers["Idempotency-Key"].ToString(), 1, (_, times) => times + 1);
        return "heard";
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
