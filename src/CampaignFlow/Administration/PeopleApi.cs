using System.Security.Cryptography;
using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace CampaignFlow.Administration;

/// <summary>Who may sign in and as what: managers add people, set roles, give a new password; everybody sets their own language, zone and password.</summary>
public static class PeopleApi
{
    public static IEndpointRouteBuilder MapAdministration(this IEndpointRouteBuilder routes)
    {
        var people = routes.MapGroup("/people").RequireAuthorization(Permissions.ManagePeople);
        people.MapPost("", AddAsync);
        people.MapPost("{id:guid}/roles", RolesAsync);
        people.MapPost("{id:guid}/password", ResetAsync);
        routes.MapPost("/me", KeepAsync).RequireAuthorization();
        routes.MapPost("/me/password", ChangeAsync).RequireAuthorization();
        routes.MapGet("/audit.csv", AuditCsv.AnswerAsync).RequireAuthorization();
        return routes;
    }

    public static bool IsZone(string? zone) => zone is { Length: > 0 and < 64 } && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _);

    /// <summary>80 bits in letters and digits that cannot be mistaken for one another.</summary>
    private static string NewPassword() =>
        string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 4)));

    private static async Task<IResult> AddAsync(
        [FromForm] string? name,
        [FromForm] string? user,
        [FromForm] string? email,
        [FromForm] string? zone,
        HttpContext http,
        UserManager<Person> people,
        CampaignFlowDb db,
        TimeProvider clock
    )
    {
        var roles = Chosen(http);
        if (string.IsNullOrWhiteSpace(name) || string.IsNullOrWhiteSpace(user) || string.IsNullOrWhiteSpace(email))
            return Back(http, "/people", new("Name, user name and e-mail are needed.", "请填写姓名、用户名和邮箱。"));
        if (roles.Count == 0)
            return Back(http, "/people", NeedsRole);
        if (!IsZone(zone))
            return Back(http, "/people", UnknownZone(zone));
        var person = new Person
        {
            Id = Guid.CreateVersion7(),
            UserName = user.Trim(),
            Email = email.Trim(),
            EmailConfirmed = true,
            DisplayName = name.Trim(),
            Language = "",
            TimeZone = zone!,
            Roles = roles,
        };
        var password = NewPassword();
        Note(
            db,
            http,
            clock,
            new($"Added {person.DisplayName} ({Names(roles).En}).", $"添加了 {person.DisplayName}（{Names(roles).Zh}）。")
        );
        var result = await people.CreateAsync(person, password);
        return result.Succeeded ? await ShowOnceAsync(http, person, password) : Back(http, "/people", Said(result));
    }

    private static async Task<IResult> RolesAsync(
        Guid id,
        HttpContext http,
        UserManager<Person> people,
        CampaignFlowDb db,
        TimeProvider clock
    )
    {
        if (await people.FindByIdAsync(id.ToString()) is not { } person)
            return Results.NotFound();
        var roles = Chosen(http);
        if (roles.Count == 0)
            return Back(http, "/people", NeedsRole);
        // Whoever takes this right from themselves could leave nobody who can give it back.
        if (id == http.User.PersonId)
            return Back(
                http,
                "/people",
                new("Nobody sets their own roles; ask somebody else who manages people.", "不能修改自己的角色，请由其他管理者操作。")
            );
        person.Roles = roles;
        Note(
            db,
            http,
            clock,
            new($"Roles of {person.DisplayName}: {Names(roles).En}.", $"{person.DisplayName} 的角色改为：{Names(roles).Zh}。")
        );
        var result = await people.UpdateSecurityStampAsync(person); // the cookie of before ends with its old roles
        return result.Succeeded
            ? Back(http, "/people", new("Saved; it holds within five minutes.", "已保存，五分钟内生效。"), Tone.Holds)
            : Back(http, "/people", Said(result));
    }

    private static async Task<IResult> ResetAsync(
        Guid id,
        HttpContext http,
        UserManager<Person> people,
        CampaignFlowDb db,
        TimeProvider clock
    )
    {
        if (await people.FindByIdAsync(id.ToString()) is not { } person)
            return Results.NotFound();
        var password = NewPassword();
        person.PasswordHash = people.PasswordHasher.HashPassword(person, password);
        person.LockoutEnd = null;
        person.AccessFailedCount = 0;
        Note(db, http, clock, new($"New password for {person.DisplayName}.", $"重置了 {person.DisplayName} 的密码。"));
        var result = await people.UpdateSecurityStampAsync(person);
        return result.Succeeded ? await ShowOnceAsync(http, person, password) : Back(http, "/people", Said(result));
    }

    private static async Task<IResult> KeepAsync(
        [FromForm] string? language,
        [FromForm] string? zone,
        HttpContext http,
        UserManager<Person> people,
        SignInManager<Person> door
    )
    {
        if (await people.GetUserAsync(http.User) is not { } person)
            return Results.NotFound();
        if (!IsZone(zone))
            return Back(http, "/me", UnknownZone(zone));
        person.Language = Words.For(language ?? "").Language;
        person.TimeZone = zone!;
        var result = await people.UpdateAsync(person);
        if (!result.Succeeded)
            return Back(http, "/me", Said(result));
        http.Response.Cookies.Delete("language"); // an earlier choice of the switch would win over the account
        await door.RefreshSignInAsync(person);
        return Back(http, "/me", new("Saved.", "已保存。"), Tone.Holds);
    }

    private static async Task<IResult> ChangeAsync(
        [FromForm] string? now,
        [FromForm] string? next,
        [FromForm] string? again,
        HttpContext http,
        UserManager<Person> people,
        SignInManager<Person> door
    )
    {
        if (await people.GetUserAsync(http.User) is not { } person)
            return Results.NotFound();
        if (next != again)
            return Back(http, "/me", new("The two new passwords differ.", "两次输入的新密码不一致。"));
        var result = await people.ChangePasswordAsync(person, now ?? "", next ?? "");
        if (!result.Succeeded)
            return Back(http, "/me", Said(result));
        await door.RefreshSignInAsync(person);
        return Back(http, "/me", new("Your password is changed.", "密码已修改。"), Tone.Holds);
    }

    /// <summary>The answer itself shows the password; it stands in no address, cookie or log.</summary>
    private static Task<IResult> ShowOnceAsync(HttpContext http, Person person, string password)
    {
        http.Response.Headers.CacheControl = "no-store";
        return Task.FromResult<IResult>(
            new Microsoft.AspNetCore.Http.HttpResults.RazorComponentResult<PasswordPage>(
                new Dictionary<string, object?> { [nameof(PasswordPage.Person)] = person, [nameof(PasswordPage.Password)] = password }
            )
        );
    }

    private static readonly Phrase NeedsRole = new("Choose at least one role.", "请至少选择一个角色。");

    private static Phrase UnknownZone(string? zone) =>
        new($"'{zone}' is no time zone; write it like Asia/Shanghai.", $"“{zone}”不是有效时区，请按 Asia/Shanghai 的格式填写。");

    private static List<string> Chosen(HttpContext http) =>
        [.. http.Request.Form["roles"].OfType<string>().Where(Roles.Names.ContainsKey).Distinct(StringComparer.Ordinal)];

    private static Phrase Names(IEnumerable<string> roles) => Phrase.Join(roles.Select(r => Roles.Names[r]), ", ", "、");

    private static void Note(CampaignFlowDb db, HttpContext http, TimeProvider clock, Phrase text) =>
        db.Note(null, clock.GetUtcNow(), http.User.DisplayName, text);

    private static Phrase Said(IdentityResult result) => Phrase.Join(result.Errors.Select(Said), " ", "");

    private static Phrase Said(IdentityError error) =>
        error.Code switch
        {
            "PasswordTooShort" => new("A password has at least 12 characters.", "密码至少 12 个字符。"),
            "PasswordMismatch" => new("The present password is not right.", "当前密码不正确。"),
            "DuplicateUserName" => new("This user name is taken.", "该用户名已被使用。"),
            "DuplicateEmail" => new("This e-mail belongs to somebody already.", "该邮箱已被使用。"),
            "InvalidUserName" => new("A user name has letters and digits only.", "用户名只能包含字母和数字。"),
            "InvalidEmail" => new("This is no e-mail address.", "邮箱格式不正确。"),
            _ => new(error.Description, $"无法保存：{error.Description}"),
        };

    private static IResult Back(HttpContext http, string page, Phrase said, Tone tone = Tone.Blocks)
    {
        Toast.After(http, said, tone);
        return Results.LocalRedirect(page);
    }
}
