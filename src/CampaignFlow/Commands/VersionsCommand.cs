using System.CommandLine;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Versions;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Versions;

namespace CampaignFlow.Commands;

/// <summary>
/// Stored versions from the terminal: <c>workflows versions</c>, <c>diff</c>, <c>export</c> and <c>migrate</c>. They open the product's database: on
/// SQLite the server has to be stopped first.
/// </summary>
internal static class VersionsCommand
{
    private static readonly Argument<string> Definition = new("DEFINITION")
    {
        Description = "Name of the definition, such as campaign-lifecycle",
    };

    public static IEnumerable<Command> All() => [List(), Diff(), ExportCommand.Create(Definition), Migrate()];

    private static Command List()
    {
        var command = new Command("versions", "Lists the stored versions of a definition") { Definition, CommandLine.Json };
        command.SetAction(
            (parsed, cancellationToken) =>
                WithStoreAsync(
                    async services =>
                    {
                        var lines = await services
                            .GetRequiredService<WorkflowQueries>()
                            .VersionsAsync(parsed.GetRequiredValue(Definition), cancellationToken);
                        if (lines.Count == 0)
                            throw new StartupRefusal($"There is no workflow '{parsed.GetRequiredValue(Definition)}' in the database.");
                        if (parsed.GetValue(CommandLine.Json))
                            CommandLine.Print(
                                lines.Select(l => new
                                {
                                    version = l.Version.Version,
                                    state = VersionWords.StateOf(l.Version).ToString(),
                                    made_by = l.Version.MadeBy,
                                    created_at = l.Version.CreatedAt,
                                    runs_active = l.RunsActive,
                                    runs = l.RunsAll,
                                })
                            );
                        else
                            foreach (var l in lines)
                                Console.WriteLine(
                                    $"{l.Version.Version, 4}  {VersionWords.Of(VersionWords.StateOf(l.Version)).Text.En, -26}  {l.Version.CreatedAt:yyyy-MM-dd HH:mm}Z  {l.RunsActive} active of {l.RunsAll}  {l.Version.MadeBy ?? "file"}"
                                );
                        return 0;
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static Command Diff()
    {
        var from = new Argument<int>("FROM") { Description = "Number of the older version" };
        var to = new Argument<int>("TO") { Description = "Number of the newer version" };
        var command = new Command("diff", "Says what two stored versions do not have in common") { Definition, from, to, CommandLine.Json };
        command.SetAction(
            (parsed, cancellationToken) =>
                WithStoreAsync(
                    async services =>
                    {
                        var plan = await PlanAsync(
                            services,
                            parsed.GetRequiredValue(Definition),
                            parsed.GetRequiredValue(from),
                            parsed.GetRequiredValue(to),
                            cancellationToken
                        );
                        var lines = Say(VersionDiff.Of(plan.Mapping.Old, plan.Mapping.New)).ToList();
                        if (parsed.GetValue(CommandLine.Json))
                            CommandLine.Print(
                                lines.Select(l => new
                                {
                                    what = l.What,
                                    subject = l.Subject,
                                    text = l.Text,
                                })
                            );
                        else
                            Console.WriteLine(
                                lines.Count == 0
                                    ? "no difference"
                                    : string.Join(Environment.NewLine, lines.Select(l => $"{l.What, -8} {l.Subject}{l.Text}"))
                            );
                        return 0;
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static Command Migrate()
    {
        var from = new Option<int>("--from") { Description = "Number of the version they stand in", Required = true };
        var to = new Option<int>("--to") { Description = "Number of the version they go over to", Required = true };
        var map = new Option<string[]>("--map") { Description = "OLD=NEW, what a renamed activity has become; may be given several times" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would happen and write nothing" };
        var command = new Command("migrate", "Carries running campaigns over to another version")
        {
            Definition,
            from,
            to,
            map,
            dryRun,
            CommandLine.Json,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                WithStoreAsync(
                    async services =>
                    {
                        var mapping = Pairs(parsed.GetValue(map) ?? []);
                        var (id, old, @new) = (
                            parsed.GetRequiredValue(Definition),
                            parsed.GetRequiredValue(from),
                            parsed.GetRequiredValue(to)
                        );
                        var (preview, refusal) = await services
                            .GetRequiredService<PreviewMigration>()
                            .HandleAsync(id, old, @new, mapping, cancellationToken);
                        if ((refusal ?? preview!.Plan.Forbidden) is { } no)
                            throw new StartupRefusal(no.En);
                        var dry = parsed.GetValue(dryRun);
                        var migration =
                            dry || preview!.Go == 0
                                ? null
                                : await MigrateAsync(
                                    services,
                                    new(Guid.CreateVersion7(), id, old, @new, mapping, null, Environment.UserName),
                                    cancellationToken
                                );
                        Show(preview!, migration, parsed.GetValue(CommandLine.Json));
                        return preview!.Go == preview.Runs.Count ? 0 : 1;
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<MigrationReport> MigrateAsync(
        IServiceProvider services,
        MigrationRequest asked,
        CancellationToken cancellationToken
    )
    {
        var migrate = services.GetRequiredService<MigrateRuns>();
        if (await migrate.PrepareAsync(asked, cancellationToken) is { } no)
            throw new StartupRefusal(no.En);
        await migrate.ContinueAsync(asked.Id, progress: null, cancellationToken);
        return (await services.GetRequiredService<MigrationQueries>().ReportAsync(asked.Id, 0, cancellationToken))!;
    }

    private static void Show(MigrationPreview preview, MigrationReport? report, bool json)
    {
        if (json)
        {
            CommandLine.Print(
                new
                {
                    before = preview.At(ChangePlace.Before),
                    at = preview.At(ChangePlace.At),
                    after = preview.At(ChangePlace.After),
                    migration = report?.Migration.Id,
                    migrated = report?.Of(MigrationState.Migrated) ?? 0,
                    refused = preview.Runs.Count - preview.Go,
                    left = report?.Of(MigrationState.Pending) ?? 0,
                    runs = preview.Runs.Select(r => new
                    {
                        run = r.Run,
                        campaign = r.Name,
                        stands = r.Stands.En,
                        place = r.Outcome.Place.ToString(),
                        goes = r.Goes,
                        happens = r.Happens.En,
                    }),
                    suggestions = MappingSuggestions.For(preview.Plan.Mapping).Select(s => $"{s.From}={s.To}"),
                }
            );
            return;
        }
        foreach (var run in preview.Runs)
            Console.WriteLine($"{(run.Goes ? "goes over" : "refused"), -10} {run.Name} at {run.Stands.En}: {run.Happens.En}");
        foreach (var suggestion in MappingSuggestions.For(preview.Plan.Mapping))
            Console.Error.WriteLine($"Perhaps --map {suggestion.From}={suggestion.To}");
        Console.WriteLine(
            $"{preview.At(ChangePlace.Before)} before the change, {preview.At(ChangePlace.At)} at it, {preview.At(ChangePlace.After)} after it; {preview.Go} of {preview.Runs.Count} can go over."
        );
        Console.WriteLine(
            report is null
                ? "Nothing was written."
                : $"{report.Of(MigrationState.Migrated)} went over, {report.Of(MigrationState.Pending)} are left (migration {report.Migration.Id})."
        );
    }

    private static IEnumerable<(string What, string Subject, string Text)> Say(VersionDiff diff)
    {
        foreach (var change in diff.Workflow)
            yield return ("changed", "workflow", Text(change));
        foreach (var activity in diff.Activities)
        {
            var id = (activity.Before ?? activity.After)!.Id;
            if (activity.Added || activity.Removed)
                yield return (activity.Added ? "added" : "removed", id, $" ({(activity.Before ?? activity.After)!.Type})");
            if (activity.Moved)
                yield return ("moved", id, $": from {Name(activity.ContainerBefore)} into {Name(activity.ContainerAfter)}");
            foreach (var change in activity.Changes)
                yield return ("changed", id, Text(change));
        }
        foreach (var connection in diff.Connections)
            yield return (
                connection.Added ? "added" : "removed",
                $"{connection.Source.Id} → {connection.Target.Id}",
                $" ({connection.Port})"
            );

        static string Text(ValueChange change) => $": {change.What.En} from {change.Before?.En ?? "–"} to {change.After?.En ?? "–"}";
        static string Name(Activity? container) => container?.Id ?? "the workflow";
    }

    private static async Task<PlannedMigration> PlanAsync(
        IServiceProvider services,
        string id,
        int from,
        int to,
        CancellationToken cancellationToken
    )
    {
        var (plan, refusal) = await PlannedMigration.FindAsync(
            services.GetRequiredService<CampaignFlowDb>(),
            services.GetRequiredService<DefinitionCache>(),
            id,
            from,
            to,
            new Dictionary<string, string>(StringComparer.Ordinal),
            cancellationToken
        );
        return plan ?? throw new StartupRefusal(refusal!.Value.En);
    }

    private static Dictionary<string, string> Pairs(string[] given)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in given)
            pairs[pair.Split('=')[0]] = pair.Split('=') is [{ Length: > 0 }, var to]
                ? to
                : throw new StartupRefusal($"--map '{pair}' is not OLD=NEW.");
        return pairs;
    }

    internal static async Task<int> WithStoreAsync(Func<IServiceProvider, Task<int>> work, CancellationToken cancellationToken)
    {
        var configuration = new ConfigurationBuilder().AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables().Build();
        await using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddQuietLogging()
            .AddProduct(StorageOptions.From(configuration), TimeProvider.System)
            .BuildServiceProvider();
        using var held = await DatabaseStart.PrepareAsync(services, cancellationToken);
        await using var scope = services.CreateAsyncScope();
        return await work(scope.ServiceProvider);
    }
}
