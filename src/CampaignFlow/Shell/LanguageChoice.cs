using System.Security.Claims;
using CampaignFlow.Accounts;
using CampaignFlow.Storage;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Shell;

/// <summary>The reader's language: what they chose (cookie), else what their account says, else what the browser prefers, else English.</summary>
internal static class LanguageChoice
{
    public const string Cookie = "language";

    public static void UseLanguageChoice(this IApplicationBuilder app) =>
        app.Use(
            (http, next) =>
            {
                http.RequestServices.GetRequiredService<Words>().Speak(Of(http), http.User.FindFirstValue(PersonClaims.TimeZone));
                http.Response.Headers.ContentLanguage = http.RequestServices.GetRequiredService<Words>().Language;
                return next(http);
            }
        );

    public static void MapLanguageChoice(this IEndpointRouteBuilder routes) => routes.MapPost("/language", Choose).AllowAnonymous();

    private static async Task<IResult> Choose([FromForm] string language, [FromForm] string? back, HttpContext http, CampaignFlowDb db)
    {
        var chosen = Words.For(language).Language;
        http.Response.Cookies.Append(
            Cookie,
            chosen,
            new()
            {
                MaxAge = TimeSpan.FromDays(365),
                SameSite = SameSiteMode.Lax,
                HttpOnly = true,
                IsEssential = true,
            }
        );
        // Mails follow the pages.
        if (Guid.TryParse(http.User.FindFirstValue(ClaimTypes.NameIdentifier), out var id))
            await db.People.Where(p => p.Id == id).ExecuteUpdateAsync(set => set.SetProperty(p => p.Language, chosen));
        return Results.LocalRedirect(SafePath(back));
    }

    /// <summary>A path of ours, or the start page: nobody is led elsewhere.</summary>
    internal static string SafePath(string? path) =>
        path is ['/', ..] and not ['/', '/' or '\\', ..] && !path.Any(char.IsControl) ? path : "/";

    private static string Of(HttpContext http)
    {
        if (http.Request.Cookies[Cookie] is { Length: > 0 } cookie)
            return cookie;
        if (http.User.FindFirstValue(PersonClaims.Language) is { Length: > 0 } own)
            return own;
        return http.Request.GetTypedHeaders()
                .AcceptLanguage.OrderByDescending(l => l.Quality ?? 1)
                .Select(l => l.Value.ToString())
                .FirstOrDefault(l =>
                    l.StartsWith("zh", StringComparison.OrdinalIgnoreCase) || l.StartsWith("en", StringComparison.OrdinalIgnoreCase)
                )
            ?? Words.English;
    }
}
