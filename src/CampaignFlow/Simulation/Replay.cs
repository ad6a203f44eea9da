using System.Security.Cryptography;
using System.Text;
using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Lifecycle;
using CampaignFlow.Metrics;
using CampaignFlow.Notifications;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Simulation;

/// <param name="Rules">Folder of rule files.</param>
/// <param name="Workflow">One definition that leads the campaign.</param>
/// <param name="Out">Where the run keeps its database, mails and reports; the same folder again continues a killed run.</param>
public sealed record ReplayRequest(string File, string Rules, string Workflow, string Out, string Currency);

/// <summary>
/// Takes a campaign through its whole life on a virtual clock, with a metrics file as what the channels report day by day, through
/// the same engine, rules, ledger and mail code as the server.
/// </summary>
public static class Replay
{
    /// <summary>Numbers of a day are known at six the next morning.</summary>
    private static readonly TimeOnly ReportsAt = new(6, 0);

    /// <summary>Research to launch with the stages' default lengths; C4 runs inside C5's time.</summary>
    private static readonly int PlanningDays =
        Stage.All.Where(s => s.Phase <= 2 && s.Code != Stage.Plan).Sum(s => s.Days) + Stage.Of(Stage.Readiness).Days;

    /// <param name="progress">Told a fraction of the way, 0–1, and the virtual date.</param>
    /// <exception cref="StartupRefusal">The file, the folder or the workflow cannot be used; the sentence says why.</exception>
    public static async Task<ReplayResult> RunAsync(
        ReplayRequest request,
        Action<double, DateOnly>? progress,
        CancellationToken cancellationToken
    )
    {
        var bytes = await ReadAsync(request.File, cancellationToken);
        var file = MetricsFile.Read(bytes, Path.GetFileName(request.File), new() { Currency = request.Currency });
        if (file.Rows.Count == 0)
            throw new StartupRefusal($"Nothing to replay in {request.File}: {string.Join("; ", file.Problems.Take(3))}");
        var brief = ReplayBrief.Of(Path.GetFileNameWithoutExtension(request.File), request.Currency, file.Rows);
        Claim(request, await IdentityAsync(request, file.Hash, cancellationToken));
        var clockFile = Path.Combine(request.Out, "clock");
        var start = new DateTimeOffset(brief.StartsOn.AddDays(-PlanningDays), new TimeOnly(9, 0), TimeSpan.Zero);
        var clock = new VirtualClock(VirtualTime.Stored(clockFile) ?? start);
        var storage = new StorageOptions(
            DatabaseKind.Sqlite,
            StorageOptions.SqliteFile(Path.Combine(request.Out, "replay.db")),
            request.Out
        );
        await using var services = Services(request, storage, clock);
        using var held = await DatabaseStart.PrepareAsync(services, cancellationToken);
        var campaign = await BeginAsync(services, brief, start, cancellationToken);
        var end = brief.EndsOn.AddDays(90);
        await new VirtualTime(services, clock, clockFile).RunAsync(
            [.. ArrivalsOf(campaign, file.Rows, Path.GetFileName(request.File))],
            new Cast(services, new CastNotes("en")),
            campaign.At(end, TimeOnly.MinValue),
            at =>
                progress?.Invoke(
                    Math.Clamp((at - start) / (campaign.At(brief.EndsOn.AddDays(14), TimeOnly.MinValue) - start), 0, 1),
                    campaign.Today(at)
                ),
            cancellationToken
        );
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CampaignFlowDb>();
        await WriteReportsAsync(db, request.Out, cancellationToken);
        var result = await ReplayResult.ReadAsync(scope.ServiceProvider, campaign, cancellationToken);
        SqliteConnection.ClearAllPools();
        return result with { Problems = [.. file.Problems.Select(p => new ReplayProblem(p.File, p.Line, p.Column, p.Text.En))] };
    }

