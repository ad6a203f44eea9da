using System.Net;
using Mono.Cecil;

namespace CampaignFlow.Tests.House;

/// <summary>The engine sees nothing but its arguments: no clock, disk, network, process, chance or database.</summary>
public sealed class EngineIsPureTests
{
    private static readonly string[] ForbiddenNamespaces =
    [
        "System.Net",
        "System.Data",
        "System.Diagnostics.Process",
        "System.Timers",
        "Microsoft.AspNetCore",
        "Microsoft.EntityFrameworkCore",
        "Microsoft.Extensions",
        "Microsoft.Data",
        "Npgsql",
        "Quartz",
    ];

    /// <summary>A type, or one of its members after a dot.</summary>
    private static readonly string[] Forbidden =
    [
        "DateTime.get_Now",
        "DateTime.get_UtcNow",
        "DateTime.get_Today",
        "DateTimeOffset.get_Now",
        "DateTimeOffset.get_UtcNow",
        "TimeProvider.get_System",
        "TimeZoneInfo.get_Local",
        "Stopwatch",
        "Environment",
        "Console",
        "File",
        "FileInfo",
        "FileStream",
        "Directory",
        "DirectoryInfo",
        "StreamReader",
        "StreamWriter",
        "Path.GetTempPath",
        "Path.GetFullPath",
        "Thread",
        "Timer",
        "Task.Delay",
        "Task.Run",
        "Random.get_Shared",
        "RandomNumberGenerator",
        "Guid.NewGuid",
        "Process",
    ];

    /// <summary>Pure with an argument, impure without.</summary>
    private static readonly string[] ForbiddenWithoutArgument = ["Random..ctor", "Guid.CreateVersion7"];

    /// <summary>A constant of the machine, and what the compiler writes into every iterator.</summary>
    private static readonly string[] Harmless = ["Environment.get_NewLine", "Environment.get_CurrentManagedThreadId"];

    [Fact]
    public void The_engine_sees_nothing_but_its_arguments() =>
        Assert.Empty(Impurities(CodeReading.Written(CodeReading.Module(typeof(Engine.Money)))).Distinct().Order());

    [Fact]
    public void Every_kind_of_impurity_would_be_seen()
    {
        var sample = CodeReading
            .Written(CodeReading.Module(typeof(EngineIsPureTests)))
            .SelectMany(CodeReading.WithNested)
            .Single(t => t.Name == nameof(Impure));
        string[] expected =
        [
            "DateTime.get_UtcNow",
            "DateTimeOffset.get_Now",
            "Dns.GetHostName",
            "Environment.get_MachineName",
            "File.ReadAllText",
            "Guid.NewGuid",
            "Random..ctor",
            "Task.Delay",
            "Thread.Sleep",
        ];
        Assert.Equal(
            expected,
            Impurities([sample]).Select(i => i[(i.IndexOf(": ", StringComparison.Ordinal) + 2)..]).Distinct().Order(StringComparer.Ordinal)
        );
    }

    private static IEnumerable<string> Impurities(IEnumerable<TypeDefinition> types) =>
        from type in types
        from nested in CodeReading.WithNested(type)
        from call in CodeReading.Calls(nested)
        where IsImpure(call)
        select $"{type.Name}: {Name(call)}";

    private static bool IsImpure(MethodReference call)
    {
        var (space, type, member) = (call.DeclaringType.Namespace, call.DeclaringType.Name, Name(call));
        if (Harmless.Contains(member))
            return false;
        return Forbidden.Contains(member)
            || Forbidden.Contains(type) && space.StartsWith("System", StringComparison.Ordinal)
            || ForbiddenNamespaces.Any(n => space == n || space.StartsWith(n + ".", StringComparison.Ordinal))
            || call.Parameters.Count == 0 && ForbiddenWithoutArgument.Contains(member);
    }

    private static string Name(MethodReference call) => $"{call.DeclaringType.Name}.{call.Name}";

    /// <summary>Does on purpose what the engine must not.</summary>
    internal static class Impure
    {
        public static string Everything() =>
            string.Join(
                ' ',
                DateTime.UtcNow,
                DateTimeOffset.Now,
                Environment.MachineName,
                Environment.NewLine,
                Guid.NewGuid(),
                new Random().Next(),
                new Random(1).Next(),
                Dns.GetHostName(),
                File.ReadAllText("/dev/null")
            );

        public static async Task WaitAsync()
        {
            Thread.Sleep(1);
            await Task.Delay(1);
        }
    }
}
