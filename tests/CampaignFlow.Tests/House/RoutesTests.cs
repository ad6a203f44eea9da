using System.Text.RegularExpressions;
using CampaignFlow.Tests.Support;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.House;

public sealed partial class RoutesTests(TestHost host) : IClassFixture<TestHost>
{
    /// <summary>
    /// A page takes every method, so a form sent to its address is ambiguous and fails; only an endpoint that binds the form, and says so
    /// by what it accepts, goes before the page.
    /// </summary>
    [Fact]
    public void No_form_is_sent_to_the_address_of_a_page()
    {
        var routes = host.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>().ToList();
        var pages = routes.Where(IsPage).Select(Address).ToHashSet(StringComparer.OrdinalIgnoreCase);
        Assert.NotEmpty(pages);

        var ambiguous = routes
            .Where(r => !IsPage(r) && r.Metadata.GetMetadata<IAcceptsMetadata>() is null)
            .Where(r => r.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("POST") == true)
            .Select(Address)
            .Where(pages.Contains);

        Assert.Empty(ambiguous);
    }

    private static bool IsPage(RouteEndpoint route) => route.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;

    private static string Address(RouteEndpoint route) => Parameter().Replace(route.RoutePattern.RawText!.Trim('/'), "{}");

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
