using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;

namespace CampaignFlow.Engine.Tests.Workflows;

public class SecretsTests
{
    [Theory]
    [InlineData("Authorization", true)]
    [InlineData("proxy-authorization", true)]
    [InlineData("X-Api-Key", true)]
    [InlineData("apiKey", true)]
    [InlineData("client_secret", true)]
    [InlineData("Password2", true)]
    [InlineData("access_token", true)]
    [InlineData("Set-Cookie", true)]
    [InlineData("Author", false)]
    [InlineData("Authorize", false)] // whether a caller has to be known, not who
    [InlineData("Key", false)]
    [InlineData("Content", false)]
    [InlineData("", false)]
    public void A_name_says_whether_its_value_is_secret(string name, bool secret) => Assert.Equal(secret, Secrets.IsSecret(name));

    [Theory]
    [InlineData("Headers", """{"Accept":"json","Authorization":"Bearer x"}""", """{"Accept":"json","Authorization":"•••"}""")]
    [InlineData("Body", """{"user":{"name":"Li","passwords":["a","b"]},"n":3}""", """{"user":{"name":"Li","passwords":"•••"},"n":3}""")]
    [InlineData(
        "List",
        """[{"token":"t"},{"token":""},{"token":null},{"token":7}]""",
        """[{"token":"•••"},{"token":""},{"token":null},{"token":7}]"""
    )]
    [InlineData("Token", "\"abc\"", "\"•••\"")]
    [InlineData("Url", "\"https://shop.example/a?b=1&api_key=abc&c=2#d\"", "\"https://shop.example/a?b=1&api_key=•••&c=2#d\"")]
    [InlineData("Url", "\"https://li:pw@shop.example/a\"", "\"https://•••@shop.example/a\"")]
    [InlineData("Text", "\"no address: ?token=abc\"", "\"no address: ?token=abc\"")]
    [InlineData("Nothing", "null", "null")]
    public void What_is_shown_has_no_secret_at_any_depth(string name, string value, string shown)
    {
        var node = JsonNode.Parse(value);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(shown), Secrets.Masked(name, node)), Secrets.Masked(name, node)?.ToJsonString());
        Assert.Equal(value != shown, Secrets.Holds(name, node));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(value), node)); // the run keeps what it has
    }

    [Fact]
    public void The_journal_of_a_request_that_came_in_shows_no_secret()
    {
        var course = Course.Of("""{"id":"h","type":"Elsa.HttpEndpoint","path":"orders"}""").Start();
        course.Take(
            new RunEvent.Resumed(
                course.State.Executions.SelectMany(e => e.Bookmarks).Single().Id,
                JsonNode.Parse("""{"headers":{"X-Auth-Token":"t-1"},"query":{"api_key":"k-1"},"content":{"password":"p-1","order":7}}""")
            )
        );

        var told = string.Join('\n', course.Journal.Select(j => j.Data));
        Assert.Contains("\"order\":7", told, StringComparison.Ordinal);
        Assert.All(["t-1", "k-1", "p-1"], secret => Assert.DoesNotContain(secret, told, StringComparison.Ordinal));
        Assert.Equal("p-1", course.State.Outputs["h"]["ParsedContent"]!["password"]!.ToString()); // the workflow has it
    }
}
