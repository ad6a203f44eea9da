using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace CampaignFlow.Tests.Support;

/// <summary>
/// One throw-away PostgreSQL per test process, without docker: a given server (CAMPAIGNFLOW_TEST_POSTGRES), else the machine's
/// Debian package. It refuses to run as root, so root starts it as "nobody"; it dies with the test process.
/// </summary>
public sealed class PostgresServer
{
    private const string Nobody = "65534";
    private static readonly Lazy<PostgresServer> Lazy = new(() => new PostgresServer());
    private readonly string admin;
    private readonly string[] program = [];
    private Process? server;

    private PostgresServer(bool own = false)
    {
        if (!own && Environment.GetEnvironmentVariable("CAMPAIGNFLOW_TEST_POSTGRES") is { Length: > 0 } given)
        {
            admin = given;
            return;
        }
        var bin = Binaries();
        var root = Directory.CreateTempSubdirectory("cfpg").FullName;
        if (IsRoot)
            Run("chown", $"{Nobody}:{Nobody}", root);
        Run([
            .. AsNobody(),
            $"{bin}/initdb",
            "-D",
            $"{root}/data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        ]);
        var port = FreePort();
        program =
        [
            .. AsNobody(),
            "--pdeathsig=QUIT",
            $"{bin}/postgres",
            "-D",
            $"{root}/data",
            "-p",
            port.ToString(CultureInfo.InvariantCulture),
            "-k",
            root,
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "fsync=off",
            "-c",
            "autovacuum=off", // its transactions are not those that a test counts
            "-c",
            "max_connections=300",
        ];
        admin = $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres";
        StartServer();
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            server!.Kill(entireProcessTree: true);
            server.WaitForExit(5000);
            // Not awaited: hundreds of databases take longer than the ten seconds after which the runner ends a process by force, as failed.
            Process.Start("rm", ["-rf", root]).Dispose();
        };
    }

    /// <summary>A server that a test may crash without hurting the others.</summary>
    public static PostgresServer OfItsOwn() => new(own: true);

    /// <summary>The server dies as in a power cut (what the machine has written stays) and comes up again.</summary>
    /// <param name="postmasterOnly">SIGKILL for the postmaster, whose children find out by themselves; else an immediate shutdown.</param>
    public void CrashAndRestart(bool postmasterOnly)
    {
        if (postmasterOnly)
            server!.Kill();
        else
            Run("kill", "-QUIT", server!.Id.ToString(CultureInfo.InvariantCulture));
        server!.WaitForExit();
        StartServer();
        NpgsqlConnection.ClearAllPools(); // this process, too, held connections to the dead one
    }

    private void StartServer()
    {
        for (var i = 0; ; i++)
        {
            // The children of a killed postmaster may still hold its memory; then the new one ends at once.
            if (server is not { HasExited: false })
                server = StartTiedToThisProcess(program);
            try
            {
                Execute("select 1");
                return;
            }
            catch (NpgsqlException) when (i < 400)
            {
                Thread.Sleep(50);
            }
        }
    }

    public static PostgresServer Shared => Lazy.Value;

    /// <returns>Connection string of a new, empty database.</returns>
    public string CreateDatabase()
    {
        var name = "t" + Guid.NewGuid().ToString("N");
        Execute($"create database {name}");
        return new NpgsqlConnectionStringBuilder(admin) { Database = name, MaxPoolSize = 20 }.ToString();
    }

    private static bool IsRoot => Environment.UserName == "root";

    private static string[] AsNobody() => IsRoot ? ["setpriv", $"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups"] : ["setpriv"];

    private static string Binaries() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .GetDirectories("/usr/lib/postgresql")
                .OrderDescending()
                .Select(d => d + "/bin")
                .FirstOrDefault(d => File.Exists(d + "/initdb"))
                ?? Missing()
            : Missing();

    private static string Missing() =>
        throw new InvalidOperationException("No PostgreSQL here: run ./test, which installs it, or set CAMPAIGNFLOW_TEST_POSTGRES.");

    private static Process StartTiedToThisProcess(string[] command)
    {
        // The parent-death signal belongs to the thread that forked, so that thread has to live as long as the server.
        var started = new TaskCompletionSource<Process>();
        new Thread(() =>
        {
            var process = Start(command);
            process.BeginErrorReadLine(); // nobody reads its log, but a full pipe would stop every session that has something to say
            started.SetResult(process);
            process.WaitForExit();
        })
        {
            IsBackground = true,
        }.Start();
        return started.Task.GetAwaiter().GetResult();
    }

    private static Process Start(string[] command)
    {
        var info = new ProcessStartInfo(command[0], command.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        };
        var process = Process.Start(info)!;
        process.BeginOutputReadLine();
        return process;
    }

    private static void Run(params string[] command)
    {
        using var process = Start(command);
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)}: {error}");
    }

    private void Execute(string sql)
    {
        using var connection = new NpgsqlConnection(admin + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