    private static ServiceProvider Services(ReplayRequest request, StorageOptions storage, VirtualClock clock)
    {
        var workflows = Path.Combine(request.Out, "workflows");
        Directory.CreateDirectory(workflows);
        File.Copy(request.Workflow, Path.Combine(workflows, StartCampaign.Lifecycle + ".json"), overwrite: true);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                new Dictionary<string, string?>
                {
                    ["RulesFolder"] = request.Rules,
                    ["WorkflowFolder"] = workflows,
                    ["WorkflowFilesPublish"] = "true",
                    ["DataFolder"] = request.Out,
                }
            )
            .Build();
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddQuietLogging()
            .AddProduct(storage, clock)
            .BuildServiceProvider();
    }

    private static async Task<Campaign> BeginAsync(
        ServiceProvider services,
        NewCampaign brief,
        DateTimeOffset start,
        CancellationToken cancellationToken
    )
    {
        var files = services.GetRequiredService<WorkflowFiles>();
        await files.LoadAsync(cancellationToken);
        if (files.Problems.Count > 0)
            throw new StartupRefusal(string.Join(Environment.NewLine, files.Problems));
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CampaignFlowDb>();
        if (await db.Campaigns.FirstOrDefaultAsync(c => c.Code == brief.Code, cancellationToken) is { } known)
            return known;
        db.People.AddRange(CastPeople.All());
        var (campaign, wrong) = await scope
            .ServiceProvider.GetRequiredService<StartCampaign>()
            .HandleAsync(brief, null, start, cancellationToken);
        return wrong.Count == 0 ? campaign! : throw new StartupRefusal(string.Join(" ", wrong.Select(w => w.En)));
    }

    private static IEnumerable<Happening> ArrivalsOf(Campaign campaign, IReadOnlyList<MetricRow> rows, string file) =>
        rows.GroupBy(r => r.Numbers.Date)
            .OrderBy(day => day.Key)
            .Select(day =>
            {
                var at = campaign.At(day.Key.AddDays(1), ReportsAt);
                return new Happening(
                    at,
                    s => s.GetRequiredService<ImportMetrics>().ImportAsync(campaign.Id, [.. day], $"{file} {day.Key:yyyy-MM-dd}", "–", at)
                );
            });

    /// <summary>What makes two replays the same one: the numbers, their currency, the rules and the workflow.</summary>
    private static async Task<string> IdentityAsync(ReplayRequest request, string hash, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(request.Rules))
            throw new StartupRefusal($"There is no folder of rules {request.Rules}.");
        var said = new StringBuilder($"{hash} {request.Currency}");
        foreach (var rule in Directory.GetFiles(request.Rules, "*.yaml").Order(StringComparer.Ordinal).Append(request.Workflow))
            said.Append(' ').Append(Convert.ToHexStringLower(SHA256.HashData(await ReadAsync(rule, cancellationToken))));
        return said.ToString();
    }

    /// <summary>A folder belongs to one file and one set of files beside it: continuing with others would mix two campaigns.</summary>
    private static void Claim(ReplayRequest request, string identity)
    {
        try
        {
            Directory.CreateDirectory(request.Out);
            var marker = Path.Combine(request.Out, "replay.of");
            if (File.Exists(marker) && File.ReadAllText(marker) is { Length: > 0 } owner && owner != identity)
                throw new StartupRefusal(
                    $"{request.Out} holds the replay of another file, or with other rules or another workflow; choose an empty folder."
                );
            File.WriteAllText(marker, identity);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupRefusal($"Cannot write to {request.Out}: {e.Message}", e);
        }
    }

    private static async Task WriteReportsAsync(CampaignFlowDb db, string folder, CancellationToken cancellationToken)
    {
        var reports = Path.Combine(folder, "reports");
        Directory.CreateDirectory(reports);
        foreach (
            var report in await db
                .Mails.AsNoTracking()
                .Where(m => m.Kind == "report-ready")
                .OrderBy(m => m.Key)
                .ToListAsync(cancellationToken)
        )
            await File.WriteAllTextAsync(
                Path.Combine(reports, $"report-{report.CreatedAt:yyyy-MM-dd}.{report.Language}.html"),
                report.Html,
                Encoding.UTF8,
                cancellationToken
            );
    }

    private static async Task<byte[]> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(file, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupRefusal($"Cannot read {file}: {e.Message}", e);
        }
    }
}
