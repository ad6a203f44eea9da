using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Lifecycle;

/// <param name="DailyMinor">Planned daily budget.</param>
public sealed record NewChannel(
    string Code,
    string Name,
    string Kind,
    long DailyMinor,
    long FloorMinor,
    long CeilingMinor,
    bool Shiftable = true,
    int LagDays = 1
);

/// <param name="Target">Money metrics in minor units.</param>
public sealed record NewGoal(
    string Metric,
    double? Baseline,
    string? BaselineSource,
    double Target,
    string? ParentObjective,
    bool Guardrail
);

public sealed record NewCampaign(
    string Code,
    string Name,
    string Intent,
    string Brand,
    string Product,
    string Currency,
    string TimeZone,
    DateOnly StartsOn,
    DateOnly EndsOn,
    IReadOnlyList<NewChannel> Channels,
    IReadOnlyList<NewGoal> Goals
)
{
    /// <summary>The workflow that leads it, see <see cref="CampaignProcesses"/>.</summary>
    public string Process { get; init; } = StartCampaign.Lifecycle;
}

/// <summary>Creates a campaign from its brief and starts the workflow that will lead it, in one commit.</summary>
public sealed partial class StartCampaign(CampaignFlowDb db, WorkflowRuns runs, CampaignProcesses processes)
{
    private const int LongestFlight = 400;
    private const int LongestName = 120;

    public const string Lifecycle = "campaign-lifecycle";

    public async Task<(Campaign? Campaign, IReadOnlyList<Phrase> Wrong)> HandleAsync(
        NewCampaign brief,
        Guid? owner,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (await db.Campaigns.FirstOrDefaultAsync(c => c.Code == brief.Code, cancellationToken) is { } known)
            return (known, [new($"There is already a campaign '{brief.Code}'.", $"已有编号为“{brief.Code}”的活动。")]);
        var wrong = Check(brief).ToList();
        if (brief.Process != Lifecycle && (await processes.ListAsync(cancellationToken)).All(p => p.Id != brief.Process))
            wrong.Add(new($"There is no published process '{brief.Process}' for campaigns.", $"没有已发布的活动流程“{brief.Process}”。"));
        if (wrong.Count > 0)
            return (null, wrong);
        var campaign = new Campaign
        {
            Code = brief.Code,
            Name = brief.Name.Trim(),
            Intent = brief.Intent,
            Brand = brief.Brand,
            Product = brief.Product,
            Currency = brief.Currency,
            TimeZone = brief.TimeZone,
            StartsOn = brief.StartsOn,
            EndsOn = brief.EndsOn,
            OwnerId = owner,
            CreatedAt = now,
        };
        db.Campaigns.Add(campaign);
        db.CampaignChannels.AddRange(brief.Channels.Select(c => ChannelOf(campaign, c)));
        db.Goals.AddRange(brief.Goals.Select(g => GoalOf(campaign, g)));
        var input = new Dictionary<string, JsonNode?>
        {
            [CampaignProcesses.FlightStart] = campaign.At(campaign.StartsOn, TimeOnly.MinValue).ToString("O"),
        };
        campaign.RunId = await runs.StartAsync(
            brief.Process,
            $"campaign:{campaign.Code}",
            campaign.Id.ToString(),
            input,
            cancellationToken
        );
        await db.SaveChangesAsync(cancellationToken);
        return (campaign, []);
    }

    private static CampaignChannel ChannelOf(Campaign campaign, NewChannel channel) =>
        new()
        {
            CampaignId = campaign.Id,
            Code = channel.Code.Trim(),
            Name = channel.Name.Trim(),
            Kind = channel.Kind,
            PlannedMinor = channel.DailyMinor,
            FloorMinor = channel.FloorMinor,
            CeilingMinor = channel.CeilingMinor,
            Shiftable = channel.Shiftable,
            LagDays = channel.LagDays,
        };

