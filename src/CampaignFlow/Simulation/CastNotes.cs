using System.Globalization;
using System.Text.Json.Nodes;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Metrics;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Simulation;

/// <summary>What the simulated people write into artefacts, in the campaign's language. Numbers come from the campaign itself.</summary>
public sealed class CastNotes(string language)
{
    public async Task<JsonObject> WriteAsync(IServiceProvider scope, Campaign campaign, string kind, CancellationToken cancellationToken)
    {
        var db = scope.GetRequiredService<CampaignFlowDb>();
        var channels = await db
            .CampaignChannels.AsNoTracking()
            .Where(c => c.CampaignId == campaign.Id)
            .OrderBy(c => c.Code)
            .ToListAsync(cancellationToken);
        return kind switch
        {
            "competitors" => Rows(
                "competitors",
                Row("name", T("Market leader", "行业龙头"), "offer", T("Bundle with a gift", "套装加赠品"), "price", "–")
            ),
            "personas" => Rows(
                "personas",
                Row(
                    "name",
                    T("City newcomer, 24", "初入职场，24 岁"),
                    "demographics",
                    T("22–28, first job, city", "22–28 岁，一二线城市"),
                    "media",
                    T("Short video, social", "短视频、社交媒体")
                ),
                Row(
                    "name",
                    T("Careful parent, 36", "精打细算的家长，36 岁"),
                    "demographics",
                    T("32–40, two children", "32–40 岁，已育"),
                    "media",
                    T("Search, messaging", "搜索、即时通讯")
                )
            ),
            "swot" => Merge(
                Rows("strengths", Row("text", T("High repeat purchase", "复购率高"))),
                Rows("weaknesses", Row("text", T("Little known outside home market", "外地知名度低"))),
                Rows("opportunities", Row("text", T("Season lifts demand", "旺季需求上升"))),
                Rows("threats", Row("text", T("Media prices rise in the season", "旺季流量涨价")))
            ),
            "baseline" => await BaselineAsync(db, campaign, cancellationToken),
            "strategy" => Merge(
                Rows(
                    "segments",
                    Row("name", T("Newcomers who compare", "货比三家的新客"), "why", T("Largest untapped group", "最大的增量人群"))
                ),
                new()
                {
                    ["theme"] = T("More for your day", "这一天，值得更多"),
                    ["promotion"] = T("Early-bird bundle, then full-price", "预售套装，随后恢复原价"),
                    ["positioning"] = T("Honest quality", "真材实料"),
                }
            ),
            "risks" => Rows(
                "risks",
                Row(
                    "risk",
                    T("Stock runs out", "断货"),
                    "probability",
                    3,
                    "impact",
                    4,
                    "trigger",
                    T("Cover below 3 days", "可售天数低于 3 天"),
                    "plan",
                    T("Hold scaling, reorder", "停止放量并补货"),
                    "owner",
                    T("Purchasing", "采购")
                )
            ),
            "schedule" => Rows(
                "items",
                Row(
                    "what",
                    T("Flight", "投放期"),
                    "owner",
                    T("Operator", "运营专员"),
                    "starts",
                    Day(campaign.StartsOn),
                    "ends",
                    Day(campaign.EndsOn)
                )
            ),
            "tracking" => Rows(
                "sources",
                [
                    .. channels.Select(c =>
                        Row(
                            "channel",
                            c.Code,
                            "source",
                            T("Daily export", "每日报表"),
                            "lag_days",
                            c.LagDays,
                            "owner",
                            T("Analyst", "数据分析师")
                        )
                    ),
                ]
            ),
            "content" => Rows(
                "items",
                [
                    .. channels
                        .Take(20)
                        .Select(c =>
                            Row("day", Day(campaign.StartsOn), "channel", c.Name, "item", T("Launch creative", "首发素材"), "asset", "v2")
                        ),
                ]
            ),
            "checklist" => Rows(
                "items",
                Row("item", T("Tracking event seen", "收到测试事件"), "owner", T("Tech", "技术"), "evidence", T("Test order", "测试订单")),
                Row("item", T("Landing page under 3 s", "落地页 3 秒内打开"), "owner", T("Tech", "技术"), "evidence", "2.1 s"),
                Row(
                    "item",
                    T("Ad accounts funded", "广告账户已充值"),
                    "owner",
                    T("Finance", "财务"),
                    "evidence",
                    T("Balance checked", "余额已核对")
                )
            ),
            "evaluation" => await EvaluationAsync(scope, db, campaign, cancellationToken),
            "review" => Merge(
                new()
                {
                    ["held"] = Day(campaign.Today(scope.GetRequiredService<TimeProvider>().GetUtcNow())),
                    ["attendees"] = T("All roles", "全体角色"),
                },
                Rows(
                    "lessons",
                    Row(
                        "lesson",
                        T("Move budget weekly on mature numbers, not daily on fresh ones", "按成熟数据每周调整预算，不追当天数据"),
                        "kind",
                        "keep",
                        "disposition",
                        "proposal"
                    )
                ),
                Rows(
                    "actions",
                    Row(
                        "action",
                        T("Start the next plan from the final split", "下次计划从最终分配起步"),
                        "owner",
                        T("Operator", "运营专员"),
                        "due",
                        Day(campaign.EndsOn.AddDays(30))
                    )
                )
            ),
            _ => throw new InvalidOperationException($"The script knows nothing to write into '{kind}'."),
        };
    }

