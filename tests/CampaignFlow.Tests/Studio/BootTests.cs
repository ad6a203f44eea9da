using System.Buffers.Binary;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CampaignFlow.Accounts;

namespace CampaignFlow.Tests.Studio;

/// <summary>How the designer comes to a browser: in what order, in how many pieces, and before it is asked for.</summary>
public sealed partial class BootTests(StudioHost studio) : IClassFixture<StudioHost>
{
    private const string Framework = "/studio/3.8.2/_framework/";

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task One_file_holds_every_assembly_of_the_boot_configuration_unchanged(string encoding)
    {
        var pack = await ReadAsync(Framework + "assemblies.pack", encoding);
        var length = BinaryPrimitives.ReadInt32LittleEndian(pack);
        var index = JsonNode.Parse(pack.AsSpan(4, length))!.AsObject();
        var script = Encoding.UTF8.GetString(await ReadAsync(Framework + "dotnet.js", encoding));
        var resources = JsonNode.Parse(Between(script, "/*json-start*/", "/*json-end*/"))!["resources"]!;
        var parts = new[] { "coreAssembly", "icu", "assembly" }.SelectMany(kind => resources[kind]!.AsArray()).ToList();
        Assert.InRange(parts.Count, 100, 200);
        Assert.Equal(parts.Count, index.Count);
        Assert.All(
            parts,
            part =>
            {
                var place = index[part!["name"]!.ToString()]!;
                var content = pack.AsSpan(4 + length + (int)place[0]!, (int)place[1]!);
                Assert.Equal(part["hash"]!.ToString(), "sha256-" + Convert.ToBase64String(SHA256.HashData(content)));
            }
        );
    }

    [Fact]
    public async Task The_runtime_starts_above_the_style_sheets_and_all_that_is_asked_ahead_is_there()
    {
        var drawing = await studio.DrawingAsync(Roles.Operator);
        var page = await drawing.Client.GetStringAsync("/studio/3.8.2/workflows/weekly-review");
        var boot = page.IndexOf("/studio/boot", StringComparison.Ordinal);
        Assert.InRange(
            boot,
            page.IndexOf("/studio/guard", StringComparison.Ordinal),
            page.IndexOf("rel=\"stylesheet\"", StringComparison.Ordinal)
        );
        var ahead = Ahead().Matches(page).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value)).ToList();
        Assert.Contains(ahead, path => path.EndsWith(".wasm", StringComparison.Ordinal));
        Assert.Contains("/elsa/api/workflow-definitions/by-definition-id/weekly-review?versionOptions=Latest", ahead);
        foreach (var path in ahead)
        {
            using var answer = await drawing.Client.GetAsync(new Uri(new("http://localhost/studio/3.8.2/"), path));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("/workflows")]
    [InlineData("/workflows/weekly-review")]
    public async Task Pages_that_lead_to_the_designer_let_a_browser_start_it_when_somebody_rests_on_the_link(string path)
    {
        var drawing = await studio.DrawingAsync(Roles.Operator);
        using var page = await drawing.Client.GetAsync(path);
        var where = page.Headers.GetValues("Speculation-Rules").Single().Trim('"');
        Assert.Contains("/workflows/weekly-review/design", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var rules = await drawing.Client.GetAsync(where);
        Assert.Equal("application/speculationrules+json", rules.Content.Headers.ContentType!.MediaType);
        var rule = JsonNode.Parse(await rules.Content.ReadAsStringAsync())!["prerender"]!.AsArray().Single()!;
        Assert.Equal(("/workflows/*/design", "moderate"), (rule["where"]!["href_matches"]!.ToString(), rule["eagerness"]!.ToString()));
    }

    [Fact]
    public async Task The_workflow_as_it_was_last_saved_is_read_while_the_designer_loads()
    {
        var drawing = await studio.DrawingAsync(Roles.Operator, "zh-CN");
        Assert.Contains("填写竞品分析表", await AheadOfAsync(drawing, "campaign-lifecycle"), StringComparison.Ordinal);
        var draft = await SavedAsync(drawing, "Read ahead", Drawing.Line("later"));
        Assert.Contains("id=\"ahead-later\"", await AheadOfAsync(drawing, draft), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_draft_that_cannot_be_read_yet_has_no_picture_and_the_designer_opens_all_the_same()
    {
        var drawing = await studio.DrawingAsync(Roles.Operator);
        var broken = await SavedAsync(drawing, "Not yet", Drawing.Step("strange", "Nobody.Knows"));
        Assert.Null(await AheadOfAsync(drawing, broken));
        var empty = await SavedAsync(drawing, "Nothing yet");
        Assert.Null(await AheadOfAsync(drawing, empty));
    }

    private static async Task<string> SavedAsync(Drawing drawing, string name, params JsonObject[] steps) =>
        (await drawing.SavedAsync(Drawing.With(Drawing.Fresh(name), steps)))["definitionId"]!.ToString();

    private static async Task<string?> AheadOfAsync(Drawing drawing, string id)
    {
        var page = await drawing.Client.GetStringAsync($"/studio/3.8.2/workflows/{id}");
        Assert.Contains("<elsa-workflow-definition-editor", page, StringComparison.Ordinal);
        var start = page.IndexOf("id=\"ahead\"", StringComparison.Ordinal);
        return start < 0 ? null : WebUtility.HtmlDecode(page[start..page.IndexOf("</svg>", start, StringComparison.Ordinal)]);
    }

    private async Task<byte[]> ReadAsync(string path, string encoding)
    {
        using var client = studio.Host.Visitor();
        client.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue(encoding));
        using var answer = await client.GetAsync(path);
        Assert.Equal(encoding, answer.Content.Headers.ContentEncoding.Single());
        await using var packed = await answer.Content.ReadAsStreamAsync();
        await using Stream plain =
            encoding == "br" ? new BrotliStream(packed, CompressionMode.Decompress) : new GZipStream(packed, CompressionMode.Decompress);
        using var all = new MemoryStream();
        await plain.CopyToAsync(all);
        return all.ToArray();
    }

    private static string Between(string text, string from, string to)
    {
        var start = text.IndexOf(from, StringComparison.Ordinal) + from.Length;
        return text[start..text.IndexOf(to, start, StringComparison.Ordinal)];
    }

    [GeneratedRegex("<link rel=\"(?:preload|modulepreload)\"[^>]*href=\"([^\"]+)\"")]
    private static partial Regex Ahead();
}
