using System.CommandLine;
using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;

namespace CampaignFlow.Commands;

internal static class WorkflowsCommand
{
    private static readonly Argument<string> FileName = new("FILE") { Description = "Definition in Elsa 3's JSON" };

    public static Command Create()
    {
        var check = new Command("check", "Reads a definition and says what is wrong with it") { FileName, CommandLine.Json };
        check.SetAction(parsed =>
        {
            var (definition, problems) = Read(parsed.GetRequiredValue(FileName));
            if (parsed.GetValue(CommandLine.Json))
                CommandLine.Print(
                    new
                    {
                        file = parsed.GetRequiredValue(FileName),
                        definition?.Name,
                        problems = problems.Select(Place.Of),
                    }
                );
            else
                Console.WriteLine(definition is null ? string.Join(Environment.NewLine, problems) : $"ok  {definition.Name}");
            return definition is null ? 1 : 0;
        });
        var input = new Option<string[]>("--input") { Description = "Input of the run, NAME=VALUE; may be given several times" };
        var run = new Command("run", "Runs a definition in memory on a virtual clock") { FileName, input, CommandLine.Json };
        run.SetAction(parsed =>
        {
            var (definition, problems) = Read(parsed.GetRequiredValue(FileName));
            if (definition is null)
                throw new StartupRefusal(string.Join(Environment.NewLine, problems));
            var result = new MemoryRun(definition).Start(Inputs(parsed.GetValue(input) ?? []), DateTimeOffset.UtcNow);
            if (parsed.GetValue(CommandLine.Json))
                CommandLine.Print(
                    new
                    {
                        status = result.Status.ToString(),
                        output = result.Output,
                        journal = result.Journal,
                        waiting = result.Waiting,
                        error = result.State.Error,
                    }
                );
            else
                Show(result);
            return result.Status == RunStatus.Faulted ? 1 : 0;
        });
        return new Command("workflows", "Workflow definitions") { check, run };
    }

    private static (WorkflowDefinition? Definition, IReadOnlyList<Engine.Problem> Problems) Read(string path)
    {
        if (!File.Exists(path))
            throw new StartupRefusal($"There is no file {path}.");
        var (definition, problems) = WorkflowJson.Parse(File.ReadAllText(path), Path.GetFileName(path), KnownTypes());
        return (definition, problems);
    }

    /// <summary>The slices' own activity types; describing them opens no database.</summary>
    private static IReadOnlyCollection<ActivityType> KnownTypes()
    {
        var nowhere = Path.GetTempPath();
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddQuietLogging()
            .AddProduct(new(DatabaseKind.Sqlite, StorageOptions.SqliteFile(Path.Combine(nowhere, "none.db")), nowhere), TimeProvider.System)
            .BuildServiceProvider();
        return services.GetRequiredService<ActivityCatalogue>().Product;
    }

    private static Dictionary<string, JsonNode?> Inputs(string[] given)
    {
        var inputs = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var pair in given)
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at < 1)
                throw new StartupRefusal($"--input '{pair}' is not NAME=VALUE.");
            inputs[pair[..at]] = Value(pair[(at + 1)..]);
        }
        return inputs;
    }

    /// <summary>Numbers, true, false, null, arrays and objects as JSON; everything else is text.</summary>
    private static JsonNode? Value(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (System.Text.Json.JsonException)
        {
            return JsonValue.Create(text);
        }
    }

    private static void Show(MemoryRunResult result)
    {
        foreach (var line in result.Output)
            Console.WriteLine(line);
        foreach (var waiting in result.Waiting)
            Console.Error.WriteLine(waiting);
        Console.Error.WriteLine(result.State.Error is { } error ? $"{result.Status}: {error}" : result.Status.ToString());
    }
}
