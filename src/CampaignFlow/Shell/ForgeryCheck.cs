using Microsoft.AspNetCore.Antiforgery;

namespace CampaignFlow.Shell;

/// <summary>
/// Every change needs the token, not only the endpoints that bind a form: the hidden field of a form, or the header
/// <see cref="Header"/> that htmx sends. Endpoints called by machines opt out with <c>.DisableAntiforgery()</c>.
/// </summary>
internal static class ForgeryCheck
{
    public const string Header = "X-Antiforgery";

    public static void UseForgeryCheck(this IApplicationBuilder app)
    {
        app.UseAntiforgery();
        app.Use(
            async (http, next) =>
            {
                if (IsSafe(http.Request.Method) || http.GetEndpoint() is not { } endpoint || await IsValidAsync(http, endpoint))
                    await next(http);
                else
                    http.Response.StatusCode = StatusCodes.Status400BadRequest;
            }
        );
    }

    private static async Task<bool> IsValidAsync(HttpContext http, Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IAntiforgeryMetadata>() is null
            ? await http.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(http)
            : http.Features.Get<IAntiforgeryValidationFeature>() is not { IsValid: false }; // checked by the framework, or opted out

    private static bool IsSafe(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method);
}
