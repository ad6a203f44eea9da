using System.Net;
using System.Text.RegularExpressions;

namespace CampaignFlow.Tests.Support;

/// <summary>What a browser does with a form: fetch the page, take the hidden token, post.</summary>
public static partial class PageReading
{
    extension(HttpClient client)
    {
        public async Task<HttpResponseMessage> SignInAsync(string name, string password, string query = "") =>
            await client.PostFormAsync(
                "/sign-in" + query,
                "/sign-in" + query,
                new()
                {
                    ["_handler"] = "sign-in",
                    ["Asked.Name"] = name,
                    ["Asked.Password"] = password,
                }
            );

        /// <summary>Fetches <paramref name="page"/>, then posts the fields with its token to <paramref name="action"/>.</summary>
        public async Task<HttpResponseMessage> PostFormAsync(string page, string action, Dictionary<string, string> fields)
        {
            fields["__RequestVerificationToken"] = TokenOf(await client.GetStringAsync(page));
            return await client.PostAsync(action, new FormUrlEncodedContent(fields));
        }

        public async Task<string> TextAsync(string page) => WebUtility.HtmlDecode(await client.GetStringAsync(page));
    }

    public static string TokenOf(string html) =>
        Token().Match(html) is { Success: true } match
            ? match.Groups[1].Value
            : throw new InvalidOperationException("The page has no form with a token.");

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
