using System.Text;
using CampaignFlow.Notifications;
using CampaignFlow.Shell;
using CampaignFlow.Workflows;

namespace CampaignFlow.Desk;

/// <summary>A mail's parts as files, its picture for the preview, and sending a failed one again.</summary>
internal static class MailApi
{
    /// <summary>A mail is shown as a mail program would: styles, no scripts, nothing from elsewhere, in no frame but ours.</summary>
    private const string Policy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
        + "sandbox allow-popups allow-popups-to-escape-sandbox";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/mails/{id:guid}/html", HtmlAsync);
        routes.MapGet("/mails/{id:guid}/invite.ics", InviteAsync);
        routes.MapGet("/mails/{id:guid}/mail.eml", EmlAsync);
        routes.MapPost("/mails/{id:guid}/resend", ResendAsync);
    }

    private static async Task<IResult> HtmlAsync(Guid id, HttpContext http, MailQueries mails)
    {
        if (await mails.FindAsync(http.User, id, http.RequestAborted) is not { } mail)
            return Results.NotFound();
        http.Response.Headers.ContentSecurityPolicy = Policy;
        return Results.Text(mail.Html, "text/html; charset=utf-8");
    }

    private static async Task<IResult> InviteAsync(Guid id, HttpContext http, MailQueries mails) =>
        await mails.FindAsync(http.User, id, http.RequestAborted) is { Calendar: { } calendar }
            ? Results.File(Encoding.UTF8.GetBytes(calendar), "text/calendar; charset=utf-8", "invite.ics")
            : Results.NotFound();

    private static async Task<IResult> EmlAsync(Guid id, HttpContext http, MailQueries mails, MailOptions options) =>
        await mails.FindAsync(http.User, id, http.RequestAborted) is { } mail
            ? Results.File(
                Encoding.ASCII.GetBytes(Eml.Write(mail, options, mail.SentAt ?? mail.CreatedAt)),
                "message/rfc822",
                $"{mail.Kind}-{mail.CreatedAt:yyyyMMdd}.eml"
            )
            : Results.NotFound();

    private static async Task<IResult> ResendAsync(Guid id, HttpContext http, MailQueries mails, ResendMail resend, CarryOn carryOn)
    {
        // Who may not see a mail does not learn that there is one.
        if (await mails.FindAsync(http.User, id, http.RequestAborted) is null)
            return Results.NotFound();
        var (again, refusal) = await resend.HandleAsync(id, http.RequestAborted);
        if (refusal is { } no)
            Toast.After(http, no, Shell.Tone.Blocks);
        else
        {
            await carryOn.SoonAsync();
            Toast.After(http, new("Sent again as a new mail.", "已作为新邮件重新发送。"));
        }
        return Results.LocalRedirect($"/mails/{again ?? id}");
    }
}
