using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Workflows;

/// <summary>A database with a runner and test activities, and short ways to say what happens to it.</summary>
internal sealed class Bench : IAsyncDisposable
{
    private int signals;

    private Bench(TestStore store) => Store = store;

    public TestStore Store { get; }
    public TestClock Clock => Store.Clock;
    public Faults Faults => Store.Services.GetRequiredService<Faults>();
    public WorkflowRunner Runner => Store.Services.GetRequiredService<WorkflowRunner>();

    public static async Task<Bench> CreateAsync(
        DatabaseKind kind,
        Action<IServiceCollection>? more = null,
        PostgresServer? server = null,
        Func<IServiceProvider, Task>? before = null
    ) =>
        new(
            await TestStore.CreateAsync(
                kind,
                services =>
                {
                    Register(services);
                    more?.Invoke(services);
                },
                server,
                before
            )
        );

    public static void Register(IServiceCollection services, TimeSpan? lease = null)
    {
        services.AddSingleton(lease is { } set ? new WorkflowOptions("/nowhere") { Lease = set } : new WorkflowOptions("/nowhere"));
        services.AddWorkflows();
        services.AddScoped<IActivity, Leave>();
        services.AddScoped<IActivity, Ask>();
        services.AddScoped<IActivity, Break>();
    }

    /// <summary>Services of a second node on the same database and clock.</summary>
    public ServiceProvider OtherNode(Action<IServiceCollection>? more = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddStorage(Store.Services.GetRequiredService<StorageOptions>());
        services.AddSingleton<TimeProvider>(Clock);
        Register(services);
        more?.Invoke(services);
        return services.BuildServiceProvider(validateScopes: true);
    }

    /// <summary>A definition that does one thing after the other; an activity is its JSON without an id.</summary>
    public static string Sequence(params string[] activities) =>
        """{"name":"Test","root":{"id":"root","type":"Elsa.Sequence","activities":["""
        + string.Join(',', activities.Select((a, n) => $"{{\"id\":\"a{n + 1}\",{a}}}"))
        + "]}}";

    public static string Text(string type, string input, string value) =>
        $$"""
            "type":"{{type}}","{{input}}":{"typeName":"String","expression":{"type":"Literal","value":"{{value}}"} }
            """;

    public static string Event(string name) => Text("Elsa.Event", "eventName", name);

    public static string Delay(string span) => Text("Elsa.Delay", "timeSpan", span);

    public static string Leave(string mark) => Text("Test.Leave", "mark", mark);

    public static string Ask(string key) => Text("Test.Ask", "key", key);

    public async Task PublishAsync(string definition, string json)
    {
        var (parsed, problems) = WorkflowJson.Parse(
            json,
            definition + ".json",
            Store.Services.GetRequiredService<ActivityCatalogue>().Product
        );
        Assert.True(parsed is not null, string.Join("\n", problems));
        await Store.Services.GetRequiredService<WorkflowFiles>().PublishAsync(definition, "Test", json, CancellationToken.None);
    }

    public Task<Guid> StartAsync(string definition, string key = "one", string? correlation = null) =>
        Store.InScopeAsync(
            async (db, services) =>
            {
                var id = await services
                    .GetRequiredService<WorkflowRuns>()
                    .StartAsync(
                        definition,
                        key,
                        correlation,
                        new Dictionary<string, JsonNode?> { ["who"] = JsonValue.Create(key) },
                        CancellationToken.None
                    );
                await db.SaveChangesAsync();
                return id;
            }
        );

    public Task SignalAsync(string kind, string key, string? correlation = null, string? dedup = null) =>
        Store.InScopeAsync(
            async (db, _) =>
            {
                await db.SignalAsync(
                    kind,
                    key,
                    correlation,
                    JsonValue.Create("hello"),
                    dedup ?? $"s{++signals}",
                    Clock.Now,
                    CancellationToken.None
                );
                await db.SaveChangesAsync();
            }
        );