    private static Goal GoalOf(Campaign campaign, NewGoal goal) =>
        new()
        {
            CampaignId = campaign.Id,
            Metric = goal.Metric,
            Baseline = goal.Baseline,
            BaselineSource = goal.BaselineSource,
            Target = goal.Target,
            Deadline = campaign.EndsOn,
            ParentObjective = goal.ParentObjective,
            Guardrail = goal.Guardrail,
        };

    private static IEnumerable<Phrase> Check(NewCampaign brief)
    {
        if (!CodeShape().IsMatch(brief.Code))
            yield return new(
                $"The code '{brief.Code}' must be lower-case letters, digits and hyphens, such as double-11-2026.",
                $"编号“{brief.Code}”只能用小写字母、数字和连字符，例如 double-11-2026。"
            );
        if (brief.Code == "new")
            yield return new("The code 'new' is taken by the page that makes campaigns.", "编号“new”已被新建页面占用。");
        if (new[] { brief.Name, brief.Brand, brief.Product, brief.Intent }.Any(t => t.Length > LongestName))
            yield return new(
                $"Name, brand and product have at most {LongestName} characters.",
                $"名称、品牌和产品最多 {LongestName} 个字。"
            );
        if (brief.Channels.Any(c => c.Code.Length > LongestName || c.Name.Length > LongestName || c.Kind.Length > LongestName))
            yield return new($"Channels have at most {LongestName} characters in each field.", $"渠道的每一项最多 {LongestName} 个字。");
        if (string.IsNullOrWhiteSpace(brief.Name))
            yield return new("The campaign needs a name.", "请填写活动名称。");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(brief.TimeZone, out _))
            yield return new(
                $"'{brief.TimeZone}' is not a time zone such as Asia/Shanghai.",
                $"“{brief.TimeZone}”不是时区，例如 Asia/Shanghai。"
            );
        if (brief.Currency.Length != 3 || !brief.Currency.All(char.IsAsciiLetterUpper))
            yield return new($"'{brief.Currency}' is not a currency code such as CNY.", $"“{brief.Currency}”不是币种代码，例如 CNY。");
        if (brief.EndsOn < brief.StartsOn)
            yield return new("The campaign ends before it starts.", "活动结束日期早于开始日期。");
        if (brief.Channels.Count is 0 or > 200)
            yield return new("A campaign needs between 1 and 200 channels.", "活动需要 1 到 200 个渠道。");
        if (brief.EndsOn.DayNumber - brief.StartsOn.DayNumber > LongestFlight)
            yield return new($"A flight lasts at most {LongestFlight} days.", $"投放期最长 {LongestFlight} 天。");
        if (brief.Channels.Any(c => string.IsNullOrWhiteSpace(c.Code) || c.Code.Trim() == Budgets.LedgerEntry.Plan))
            yield return new("Every channel needs a code of its own.", "每个渠道都需要编号。");
        foreach (var twice in brief.Goals.GroupBy(g => g.Metric).Where(g => g.Count() > 1))
            yield return new($"The goal '{twice.Key}' is listed twice.", $"目标“{twice.Key}”重复。");
        if (brief.Goals.Any(g => !double.IsFinite(g.Target) || g.Target <= 0))
            yield return new("Every goal needs a target above zero.", "每个目标值须大于零。");
        foreach (var twice in brief.Channels.GroupBy(c => c.Code.Trim(), StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
            yield return new($"The channel '{twice.Key}' is listed twice.", $"渠道“{twice.Key}”重复。");
        foreach (var c in brief.Channels.Where(c => c.FloorMinor < 0 || c.FloorMinor > c.DailyMinor || c.DailyMinor > c.CeilingMinor))
            yield return new(
                $"Channel '{c.Code}': floor ≤ daily budget ≤ ceiling must hold, none below zero.",
                $"渠道“{c.Code}”须满足：0 ≤ 下限 ≤ 日预算 ≤ 上限。"
            );
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,63}$")]
    private static partial Regex CodeShape();
}
