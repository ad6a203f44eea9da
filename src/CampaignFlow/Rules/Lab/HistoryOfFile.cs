using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules.Lab;
using CampaignFlow.Metrics;

namespace CampaignFlow.Rules.Lab;

/// <summary>What a file does not say about budgets.</summary>
/// <param name="Floor">Part of its start budget below which no channel falls.</param>
/// <param name="Ceiling">Multiple of its start budget above which none rises.</param>
/// <param name="Reserve">Part of the daily total that is kept beside it; 0: the campaign keeps none.</param>
/// <param name="LagDays">How many days later than the next morning a day's numbers are known.</param>
public sealed record FileAssumptions(double Floor = 0.5, double Ceiling = 2, double Reserve = 0, int LagDays = 0)
{
    /// <summary>By metric name, money in minor units.</summary>
    public IReadOnlyDictionary<string, double> Goals { get; init; } = new Dictionary<string, double>();
}

/// <summary>A metrics file as a history: every channel starts with its mean daily spend, so that the budgets add up to the file's own.</summary>
public static class HistoryOfFile
{
    private const int MostChannels = 100;
    private const int MostDays = 400;
    private static readonly TimeOnly ReportsAt = new(6, 0);
    private static readonly TimeOnly RulesAt = new(9, 0);

    /// <returns>The history, or why there is none.</returns>
    public static (History? History, Phrase? Refusal) Of(MetricsFile file, string currency, FileAssumptions assumed)
    {
        if (file.Rows.Count == 0)
        {
            var why = Phrase.Join(file.Problems.Take(3).Select(p => p.Text), " ", "");
            return (null, new($"Nothing could be read from {file.Name}. {why.En}", $"无法从 {file.Name} 读取数据。{why.Zh}"));
        }
        var channels = file
            .Rows.GroupBy(r => r.Channel, StringComparer.OrdinalIgnoreCase)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .ToList();
        var (first, last) = (file.Rows.Min(r => r.Numbers.Date), file.Rows.Max(r => r.Numbers.Date));
        var days = last.DayNumber - first.DayNumber + 1;
        var spend = channels.ConvertAll(g => g.Sum(r => (decimal)(r.Numbers.SpendMinor ?? 0)));
        if (channels.Count > MostChannels || days > MostDays)
            return (
                null,
                new(
                    $"{channels.Count} channels over {days} days are too many: a backtest takes {MostChannels} channels and {MostDays} days.",
                    $"{channels.Count} 个渠道 {days} 天过多：回测最多 {MostChannels} 个渠道、{MostDays} 天。"
                )
            );
        if (spend.Sum() <= 0)
            return (null, new("The file reports no spend, so budgets cannot be told.", "文件中没有花费，无法推算预算。"));
        var total = (long)decimal.Round(spend.Sum() / days, MidpointRounding.AwayFromZero);
        var budgets = Money.Split(total, spend);
        return (
            new()
            {
                Campaign = Path.GetFileNameWithoutExtension(file.Name),
                Currency = currency,
                FlightStart = first,
                FlightEnd = last,
                FlightBudgetMinor = total * days,
                ReserveMinor = assumed.Reserve > 0 ? (long)(total * assumed.Reserve) : null,
                Goals = assumed.Goals,
                Channels =
                [
                    .. channels.Select(
                        (g, i) =>
                            new HistoryChannel(
                                g.Key,
                                g.Key,
                                budgets[i],
                                (long)Math.Ceiling(budgets[i] * assumed.Floor),
                                (long)Math.Floor(budgets[i] * assumed.Ceiling)
                            )
                            {
                                LagDays = assumed.LagDays,
                            }
                    ),
                ],
                Facts =
                [
                    .. channels.SelectMany(g =>
                        g.Select(r => new HistoryFact(g.Key, At(r.Numbers.Date.AddDays(1 + assumed.LagDays), ReportsAt), r.Numbers))
                    ),
                ],
                Mornings = [.. Enumerable.Range(1, days - 1).Select(first.AddDays).Select(d => new Morning(d, At(d, RulesAt)))],
            },
            null
        );
    }

    private static DateTimeOffset At(DateOnly day, TimeOnly time) => new(day.ToDateTime(time), TimeSpan.Zero);
}
