using System.Text.Json.Nodes;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Checks;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;

namespace CampaignFlow.Commands;

/// <summary>A definition named on the command line, with what the product knows of it; no database is opened.</summary>
/// <param name="Problems">What keeps it from being read or published, and what needs a look.</param>
internal sealed record WorkflowFile(string Path, WorkflowDefinition? Definition, IReadOnlyList<Problem> Problems, DefinitionChecks Checks)
{
    public bool IsGood => Definition is not null && !DefinitionCheck.Refuses(Problems);

    private IReadOnlyCollection<ActivityType> Types { get; init; } = [];

    /// <exception cref="StartupRefusal">There is no such file.</exception>
    public static WorkflowFile Read(string path)
    {
        if (!File.Exists(path))
            throw new StartupRefusal($"There is no file {path}.");
        var nowhere = System.IO.Path.GetTempPath();
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddQuietLogging()
            .AddProduct(
                new(DatabaseKind.Sqlite, StorageOptions.SqliteFile(System.IO.Path.Combine(nowhere, "none.db")), nowhere),
                TimeProvider.System
            )
            .BuildServiceProvider();
        var types = services.GetRequiredService<ActivityCatalogue>().Product;
        var checks = services.GetRequiredService<DefinitionChecks>();
        var (definition, problems) = WorkflowJson.Parse(File.ReadAllText(path), System.IO.Path.GetFileName(path), types, Used(path));
        return new(path, definition, definition is null ? problems : checks.Check(definition, Beside(path)), checks) { Types = types };
    }

    /// <exception cref="StartupRefusal">It cannot be read; the problems, one a line.</exception>
    public static (WorkflowFile File, WorkflowDefinition Definition) Readable(string path)
    {
        var file = Read(path);
        return file.Definition is { } definition
            ? (file, definition)
            : throw new StartupRefusal(string.Join(Environment.NewLine, file.Problems));
    }

    /// <summary>Another definition of the same folder; null when it is not there or cannot be read.</summary>
    public WorkflowDefinition? Other(string id) =>
        Beside(Path).Contains(id, StringComparer.Ordinal)
            ? WorkflowJson.Parse(TextOf(Path, id), id + ".json", Types, Used(Path)).Definition
            : null;

    /// <summary>Inputs as NAME=VALUE: numbers, true, false, null, arrays and objects as JSON, everything else as text.</summary>
    public static Dictionary<string, JsonNode?> Inputs(string[] given)
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

    private static string TextOf(string path, string id) => File.ReadAllText(System.IO.Path.Combine(Folder(path), id + ".json"));

    private static Func<WorkflowUse, UsedWorkflow?> Used(string path) =>
        use =>
            Beside(path).Contains(use.DefinitionId, StringComparer.Ordinal)
                ? new(use.DefinitionId + ".json", TextOf(path, use.DefinitionId))
                : null;

    private static string Folder(string path) => System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;

    private static List<string> Beside(string path) =>
        [.. Directory.EnumerateFiles(Folder(path), "*.json").Select(f => System.IO.Path.GetFileNameWithoutExtension(f))];

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
}
