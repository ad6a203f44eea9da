using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;

namespace CampaignFlow.Accounts;

/// <summary>One person a role, to try the product with.</summary>
public sealed class DemoPeople(UserManager<Person> people, IConfiguration configuration)
{
    private static readonly (string Role, string Name)[] Cast =
    [
        (Roles.Operator, "林小雨 Lin Xiaoyu"),
        (Roles.Manager, "陈志远 Chen Zhiyuan"),
        (Roles.Analyst, "王思涵 Wang Sihan"),
        (Roles.Editor, "周佳 Zhou Jia"),
        (Roles.Brand, "许诺 Xu Nuo"),
        (Roles.Finance, "赵明 Zhao Ming"),
        (Roles.Executive, "孙立 Sun Li"),
    ];

    /// <summary>
    /// Creates who is not there yet; the user name is the role. The generated password is kept nowhere but in the answer: print it once.
    /// <c>Demo:Password</c> gives all of them a fixed one, for tests.
    /// </summary>
    /// <returns>User name and password of each newly created person, empty when all exist.</returns>
    public async Task<IReadOnlyList<(string UserName, string Password)>> CreateDemoPeopleAsync()
    {
        var made = new List<(string, string)>();
        foreach (var (role, name) in Cast)
        {
            if (await people.FindByNameAsync(role) is not null)
                continue;
            var password = configuration["Demo:Password"] is { Length: > 0 } set ? set : NewPassword();
            // No language yet: the first sign-in takes over the one the browser asked for.
            var person = new Person
            {
                Id = Guid.CreateVersion7(),
                UserName = role,
                Email = $"{role}@demo.example",
                EmailConfirmed = true,
                DisplayName = name,
                Language = "",
                TimeZone = "Asia/Shanghai",
                Roles = [role],
            };
            var result = await people.CreateAsync(person, password);
            if (!result.Succeeded)
                throw new InvalidOperationException($"{role}: {string.Join(" ", result.Errors.Select(e => e.Description))}");
            made.Add((role, password));
        }
        return made;
    }

    /// <summary>80 bits in letters and digits that cannot be mistaken for one another.</summary>
    private static string NewPassword() =>
        string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 4)));
}
