using CampaignFlow.Storage;
using CampaignFlow.Tests.Pages;
using CampaignFlow.Workflows;
using CampaignFlow.Workflows.Versions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static CampaignFlow.Tests.Workflows.Bench;

namespace CampaignFlow.Tests.Workflows.Versions;

/// <summary>A definition lives in a file and in the store; what was changed on either side is seen, and nothing is written over unasked.</summary>
public sealed class FilesAndStoreTests : IDisposable
{
    private static readonly Author Li = new(Guid.NewGuid(), "Li");
    private static readonly Author Wang = new(Guid.NewGuid(), "Wang");
    private static readonly string One = Sequence(Event("one"));
    private static readonly string Two = Sequence(Event("two"));
    private static readonly string Three = Sequence(Event("three"));
    private static readonly string Paid = Sequence(Text("Test.Agree", "mark", "x"));
    private readonly string folder = Directory.CreateTempSubdirectory("cffiles").FullName;

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_changed_file_is_offered_and_runs_only_once_a_person_takes_it(DatabaseKind kind)
    {
        await using var bench = await BenchAsync(kind);
        await ChangeAsync(bench, One);
        Assert.Equal((FileStand.InStep, 1), await StandAsync(bench));
        await ChangeAsync(bench, Two);
        Assert.Equal(["InUse", "Offered"], await StatesAsync(bench));
        Assert.Equal((FileStand.FileAhead, 2), await StandAsync(bench));
        Assert.Equal(0, await bench.Store.Services.GetRequiredService<WorkflowFiles>().LoadAsync(default)); // offered once

        var run = await bench.StartAsync("story");
        await bench.DrainAsync();
        await bench.SignalAsync("event", "one"); // it still runs by what is in use
        await bench.DrainAsync();
        Assert.Equal(CampaignFlow.Engine.Workflows.RunStatus.Finished, await bench.StatusAsync(run));

        Assert.IsType<Publication.Done>(await PublishAsync(bench, 2, Li));
        Assert.Equal(["Superseded", "InUse"], await StatesAsync(bench));
        Assert.Equal((FileStand.InStep, 2), await StandAsync(bench));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_file_that_moves_money_is_taken_over_by_two_persons(DatabaseKind kind)
    {
        await using var bench = await BenchAsync(kind);
        await ChangeAsync(bench, One);
        await ChangeAsync(bench, Paid);
        Assert.IsType<Publication.Asked>(await PublishAsync(bench, 2, Li));
        Assert.IsType<Publication.Refused>(await PublishAsync(bench, 2, Li));
        Assert.Equal((FileStand.FileAhead, 2), await StandAsync(bench));
        Assert.IsType<Publication.Done>(await PublishAsync(bench, 2, Wang));
        Assert.Equal((FileStand.InStep, 2), await StandAsync(bench));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_published_version_is_written_back_and_a_file_changed_meanwhile_is_not_written_over(DatabaseKind kind)
    {
        await using var bench = await BenchAsync(kind);
        await ChangeAsync(bench, One);
        var before = SaveDraft.HashOf(One);
        await PublishNewAsync(bench, Two);
        Assert.Equal((FileStand.StoreAhead, 1), await StandAsync(bench));

        Assert.Contains("meanwhile", (await WriteAsync(bench, SaveDraft.HashOf(Three)))!, StringComparison.Ordinal);
        Assert.Equal(One, await File.ReadAllTextAsync(Story));
        Assert.Null(await WriteAsync(bench, before));
        Assert.Equal(Two, await File.ReadAllTextAsync(Story));
        Assert.Equal((FileStand.InStep, 2), await StandAsync(bench));

        // The store goes on, and the file still says what it was given: it offers nothing, also not to a server that starts anew.
        await PublishNewAsync(bench, Three);
        await using var other = bench.OtherNode(services => services.AddSingleton(Options()));
        Assert.Equal(0, await other.GetRequiredService<WorkflowFiles>().LoadAsync(default));
        Assert.Equal((FileStand.StoreAhead, 2), await StandAsync(bench));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task When_both_were_changed_both_are_kept_and_a_person_chooses(DatabaseKind kind)
    {
        await using var bench = await BenchAsync(kind);
        await ChangeAsync(bench, One);
        await PublishNewAsync(bench, Two);
        await ChangeAsync(bench, Three);
        var state = await StateAsync(bench);
        Assert.Equal((FileStand.Conflict, 2, 3, 1), (state.Stand, state.InUse, state.Offered, state.Agreed));

        Assert.Null(await WriteAsync(bench, SaveDraft.HashOf(Three)));
        Assert.Equal((FileStand.InStep, 2), await StandAsync(bench));
        Assert.Equal(Three, await bench.AskAsync(db => db.WorkflowVersions.Where(v => v.Version == 3).Select(v => v.Json).SingleAsync()));

        await PublishNewAsync(bench, Paid.Replace("x", "y", StringComparison.Ordinal), Wang);
        await ChangeAsync(bench, Three.Replace("three", "four", StringComparison.Ordinal));
        Assert.Equal(FileStand.Conflict, (await StateAsync(bench)).Stand);
        var offered = (await StateAsync(bench)).Offered!.Value;
        await PublishAsync(bench, offered, Li);
        Assert.IsType<Publication.Done>(await PublishAsync(bench, offered, Wang)); // what is replaced decides on money
        Assert.Equal(FileStand.InStep, (await StateAsync(bench)).Stand);
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Nonsense_in_a_file_is_said_with_its_place_and_can_be_replaced_without_losing_it(DatabaseKind kind)
    {
        await using var bench = await BenchAsync(kind);
        await ChangeAsync(bench, One);
        const string nonsense = "{ \"root\": oops";
        await ChangeAsync(bench, nonsense);
        var problem = Assert.Single(bench.Store.Services.GetRequiredService<WorkflowFiles>().Problems);
        Assert.Equal(("story.json", 1), (problem.File, problem.Line));
        Assert.Equal(["InUse"], await StatesAsync(bench));
        await bench.StartAsync("story");

        Assert.Null(await WriteAsync(bench, SaveDraft.HashOf(nonsense)));
        Assert.Equal((One, nonsense), (await File.ReadAllTextAsync(Story), await File.ReadAllTextAsync(Story + ".old")));
        await bench.Store.Services.GetRequiredService<WorkflowFiles>().LoadAsync(default);
        Assert.Empty(bench.Store.Services.GetRequiredService<WorkflowFiles>().Problems);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Story => Path.Combine(folder, "story.json");

    private WorkflowOptions Options() => new(folder);

    private Task<Bench> BenchAsync(DatabaseKind kind) =>
        CreateAsync(kind, services => services.AddSingleton(Options()).AddScoped<IActivity, Agree>());

    private async Task ChangeAsync(Bench bench, string text)
    {
        await OfficeHost.WriteAsync(folder, "story.json", text);
        await bench.Store.Services.GetRequiredService<WorkflowFiles>().LoadChangedAsync(default);
    }

    // As a person does it in the designer.
    private static async Task PublishNewAsync(Bench bench, string json, Author? second = null)
    {
        var (version, problems) = await bench.Store.InScopeAsync(
            (_, s) => s.GetRequiredService<SaveDraft>().HandleAsync("story", json, Li, null, default)
        );
        Assert.True(version is not null, string.Join("; ", problems));
        var published = await PublishAsync(bench, version.Value, Li);
        if (second is not null)
            published = await PublishAsync(bench, version.Value, second);
        Assert.IsType<Publication.Done>(published);
    }

    private static Task<Publication> PublishAsync(Bench bench, int version, Author by) =>
        bench.Store.InScopeAsync((_, s) => s.GetRequiredService<PublishVersion>().HandleAsync("story", version, by, default));

    private static async Task<string?> WriteAsync(Bench bench, string seen) =>
        (await bench.Store.InScopeAsync((_, s) => s.GetRequiredService<WriteToFile>().HandleAsync("story", seen, Li, default)))?.En;

    private static async Task<FileState> StateAsync(Bench bench) =>
        FileStands.Of(
            bench.Store.Services.GetRequiredService<DefinitionFiles>().HashOf("story"),
            await bench.AskAsync(db => db.WorkflowVersions.MarksAsync(default))
        );

    // Of the file, with the version that says the same.
    private static async Task<(FileStand, int?)> StandAsync(Bench bench)
    {
        var state = await StateAsync(bench);
        return (state.Stand, state.Offered);
    }

    private static async Task<List<string>> StatesAsync(Bench bench) =>
        [
            .. (await bench.AskAsync(db => db.WorkflowVersions.AsNoTracking().OrderBy(v => v.Version).ToListAsync())).Select(v =>
                VersionWords.StateOf(v).ToString()
            ),
        ];
}
