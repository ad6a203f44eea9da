using System.Text;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Versions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows;

/// <summary>
/// A bad definition, as a file or as a draft of a person: a sentence with the activity's name and id, nothing is stored or published,
/// and the campaigns that run go on.
/// </summary>
public sealed class BadDefinitionsTests
{
    private static readonly Author Li = new(Guid.NewGuid(), "Li");

    private static string Chart(string activities, string connections = "", string more = "") =>
        "{"
        + more
        + "\"root\":{\"id\":\"f\",\"name\":\"Story\",\"type\":\"Elsa.Flowchart\",\"activities\":["
        + activities
        + "],\"connections\":["
        + connections
        + "]}}";

    private static string Line(string id, string name) => $$"""{"id":"{{id}}","name":"{{name}}","type":"Elsa.WriteLine"}""";

    private static string Way(string from, string to, string port = "Done") =>
        $$"""{"source":{"activity":"{{from}}","port":"{{port}}"},"target":{"activity":"{{to}}"} }""";

    private static readonly Dictionary<string, (string Json, string[] Says)> Bad = new(StringComparer.Ordinal)
    {
        ["a circle without a wait"] = (
            Chart(
                Line("s", "Begin") + "," + Line("a", "Say") + "," + Line("b", "Say more"),
                Way("s", "a") + "," + Way("a", "b") + "," + Way("b", "a")
            ),
            ["'Say' (a)", "'Say more' (b)"]
        ),
        ["10,000 activities"] = (
            Chart(string.Join(',', Enumerable.Range(0, 10_000).Select(i => Line($"a{i}", $"Say {i}")))),
            ["at most 2000"]
        ),
        ["a dangling connection"] = (Chart(Line("a", "Say"), Way("a", "ghost")), ["'Story' (f)", "'ghost'"]),
        ["an unknown port"] = (
            Chart(Line("a", "Say") + "," + Line("b", "Also"), Way("a", "b", "Perhaps")),
            ["'Say' (a)", "'Perhaps'", "Done"]
        ),
        ["a huge variable"] = (
            Chart(Line("a", "Say"), "", "\"variables\":[{\"name\":\"Big\",\"value\":\"" + new string('x', RunSize.LargestValue) + "\"}],"),
            ["Variable 'Big'", "1 MB"]
        ),
        ["a wrong type"] = (
            Chart(
                """{"id":"d","name":"Rest","type":"Elsa.Delay","timeSpan":{"typeName":"TimeSpan","expression":{"type":"Literal","value":"soon"}}}"""
            ),
            ["'Rest' (d)", "\"soon\" is not a duration"]
        ),
        ["the same id twice"] = (Chart(Line("a", "Say") + "," + Line("a", "Say again")), ["'a'", "'Say' (line 1)", "'Say again'"]),
        ["a wrong policy"] = (
            Chart("""{"id":"a","name":"Say","type":"Elsa.WriteLine","customProperties":{"retry":{"attempts":0}}}"""),
            ["'Say' (a)", "retry.attempts"]
        ),
    };

    public static TheoryData<DatabaseKind, string> Cases()
    {
        var rows = new TheoryData<DatabaseKind, string>();
        foreach (var what in Bad.Keys)
            rows.Add(DatabaseKind.Sqlite, what);
        rows.Add(DatabaseKind.Postgres, "10,000 activities");
        rows.Add(DatabaseKind.Postgres, "a huge variable");
        return rows;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task It_is_refused_in_a_sentence_and_changes_nothing(DatabaseKind kind, string what)
    {
        var (json, says) = Bad[what];
        var folder = Directory.CreateTempSubdirectory("cfbad");
        try
        {
            await using var bench = await CreateAsync(kind, services => services.AddSingleton(new WorkflowOptions(folder.FullName)));
            await bench.PublishAsync("story", Sequence(Event("go"), Leave("after")));
            var running = await bench.StartAsync("story");
            await bench.DrainAsync();

            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "story.json"), json, Encoding.UTF8);
            var files = bench.Store.Services.GetRequiredService<WorkflowFiles>();
            Assert.Equal(0, await files.LoadAsync(default));
            var told = string.Join('\n', files.Problems.Select(p => p.Text.En));
            Assert.All(says, said => Assert.Contains(said, told, StringComparison.Ordinal));
            Assert.All(files.Problems, p => Assert.Equal("story.json", p.File));

            var (draft, problems) = await bench.Store.InScopeAsync(
                (_, s) => s.GetRequiredService<SaveDraft>().HandleAsync("story", json, Li, null, default)
            );
            if (draft is { } kept) // it can be read and drawn; what could never rest is refused when it is to be used
            {
                var refused = Assert.IsType<Publication.Refused>(
                    await bench.Store.InScopeAsync((_, s) => s.GetRequiredService<PublishVersion>().HandleAsync("story", kept, Li, default))
                );
                told = refused.Why.En;
            }
            else
                told = string.Join('\n', problems.Select(p => p.Text.En));
            Assert.All(says, said => Assert.Contains(said, told, StringComparison.Ordinal));

            Assert.Equal(1, await bench.AskAsync(db => db.WorkflowVersions.Where(v => v.Published).Select(v => v.Version).SingleAsync()));
            Assert.Equal(what == "a circle without a wait" ? 2 : 1, await bench.AskAsync(db => db.WorkflowVersions.CountAsync()));
            await bench.SignalAsync("event", "go");
            await bench.DrainAsync();
            Assert.Equal(RunStatus.Finished, await bench.StatusAsync(running));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
