using System.Text.Json;
using CampaignFlow.Engine;

namespace CampaignFlow.Shell;

/// <summary>A short sentence in the corner that says what just happened.</summary>
public sealed record Toast(string Text, Tone Tone)
{
    private const string Cookie = "toast";

    /// <summary>Shown on the next page, after a redirect.</summary>
    public static void After(HttpContext http, Phrase text, Tone tone = Tone.Holds) =>
        http.Response.Cookies.Append(
            Cookie,
            Json(http, text, tone),
            new()
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                MaxAge = TimeSpan.FromMinutes(1),
                IsEssential = true,
            }
        );

    /// <summary>Shown at once, when the answer goes to htmx.</summary>
    public static void Now(HttpContext http, Phrase text, Tone tone = Tone.Holds) =>
        http.Response.Headers["HX-Trigger"] = $$"""{"toast":{{Json(http, text, tone)}}}""";

    /// <summary>Takes what <see cref="After"/> left, once.</summary>
    internal static Toast? Take(HttpContext http)
    {
        if (http.Request.Cookies[Cookie] is not { } json)
            return null;
        http.Response.Cookies.Delete(Cookie);
        try
        {
            return JsonSerializer.Deserialize<Toast>(json, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null; // a cookie somebody else wrote
        }
    }

    private static string Json(HttpContext http, Phrase text, Tone tone) =>
        JsonSerializer.Serialize(new Toast(http.RequestServices.GetRequiredService<Words>().T(text), tone), JsonSerializerOptions.Web);
}
