using CampaignFlow.Accounts;

namespace CampaignFlow.Simulation;

/// <summary>The team of a replay, half of it Chinese; nobody can sign in as them.</summary>
public static class CastPeople
{
    public static IEnumerable<Person> All() =>
        [
            Named("operator", "Lin Yue", "zh-CN", Roles.Operator),
            Named("manager", "Chen Jing", "zh-CN", Roles.Manager),
            Named("analyst", "Anna Weber", "en", Roles.Analyst),
            Named("editor", "Zhao Min", "zh-CN", Roles.Editor),
            Named("brand", "Sofia Rossi", "en", Roles.Brand),
            Named("finance", "Wang Lei", "zh-CN", Roles.Finance),
            Named("executive", "David Moore", "en", Roles.Executive),
        ];

    private static Person Named(string user, string name, string language, string role) =>
        new()
        {
            Id = Guid.CreateVersion7(),
            UserName = user,
            NormalizedUserName = user.ToUpperInvariant(),
            Email = $"{user}@example.com",
            NormalizedEmail = $"{user}@example.com".ToUpperInvariant(),
            DisplayName = name,
            Language = language,
            TimeZone = "UTC",
            Roles = [role],
            SecurityStamp = Guid.NewGuid().ToString("N"),
        };
}
