namespace CampaignFlow.Workflows;

/// <summary>
/// The designer takes seconds to start. A browser that knows speculation rules starts it out of sight when somebody rests on a link that
/// leads there, and shows it when they follow the link; one that saves data or battery does not, and others load it as ever.
/// </summary>
internal static class DesignerAhead
{
    public const string Path = "/workflows/designer-ahead.json";

    public static readonly object Rules = new
    {
        prerender = new[] { new { where = new { href_matches = "/workflows/*/design" }, eagerness = "moderate" } },
    };

    /// <summary>A header, because pages allow no script within themselves.</summary>
    public static void Offer(HttpContext http) => http.Response.Headers["Speculation-Rules"] = $"\"{Path}\"";
}
