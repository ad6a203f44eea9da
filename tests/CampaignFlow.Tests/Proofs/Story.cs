using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Workflows;
using CampaignFlow.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Proofs;

/// <summary>
/// A run that passes every fault point: it stamps, asks (the answer is early), tells a fact and an effect, waits for an event for
/// everybody and for time. What it does leaves stamps that nothing keeps unique, so that a second one would be seen.
/// </summary>
internal static class Story
{
    public const string Name = "story";

    /// <summary>What a run leaves in the database, each exactly once.</summary>
    public static readonly string[] Stamps = ["begun", "asked", "answered", "heard", "woken", "over"];

    public static string Definition(string delay) =>
        """{"inputs":[{"name":"who","type":"String"}],"""
        + Bench.Sequence(
            Stamp("begun"),
            """ "type":"Proof.Ask" """,
            """ "type":"Proof.Tell" """,
            """ "type":"Elsa.Event","eventName":{"typeName":"String","expression":{"type":"Input","value":"who"} } """,
            Stamp("woken"),
            Bench.Delay(delay),
            Stamp("over")
        )[1..];

    public static void Register(IServiceCollection services)
    {
        services.AddScoped<IActivity, StampActivity>();
        services.AddScoped<IActivity, AskActivity>();
        services.AddScoped<IActivity, TellActivity>();
        services.AddScoped<IFactHandler<Told>, Hear>();
    }

    /// <summary>Starts runs and sends all that they will wait for, most of it early.</summary>
    public static async Task StartAsync(CampaignFlowDb db, WorkflowRuns runs, IEnumerable<string> keys, DateTimeOffset now)
    {
        foreach (var key in keys)
        {
            await runs.StartAsync(Name, key, key, new Dictionary<string, JsonNode?> { ["who"] = JsonValue.Create(key) }, default);
            await db.SignalAsync("task", key, key, null, "answer:" + key, now, default);
            await db.SignalAsync(Bookmark.Event, key, null, null, "go:" + key, now, default);
        }
        await db.SaveChangesAsync();
    }

    public static OutboxMessage Mark(string run, string stamp, DateTimeOffset now) =>
        new()
        {
            Key = Guid.NewGuid().ToString("N"),
            Type = "stamp",
            Payload = $"{run}|{stamp}",
            At = now,
            AvailableAt = now,
            DoneAt = now,
        };

    private static string Stamp(string mark) => Bench.Text("Proof.Stamp", "mark", mark);

    public static ActivityType TypeOf(string name, params ActivityInput[] inputs) =>
        new("Proof." + name, "Proof", new(name, name), new("", ""), inputs, [], ["Done"]);
}

internal sealed class StampActivity(CampaignFlowDb db) : IActivity
{
    public ActivityType Type { get; } = Story.TypeOf("Stamp", new ActivityInput("Mark", "String", new("", ""), new("", "")));

    public Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        db.Outbox.Add(Story.Mark(call.Correlation!, call.Required("Mark"), call.Now));
        return Task.FromResult<ActivityResult>(new ActivityResult.Done());
    }
}

internal sealed class AskActivity(CampaignFlowDb db) : IActivity
{
    public ActivityType Type { get; } = Story.TypeOf("Ask");

    public Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        db.Outbox.Add(Story.Mark(call.Correlation!, call.Resumption is null ? "asked" : "answered", call.Now));
        return Task.FromResult<ActivityResult>(
            call.Resumption is null ? new ActivityResult.Wait(new Bookmark("ask", "task", call.Correlation!)) : new ActivityResult.Done()
        );
    }
}

internal sealed class TellActivity(CampaignFlowDb db) : IActivity
{
    public ActivityType Type { get; } = Story.TypeOf("Tell");

    public Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        db.Publish("told:" + call.Key, new Told(call.Correlation!), call.Now);
        db.Publish("shouted:" + call.Key, new Shouted(call.Correlation!), call.Now);
        return Task.FromResult<ActivityResult>(new ActivityResult.Done());
    }
}

public sealed record Told(string Run) : IFact;

public sealed record Shouted(string Run) : IEffect;

internal sealed class Hear(CampaignFlowDb db, TimeProvider clock) : IFactHandler<Told>
{
    public Task Handle(Told fact, CancellationToken cancellationToken)
    {
        db.Outbox.Add(Story.Mark(fact.Run, "heard", clock.GetUtcNow()));
        return Task.CompletedTask;
    }
}

/// <summary>The world outside, one file for each key: whoever hears the same key again knows it already.</summary>
internal sealed class Shout(string folder) : IFactHandler<Shouted>
{
    public async Task Handle(Shouted fact, CancellationToken cancellationToken)
    {
        await File.AppendAllTextAsync(Path.Combine(folder, fact.Run), ".", cancellationToken);
    }
}