    private async Task<JsonObject> BaselineAsync(CampaignFlowDb db, Campaign campaign, CancellationToken cancellationToken)
    {
        var goals = await db
            .Goals.AsNoTracking()
            .Where(g => g.CampaignId == campaign.Id && g.Baseline != null)
            .ToListAsync(cancellationToken);
        if (goals.Count == 0)
            return Rows("series", Row("metric", "spend", "days", 0, "value", 0, "source", T("No history", "没有历史数据")));
        return Rows(
            "series",
            [
                .. goals.Select(g =>
                    Row(
                        "metric",
                        g.Metric,
                        "days",
                        28,
                        "value",
                        g.Baseline!.Value,
                        "source",
                        g.BaselineSource ?? T("Last period", "上一周期")
                    )
                ),
            ]
        );
    }

    /// <summary>Judges each goal by the numbers that are known when it is written.</summary>
    private async Task<JsonObject> EvaluationAsync(
        IServiceProvider scope,
        CampaignFlowDb db,
        Campaign campaign,
        CancellationToken cancellationToken
    )
    {
        var now = scope.GetRequiredService<TimeProvider>().GetUtcNow();
        var totals = await scope
            .GetRequiredService<MetricQueries>()
            .TotalsAsync(campaign.Id, now, campaign.StartsOn, campaign.EndsOn, cancellationToken);
        var goals = await db
            .Goals.AsNoTracking()
            .Where(g => g.CampaignId == campaign.Id)
            .OrderBy(g => g.Metric)
            .ToListAsync(cancellationToken);
        var judged = goals.Select(g =>
        {
            var actual = totals.All.Value(g.Metric);
            var result =
                actual is not { } value ? "not measurable"
                : Goal.IsMet(g.Metric, value, g.Target) ? "met"
                : "missed";
            return Row(
                "metric",
                g.Metric,
                "result",
                result,
                "cause",
                actual is null ? T("No numbers", "没有数据") : T("See the channel table", "见渠道表")
            );
        });
        return Merge(
            Rows("goals", [.. judged]),
            Rows(
                "optimisation",
                Row("item", T("Start with the final split between channels", "以最终渠道分配作为起点"), "owner", T("Operator", "运营专员"))
            )
        );
    }

    private string T(string en, string zh) => new Phrase(en, zh).In(language);

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static JsonObject Rows(string field, params JsonObject[] rows) => new() { [field] = new JsonArray([.. rows]) };

    private static JsonObject Merge(params JsonObject[] parts) =>
        new(parts.SelectMany(p => p).Select(f => KeyValuePair.Create(f.Key, f.Value?.DeepClone())));

    /// <summary>Name, value, name, value …</summary>
    private static JsonObject Row(params object[] pairs) =>
        new(
            pairs
                .Chunk(2)
                .Select(p =>
                    KeyValuePair.Create((string)p[0], (JsonNode?)JsonValue.Create(Convert.ToString(p[1], CultureInfo.InvariantCulture)))
                )
        );
}
