using System.CommandLine;
using System.Globalization;
using CampaignFlow.Storage;
using CampaignFlow.Workflows.Archive;

namespace CampaignFlow.Commands;

/// <summary><c>archive</c>: what retention took out of the database. It reads files alone, so it may be asked while a server is at work.</summary>
internal static class ArchiveCommand
{
    public static Command Create()
    {
        var list = new Command("list", "Lists the files of the archive") { CommandLine.Json };
        list.SetAction(parsed =>
        {
            var folder = Folder();
            var files = folder.Manifests();
            if (parsed.GetValue(CommandLine.Json))
                CommandLine.Print(files);
            else if (files.Count == 0)
                Console.WriteLine($"There is nothing in the archive {folder.Path}: retention has not taken a run out of the database yet.");
            else
                foreach (var file in files)
                    Console.WriteLine(
                        $"{file.File}  {file.Runs} runs  {file.JournalLines} lines  {file.Bytes} bytes  sha256 {file.Sha256}"
                    );
        });
        var id = new Argument<Guid>("RUN-ID") { Description = "Id of the run, as its page says it" };
        var show = new Command("show", "Reads one run back from the archive") { id, CommandLine.Json };
        show.SetAction(
            async (parsed, cancellationToken) =>
            {
                var folder = Folder();
                var asked = parsed.GetRequiredValue(id);
                var (file, run, journal) = await FindAsync(folder, asked, cancellationToken);
                if (parsed.GetValue(CommandLine.Json))
                {
                    CommandLine.Print(
                        new
                        {
                            file,
                            run,
                            journal,
                        }
                    );
                    return 0;
                }
                Console.WriteLine($"{run.Id}  {run.Definition}  {run.Status}  {run.Key}");
                Console.WriteLine($"from {At(run.CreatedAt)} to {At(run.FinishedAt)}, in {file}");
                foreach (var line in journal)
                    Console.WriteLine($"{line.Seq, 6}  {At(line.At)}  {line.What, -10}  {line.ActivityName ?? line.Activity}  {line.Text}");
                return 0;
            }
        );
        return new Command("archive", "Runs that retention took out of the database") { list, show };
    }

    private static async Task<(string, KeptRun, IReadOnlyList<Workflows.RunJournal>)> FindAsync(
        ArchiveFolder folder,
        Guid run,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await folder.FindAsync(run, cancellationToken)
                ?? throw new StartupRefusal($"No file in {folder.Path} has the run {run}.");
        }
        catch (InvalidDataException damaged)
        {
            throw new StartupRefusal($"The archive is damaged: {damaged.Message}", damaged);
        }
    }

    private static ArchiveFolder Folder() => new(StorageOptions.From(new ConfigurationBuilder().AddEnvironmentVariables().Build()));

    private static string At(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
