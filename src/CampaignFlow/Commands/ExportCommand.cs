using System.CommandLine;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Versions;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Commands;

/// <summary><c>workflows export</c>: a stored version as a file. Without a place it is written back to the workflows folder.</summary>
internal static class ExportCommand
{
    public static Command Create(Argument<string> definition)
    {
        var version = new Option<int?>("--number") { Description = "Number of the version; the one in use when it is not said" };
        var to = new Option<string?>("--to") { Description = "File to write; - for stdout. Else the definition's own file" };
        var force = new Option<bool>("--force") { Description = "Write over a file that was changed since; its text is kept" };
        var command = new Command(
            "export",
            "Writes a stored version to a file, its own file in the workflows folder unless another is named"
        )
        {
            definition,
            version,
            to,
            force,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                VersionsCommand.WithStoreAsync(
                    services =>
                        (parsed.GetValue(to), parsed.GetValue(version)) switch
                        {
                            (null, null) => BackAsync(
                                services,
                                parsed.GetRequiredValue(definition),
                                parsed.GetValue(force),
                                cancellationToken
                            ),
                            (null, _) => throw new StartupRefusal(
                                "Only the version in use belongs into its own file; name another with --to."
                            ),
                            ({ } place, var number) => CopyAsync(
                                services,
                                parsed.GetRequiredValue(definition),
                                number,
                                place,
                                parsed.GetValue(force),
                                cancellationToken
                            ),
                        },
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> BackAsync(IServiceProvider services, string id, bool force, CancellationToken cancellationToken)
    {
        var versions = services.GetRequiredService<CampaignFlowDb>().WorkflowVersions.Where(v => v.DefinitionId == id);
        var state = FileStands.Of(services.GetRequiredService<DefinitionFiles>().HashOf(id), await versions.MarksAsync(cancellationToken));
        if (state.InUse is null)
            throw new StartupRefusal($"No version of '{id}' is in use.");
        if (state.Stand is FileStand.FileAhead or FileStand.Conflict && !force)
            throw new StartupRefusal(
                $"{id}.json was changed since it agreed with the store. Look at it on the workflow's page, or write over it with --force."
            );
        if (state.Stand is not FileStand.InStep)
        {
            var by = new Author(Guid.Empty, Environment.UserName);
            if (await services.GetRequiredService<WriteToFile>().HandleAsync(id, state.Hash ?? "", by, cancellationToken) is { } no)
                throw new StartupRefusal(no.En);
        }
        Console.WriteLine($"{id}.json says what version {state.InUse} says.");
        return 0;
    }

    private static async Task<int> CopyAsync(
        IServiceProvider services,
        string id,
        int? number,
        string place,
        bool force,
        CancellationToken cancellationToken
    )
    {
        var found = await services
            .GetRequiredService<CampaignFlowDb>()
            .WorkflowVersions.AsNoTracking()
            .SingleOrDefaultAsync(v => v.DefinitionId == id && (number == null ? v.Published : v.Version == number), cancellationToken);
        if (found is null)
            throw new StartupRefusal(number is null ? $"No version of '{id}' is in use." : VersionWords.Unknown(id, number.Value).En);
        if (place == "-")
        {
            Console.WriteLine(found.Json);
            return 0;
        }
        if (File.Exists(place) && !force)
            throw new StartupRefusal($"{place} is there already; write over it with --force.");
        await File.WriteAllTextAsync(place, found.Json, cancellationToken);
        Console.WriteLine($"{place} says what version {found.Version} says.");
        return 0;
    }
}
