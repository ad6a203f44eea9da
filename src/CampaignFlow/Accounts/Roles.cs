using CampaignFlow.Engine;

namespace CampaignFlow.Accounts;

/// <summary>The posts of a campaign team; what each may do stands in <c>Permissions</c>.</summary>
public static class Roles
{
    public const string Operator = "operator";
    public const string Manager = "manager";
    public const string Analyst = "analyst";
    public const string Editor = "editor";
    public const string Brand = "brand";
    public const string Finance = "finance";
    public const string Executive = "executive";

    public static IReadOnlyDictionary<string, Phrase> Names { get; } =
        new Dictionary<string, Phrase>(StringComparer.Ordinal)
        {
            [Operator] = new("Campaign operator", "运营专员"),
            [Manager] = new("Operations manager", "运营经理"),
            [Analyst] = new("Data analyst", "数据分析师"),
            [Editor] = new("Content editor", "内容编辑"),
            [Brand] = new("Brand manager", "品牌经理"),
            [Finance] = new("Finance", "财务"),
            [Executive] = new("Executive", "负责人"),
        };
}
