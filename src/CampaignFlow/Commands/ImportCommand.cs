using System.CommandLine;
using CampaignFlow.Campaigns;
using CampaignFlow.Metrics;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Commands;

internal static class ImportCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Daily metrics as the platform exports them" };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would happen and write nothing" };
        var campaignCode = new Option<string?>("--campaign")
        {
            Description = "Code of the campaign; may be left out when only one is active",
        };
        var command = new Command("import", "Imports a metrics file into a campaign") { file, dryRun, campaignCode, CommandLine.Json };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var path = parsed.GetRequiredValue(file);
                if (!File.Exists(path))
                    throw new StartupRefusal($"There is no file {path}.");
                var configuration = new ConfigurationBuilder()
                    .AddJsonFile("appsettings.json", optional: true)
                    .AddEnvironmentVariables()
                    .Build();
                await using var services = new ServiceCollection()
                    .AddSingleton<IConfiguration>(configuration)
                    .AddQuietLogging()
                    .AddProduct(StorageOptions.From(configuration), TimeProvider.System)
                    .BuildServiceProvider();
                using var held = await DatabaseStart.PrepareAsync(services, cancellationToken);
                await using var scope = services.CreateAsyncScope();
                var campaign = await CampaignAsync(
                    scope.ServiceProvider.GetRequiredService<CampaignFlowDb>(),
                    parsed.GetValue(campaignCode),
                    cancellationToken
                );
                var report = await scope
                    .ServiceProvider.GetRequiredService<ImportMetrics>()
                    .ImportAsync(
                        campaign.Id,
                        Path.GetFileName(path),
                        await File.ReadAllBytesAsync(path, cancellationToken),
                        Environment.UserName,
                        dryRun: parsed.GetValue(dryRun),
                        cancellationToken: cancellationToken
                    );
                Console.WriteLine(
                    parsed.GetValue(CommandLine.Json) ? ImportFileReport.ToJson(report) : ImportFileReport.ToText(report, "en")
                );
                return ImportFileReport.ExitCode(report);
            }
        );
        return command;
    }

    private static async Task<Campaign> CampaignAsync(CampaignFlowDb db, string? code, CancellationToken cancellationToken)
    {
        var campaigns = await db
            .Campaigns.Where(c => code == null ? c.State == CampaignState.Active : c.Code == code)
            .OrderBy(c => c.Code)
            .ToListAsync(cancellationToken);
        return campaigns.Count switch
        {
            1 => campaigns[0],
            0 when code is not null => throw new StartupRefusal($"There is no campaign '{code}'."),
            0 => throw new StartupRefusal("No campaign is active: start the server once for the demo campaign, or create one."),
            _ => throw new StartupRefusal(
                $"Several campaigns are active, name one with --campaign: {string.Join(", ", campaigns.Select(c => c.Code))}."
            ),
        };
    }
}
