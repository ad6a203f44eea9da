using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.WebUtilities;

namespace CampaignFlow.Shell;

/// <summary>
/// What an address says that its page cannot mean (<c>?version=x</c> where a number is asked for) is left out before the page reads it:
/// whoever follows a mangled link gets the page.
/// </summary>
internal static class MeantQuery
{
    public static Task DropTheRestAsync(HttpContext http, RequestDelegate next)
    {
        var asked = http.Request.Query;
        if (asked.Count > 0 && http.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>()?.Type is { } page)
        {
            var odd = Parameters(page)
                .Where(p => asked[p.Name] is { Count: > 0 } given && !given.All(text => Fits(p.Type, text)))
                .Select(p => p.Name)
                .ToHashSet(StringComparer.OrdinalIgnoreCase);
            if (odd.Count > 0)
                http.Request.QueryString = new(QueryHelpers.AddQueryString("", asked.Where(q => !odd.Contains(q.Key))));
        }
        return next(http);
    }

    private static IEnumerable<(string Name, Type Type)> Parameters(Type page) =>
        from property in page.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        let marked = property.GetCustomAttribute<SupplyParameterFromQueryAttribute>()
        where marked is not null
        select (marked.Name ?? property.Name, Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType);

    private static bool Fits(Type type, string? text) =>
        string.IsNullOrEmpty(text)
        || (
            type == typeof(int)
                ? int.TryParse(text, CultureInfo.InvariantCulture, out _)
                : type != typeof(bool) || bool.TryParse(text, out _)
        );
}
