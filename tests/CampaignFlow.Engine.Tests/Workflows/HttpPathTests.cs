using CampaignFlow.Engine.Workflows;

namespace CampaignFlow.Engine.Tests.Workflows;

public class HttpPathTests
{
    [Theory]
    [InlineData("orders/{id}", "orders/7", "id=7")]
    [InlineData("orders/{id}", "/Orders/Ab-7/", "id=Ab-7")] // values keep their capitals
    [InlineData("{shop}/orders/{id}", "cn/orders/7", "shop=cn,id=7")]
    [InlineData("files/{*path}", "files/a/b.txt", "path=a/b.txt")]
    [InlineData("files/{*path}", "files", "path=")]
    [InlineData("orders/{id}", "orders", null)]
    [InlineData("orders/{id}", "orders/7/paid", null)]
    [InlineData("orders/{id}/paid", "orders/7/sent", null)]
    public void A_route_takes_its_parts_from_the_path(string route, string path, string? expected) =>
        Assert.Equal(
            expected,
            HttpPath.Match(HttpPath.Normal(route), path) is { } values ? string.Join(',', values.Select(v => $"{v.Key}={v.Value}")) : null
        );

    [Theory]
    [InlineData("/Orders//New/", "orders/new")]
    [InlineData("orders/{Id}", "orders/{Id}")]
    public void Paths_are_compared_in_one_spelling(string path, string expected) => Assert.Equal(expected, HttpPath.Normal(path));

    [Theory]
    [InlineData("", "1 to 200")]
    [InlineData("a?b", "cannot be part")]
    [InlineData("a/../b", "cannot be part")]
    [InlineData("a/{}", "not a part such as {id}")]
    [InlineData("a/{id:int}", "not a part such as {id}")]
    [InlineData("a/x{id}", "not a part such as {id}")]
    [InlineData("{*all}/b", "{*rest} at the end")]
    [InlineData("orders/{id}/{*rest}", null)]
    public void A_path_that_cannot_be_served_is_refused(string path, string? expected)
    {
        var problem = HttpPath.Problem(path);

        if (expected is null)
            Assert.Null(problem);
        else
            Assert.Contains(expected, problem!.Value.En, StringComparison.Ordinal);
    }
}
