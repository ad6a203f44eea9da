using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Metrics;

/// <summary>Numbers of some days are new or were restated.</summary>
/// <param name="At">The instant from which they are known.</param>
public sealed record MetricsArrived(Guid CampaignId, IReadOnlyList<DateOnly> Days, DateTimeOffset At) : IFact;

/// <summary>
/// Takes a day's numbers into the record. The same numbers again change nothing; other numbers for a known day are a new version of that
/// day, known from now on. A number that the source does not report leaves what was known before.
/// </summary>
public sealed partial class ImportMetrics(CampaignFlowDb db, TimeProvider clock, MetricColumns columns, ILogger<ImportMetrics> logger)
{
    /// <param name="by">A person's display name, or the job that imports.</param>
    /// <param name="knownAt">When these numbers became known; now, unless history is replayed.</param>
    /// <param name="dryRun">Says what an import would do and writes nothing.</param>
    /// <param name="options">Answers to what the file leaves open; currency, flight and words come from the campaign.</param>
    public async Task<ImportReport> ImportAsync(
        Guid campaignId,
        string fileName,
        ReadOnlyMemory<byte> bytes,
        string by,
        DateTimeOffset? knownAt = null,
        bool dryRun = false,
        MetricsFileOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        var at = knownAt ?? clock.GetUtcNow();
        if (await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Id == campaignId, cancellationToken) is not { } campaign)
            return NoCampaign(campaignId, fileName, at, dryRun);
        var reading = (options ?? new() { Currency = campaign.Currency }) with
        {
            Currency = campaign.Currency,
            Columns = options is null || options.Columns == MetricColumns.Default ? columns : options.Columns,
            FlightStart = campaign.StartsOn,
            FlightEnd = campaign.EndsOn,
        };
        var file = MetricsFile.Read(bytes.Span, fileName, reading);
        return await TakeAsync(campaign, new(fileName, file.Hash, file.Rows, file), by, at, knownAt is not null, dryRun, cancellationToken);
    }

    /// <summary>Takes rows that were read elsewhere, as they became known at <paramref name="knownAt"/>.</summary>
    public async Task<ImportReport> ImportAsync(
        Guid campaignId,
        IReadOnlyList<MetricRow> rows,
        string source,
        string by,
        DateTimeOffset knownAt,
        bool dryRun = false,
        CancellationToken cancellationToken = default
    )
    {
        if (await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Id == campaignId, cancellationToken) is not { } campaign)
            return NoCampaign(campaignId, source, knownAt, dryRun);
        var said = string.Join('\n', rows.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Channel}\t{r.Numbers}")));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(said)));
        return await TakeAsync(campaign, new(source, hash, rows, null), by, knownAt, true, dryRun, cancellationToken);
    }

    private async Task<ImportReport> TakeAsync(
        Campaign campaign,
        Source source,
        string by,
        DateTimeOffset at,
        bool replayed,
        bool dryRun,
        CancellationToken cancellationToken
    )
    {
        // Milliseconds are what the record keeps; comparing finer ones would make every repeat look new.
        at = DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
        await using var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        await OneAtATimeAsync(campaign.Id, cancellationToken);
        var channels = await db.CampaignChannels.AsNoTracking().Where(c => c.CampaignId == campaign.Id).ToListAsync(cancellationToken);
        var history = await FactHistory.LoadAsync(db, campaign.Id, source.Rows, cancellationToken);
        var batch = new ImportBatch
        {
            CampaignId = campaign.Id,
            FileName = source.Name,
            Hash = source.Hash,
            At = clock.GetUtcNow(),
            By = by,
        };
        var report = new Merge(campaign, channels, history, batch.Id, at, replayed).Take(source);
        report = report with { DryRun = dryRun, BatchId = dryRun ? null : batch.Id };
        LogImported(source.Name, campaign.Code, report.FactsNew, report.FactsRestated, report.FactsUnchanged, report.RowsRejected, dryRun);
        if (dryRun)
            return report;

        batch.RowsRead = report.RowsRead;
        batch.FactsNew = report.FactsNew;
        batch.FactsRestated = report.FactsRestated;
        batch.FactsUnchanged = report.FactsUnchanged;
        batch.RowsRejected = report.RowsRejected;
        batch.Problems = JsonSerializer.Serialize(report.Problems);
        db.ImportBatches.Add(batch);
        db.MetricFacts.AddRange(history.Added);
        var budgets = await TakeBudgetsAsync(campaign.Id, report.Budgets, at, cancellationToken);
        if (report.Changed || budgets)
            db.Publish($"metrics-arrived:{batch.Id:N}", new MetricsArrived(campaign.Id, report.Days, at), batch.At);
        await db.SaveChangesAsync(cancellationToken);
        if (own is not null)
            await own.CommitAsync(cancellationToken);
        return report;
    }

    /// <returns>True when a platform names another budget than before.</returns>
    private async Task<bool> TakeBudgetsAsync(
        Guid campaign,
        IReadOnlyDictionary<(string Channel, DateOnly Day), long> named,
        DateTimeOffset at,
        CancellationToken cancellationToken
    )
    {
        if (named.Count == 0)
            return false;
        var (from, to) = (named.Keys.Min(k => k.Day), named.Keys.Max(k => k.Day));
        var known = await db
            .ReportedBudgets.Where(b => b.CampaignId == campaign && b.Day >= from && b.Day <= to)
            .ToDictionaryAsync(b => (b.Channel, b.Day), cancellationToken);
        var changed = false;
        foreach (var ((channel, day), amount) in named)
        {
            if (!known.TryGetValue((channel, day), out var before))
                db.ReportedBudgets.Add(
                    new()
                    {
                        CampaignId = campaign,
                        Channel = channel,
                        Day = day,
                        AmountMinor = amount,
                        KnownAt = at,
                    }
                );
            else if (before.AmountMinor != amount && before.KnownAt <= at)
                (before.AmountMinor, before.KnownAt) = (amount, at);
            else
                continue;
            changed = true;
        }
        return changed;
    }

    /// <summary>Two imports at once would both find nothing and both write. SQLite has one writer anyway; PostgreSQL waits at the campaign.</summary>
    private async Task OneAtATimeAsync(Guid campaignId, CancellationToken cancellationToken)
    {
        if (db is PostgresDb)
            await db.Database.ExecuteSqlAsync($"select 1 from campaign where id = {campaignId} for no key update", cancellationToken);
    }

    private static ImportReport NoCampaign(Guid campaignId, string source, DateTimeOffset at, bool dryRun) =>
        new()
        {
            CampaignId = campaignId,
            Campaign = campaignId.ToString(),
            Currency = "",
            Source = source,
            KnownAt = at,
            DryRun = dryRun,
            Problems = [new(source, 0, 0, new($"There is no campaign {campaignId}.", $"没有编号为 {campaignId} 的活动。"))],
        };

    [LoggerMessage(
        LogLevel.Information,
        "Imported {Source} into {Campaign}: {New} new, {Restated} restated, {Unchanged} unchanged, {Rejected} rejected (dry run: {DryRun})"
    )]
    private partial void LogImported(string source, string campaign, int @new, int restated, int unchanged, int rejected, bool dryRun);

    private sealed record Source(string Name, string Hash, IReadOnlyList<MetricRow> Rows, MetricsFile? File);

    /// <summary>Rows against what is known; decides, writes nothing.</summary>
    private sealed class Merge(
        Campaign campaign,
        List<CampaignChannel> channels,
        FactHistory history,
        Guid batch,
        DateTimeOffset at,
        bool replayed
    )
    {
        public ImportReport Take(Source source)
        {
            var taken = new List<(string Channel, MetricRow Row)>();
            var restated = new List<RestatedDay>();
            var days = new SortedSet<DateOnly>();
            var future = new List<Problem>();
            var (added, unchanged, today) = (0, 0, campaign.Today(at));
            foreach (var row in source.Rows)
            {
                if (row.Numbers.Date > today)
                {
                    future.Add(new(source.Name, row.Line, row.Line > 0 ? 1 : 0, NotYet(row.Numbers.Date, today)) { Subject = row.Channel });
                    continue;
                }
                var channel = NameOf(row.Channel);
                taken.Add((channel, row));
                switch (history.Take(campaign.Id, channel, row.Numbers, at, replayed, batch))
                {
                    case (true, null):
                        added++;
                        days.Add(row.Numbers.Date);
                        break;
                    case (true, { } before):
                        restated.Add(new(channel, before, history.Added[^1].AsDay()));
                        days.Add(row.Numbers.Date);
                        break;
                    default:
                        unchanged++;
                        break;
                }
            }
            return new()
            {
                CampaignId = campaign.Id,
                Campaign = campaign.Code,
                Currency = campaign.Currency,
                Source = source.Name,
                KnownAt = at,
                File = source.File,
                Accepted = source.File?.Recognised ?? true,
                RowsRead = source.File?.RowsRead ?? source.Rows.Count,
                RowsRejected = (source.File?.RowsRejected ?? 0) + future.Count,
                FactsNew = added,
                FactsRestated = restated.Count,
                FactsUnchanged = unchanged,
                Problems = [.. source.File?.Problems ?? [], .. future.Take(MetricsFile.MostProblems)],
                Notices = source.File?.Notices ?? [],
                Totals = MetricTotals.Of(taken.Select(t => t.Row.Numbers)),
                UnknownChannels = Unknown(taken),
                Days = [.. days],
                Restated = restated,
                Budgets = taken
                    .Where(t => t.Row.BudgetMinor is not null)
                    .GroupBy(t => (t.Channel, t.Row.Numbers.Date))
                    .ToDictionary(g => g.Key, g => g.Last().Row.BudgetMinor!.Value),
            };
        }

        private string NameOf(string spelling)
        {
            var name = spelling.Trim();
            return Known(name)?.Code ?? history.SpellingOf(name) ?? name;
        }

        private CampaignChannel? Known(string name) =>
            channels.Find(c => string.Equals(c.Code.Trim(), name, StringComparison.OrdinalIgnoreCase))
            ?? channels.Find(c => string.Equals(c.Name.Trim(), name, StringComparison.OrdinalIgnoreCase));

        private List<UnknownChannel> Unknown(List<(string Channel, MetricRow Row)> taken) =>
            [
                .. taken
                    .Where(t => Known(t.Channel) is null)
                    .GroupBy(t => t.Channel, StringComparer.OrdinalIgnoreCase)
                    .Select(g => new UnknownChannel(
                        g.Key,
                        g.Select(t => t.Row.Kind).FirstOrDefault(k => k is not null),
                        g.Select(t => t.Row.Numbers.Date).Distinct().Count(),
                        MetricTotals.Of(g.Select(t => t.Row.Numbers)).SpendMinor
                    )),
            ];

        private static Phrase NotYet(DateOnly day, DateOnly today) =>
            new(
                $"The day {day:yyyy-MM-dd} has not come yet; the newest day that can be known is {today:yyyy-MM-dd}.",
                $"{day:yyyy-MM-dd} 还没有到，目前最晚只能有 {today:yyyy-MM-dd} 的数据。"
            );
    }
}
