using System.Diagnostics;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace CampaignFlow.Tests.Notifications;

/// <summary>What the receiver's mail program understood.</summary>
public sealed record Received(
    string Subject,
    string Html,
    string Text,
    string From,
    string To,
    string MessageId,
    string? Kind,
    bool Secure,
    string? User,
    IReadOnlyList<string>? Types,
    IReadOnlyList<ReceivedFile> Attachments
);

public sealed record ReceivedFile(string Name, string Type, string Text);

/// <summary>A real mail server on loopback (npm smtp-server) with a certificate of its own; it ends with the test process.</summary>
public sealed class MailServer : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("cfsmtp").FullName;
    private Process? server;

    public int Port { get; private set; }
    public string Certificate => Path.Combine(folder, "cert.pem");
    private string Inbox => Path.Combine(folder, "inbox.ndjson");

    public async ValueTask InitializeAsync()
    {
        await InstallAsync();
        WriteCertificate();
        server = Start("node", "server.js", Certificate, Path.Combine(folder, "key.pem"), Inbox);
        var line =
            await server.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("The mail server did not start: " + await server.StandardError.ReadToEndAsync());
        Port = int.Parse(line);
    }

    public async Task<IReadOnlyList<Received>> ReceivedAsync(string to) =>
        File.Exists(Inbox) ? [.. (await File.ReadAllLinesAsync(Inbox)).Select(Parse).Where(m => m.To == to)] : [];

    /// <summary>Reads an .eml file as a mail program would.</summary>
    public static async Task<Received> ReadEmlAsync(string file)
    {
        await InstallAsync();
        using var parser = Start("node", "parse.js", file);
        var text = await parser.StandardOutput.ReadToEndAsync();
        await parser.WaitForExitAsync();
        return parser.ExitCode == 0 ? Parse(text) : throw new InvalidOperationException(await parser.StandardError.ReadToEndAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (server is { HasExited: false })
        {
            server.StandardInput.Close();
            await server.WaitForExitAsync();
        }
        server?.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static Received Parse(string json) => JsonSerializer.Deserialize<Received>(json, JsonSerializerOptions.Web)!;

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Certificate, certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
    }

    private static async Task InstallAsync()
    {
        await using var one = await OneAtATimeAsync();
        if (Directory.Exists(Path.Combine(Home(), "node_modules", "mailparser")))
            return;
        using var npm = Start("npm", "ci", "--no-audit", "--no-fund");
        var said = npm.StandardOutput.ReadToEndAsync();
        var error = await npm.StandardError.ReadToEndAsync();
        await npm.WaitForExitAsync();
        if (npm.ExitCode != 0)
            throw new InvalidOperationException($"npm ci in tests/mail: {error}{await said}");
    }

    private static async Task<FileStream> OneAtATimeAsync()
    {
        while (true)
        {
            try
            {
                return new FileStream(
                    Path.Combine(Path.GetTempPath(), "campaignflow-npm.lock"),
                    FileMode.OpenOrCreate,
                    FileAccess.Write,
                    FileShare.None
                );
            }
            catch (IOException)
            {
                await Task.Delay(100);
            }
        }
    }

    private static Process Start(string program, params string[] arguments) =>
        Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = Home(),
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;

    private static string Home([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "mail"));
}