    public Task<int> DrainAsync() => Runner.DrainAsync(CancellationToken.None);

    public Task<Run> RunAsync(Guid id) => Store.InScopeAsync((db, _) => db.Runs.AsNoTracking().SingleAsync(r => r.Id == id));

    public async Task<RunStatus> StatusAsync(Guid id) => (await RunAsync(id)).Status;

    public Task<List<string>> MarksAsync() =>
        Store.InScopeAsync((db, _) => db.Outbox.Where(m => m.Type == "mark").OrderBy(m => m.Id).Select(m => m.Key).ToListAsync());

    public Task<T> AskAsync<T>(Func<CampaignFlowDb, Task<T>> question) => Store.InScopeAsync((db, _) => question(db));

    public async Task AssertJournalHasNoGapsAsync()
    {
        var lines = await AskAsync(db => db.RunJournal.Select(j => new { j.RunId, j.Seq }).ToListAsync());
        Assert.NotEmpty(lines);
        foreach (var run in lines.GroupBy(l => l.RunId))
            Assert.Equal(Enumerable.Range(1, run.Count()), run.Select(l => l.Seq).Order());
    }

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}

/// <summary>Leaves one mark for each call: a row whose unique key is the call's, so that a second effect would not go unseen.</summary>
internal sealed class Leave(CampaignFlowDb db) : IActivity
{
    public ActivityType Type { get; } =
        new("Test.Leave", "Test", new("Leave", "留下"), new("", ""), [new("Mark", "String", new("", ""), new("", ""))], [], ["Done"]);

    public Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        db.Outbox.Add(Mark(call.Key + ":" + call.Required("Mark"), call.Now));
        return Task.FromResult<ActivityResult>(new ActivityResult.Done());
    }

    public static OutboxMessage Mark(string key, DateTimeOffset now) =>
        new()
        {
            Key = key,
            Type = "mark",
            Payload = "{}",
            At = now,
            AvailableAt = now,
            DoneAt = now,
        };
}

/// <summary>Asks somebody and waits; leaves a mark when it asks, when it is answered and when it is withdrawn.</summary>
internal sealed class Ask(CampaignFlowDb db, TimeProvider clock) : IActivity
{
    public ActivityType Type { get; } =
        new("Test.Ask", "Test", new("Ask", "询问"), new("", ""), [new("Key", "String", new("", ""), new("", ""))], [], ["Done"]);

    public Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        var key = call.Required("Key");
        if (call.Resumption is { } back)
        {
            db.Outbox.Add(Leave.Mark($"answered:{key}{call.Correlation}:{back.Payload}", call.Now));
            return Task.FromResult<ActivityResult>(new ActivityResult.Done());
        }
        db.Outbox.Add(Leave.Mark($"asked:{key}{call.Correlation}", call.Now));
        return Task.FromResult<ActivityResult>(new ActivityResult.Wait(new Bookmark("ask-" + key, "task", key)));
    }

    public Task WithdrawAsync(Bookmark bookmark, CancellationToken cancellationToken)
    {
        db.Outbox.Add(Leave.Mark("withdrawn:" + bookmark.Key, clock.GetUtcNow()));
        return Task.CompletedTask;
    }
}

/// <summary>Changes a table and then fails, as often as it is told: by a fault of its own or by something nobody foresaw.</summary>
internal sealed class Break(CampaignFlowDb db) : IActivity
{
    public ActivityType Type { get; } =
        new("Test.Break", "Test", new("Break", "出错"), new("", ""), [new("How", "String", new("", ""), new("", ""))], [], ["Done"]);

    public async Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        db.Outbox.Add(Leave.Mark("broken:" + call.Key, call.Now));
        await db.SaveChangesAsync(cancellationToken);
        throw call.Text("How") == "fault" ? new ActivityFault("The shop is closed.") : new InvalidOperationException("The cable is cut.");
    }
}
