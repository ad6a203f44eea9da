using System.IO.Compression;
using System.Text.Json;
using Microsoft.AspNetCore.StaticFiles;

namespace CampaignFlow.Studio;

/// <summary>
/// The files of the designer (npm <c>@elsa-workflows/elsa-studio-wasm</c>) as they lie beside the program: compressed twins, plain only
/// where there is none. Their addresses carry the package's version, so a browser keeps each for good.
/// </summary>
public sealed class StudioFiles
{
    private static readonly FileExtensionContentTypeProvider Types = new()
    {
        Mappings =
        {
            [".wasm"] = "application/wasm",
            [".dat"] = "application/octet-stream",
            [".cur"] = "image/x-icon",
            [".map"] = "application/json",
        },
    };

    private readonly string folder = Path.Combine(AppContext.BaseDirectory, "studio");

    public StudioFiles()
    {
        Version = ReadVersion();
        Runtime = Named("dotnet.native.*.wasm").FirstOrDefault();
        Modules =
        [
            .. Named("dotnet.js").Concat(Named("dotnet.runtime.*.js")).Concat(Named("dotnet.native.*.js")),
            "_content/Elsa.Studio.Workflows.Designer/designer.entry.js",
        ];
    }

    /// <summary>Version of the package; null when it does not lie beside the program.</summary>
    public string? Version { get; }

    /// <summary>What the designer's page names as its base: <c>/studio/3.8.2/</c>.</summary>
    public string Base => $"/studio/{Version}/";

    /// <summary>The runtime itself, compiled by the browser as it comes.</summary>
    public string? Runtime { get; }

    /// <summary>All assemblies in one file (<c>StudioPack.mjs</c>).</summary>
    public static string Pack => "_framework/assemblies.pack";

    /// <summary>Scripts that the runtime and the canvas import by themselves, but late.</summary>
    public IReadOnlyList<string> Modules { get; }

    /// <summary>What the runtime cannot start without.</summary>
    public IEnumerable<string> Early => Runtime is null ? [Pack] : [Runtime, Pack];

    /// <summary>One file, as the browser takes it: brotli, gzip, or unpacked here for who takes neither.</summary>
    public IResult Serve(HttpContext http, string path)
    {
        var file = Path.GetFullPath(Path.Combine(folder, path));
        if (!file.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            return Results.NotFound();
        var type = Types.TryGetContentType(file, out var known) ? known : "application/octet-stream";
        var headers = http.Response.Headers;
        var accepted = http.Request.Headers.AcceptEncoding.ToString();
        var (found, encoding) =
            accepted.Contains("br", StringComparison.Ordinal) && File.Exists(file + ".br") ? (file + ".br", "br")
            : File.Exists(file + ".gz") ? (file + ".gz", "gzip")
            : (file, null);
        if (!File.Exists(found))
            return Results.NotFound();
        headers.CacheControl = "public, max-age=31536000, immutable";
        headers.Vary = "Accept-Encoding";
        if (encoding == "gzip" && !accepted.Contains("gzip", StringComparison.Ordinal))
            return Results.Stream(new GZipStream(File.OpenRead(found), CompressionMode.Decompress), type);
        if (encoding is not null)
            headers.ContentEncoding = encoding;
        return Results.File(found, type);
    }

    /// <summary>What the designer asks beside its files: where the server is, and in which cultures it may write dates.</summary>
    public static IResult Settings(HttpContext http) =>
        TypedResults.Ok(
            new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["Backend"] = new { Url = $"{http.Request.Scheme}://{http.Request.Host}/elsa/api" },
                ["Localization"] = new { DefaultCulture = "en-US", SupportedCultures = new[] { "en-US", "zh-Hans" } },
            }
        );

    private IEnumerable<string> Named(string pattern)
    {
        var framework = Path.Combine(folder, "_framework");
        return Directory.Exists(framework)
            ? Directory.GetFiles(framework, pattern + ".br").Select(file => "_framework/" + Path.GetFileNameWithoutExtension(file))
            : [];
    }

    private string? ReadVersion()
    {
        var package = Path.Combine(folder, "package.json");
        if (!File.Exists(package))
            return null;
        using var json = JsonDocument.Parse(File.ReadAllText(package));
        return json.RootElement.GetProperty("version").GetString();
    }
}
