using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Workflows.Incidents;

/// <summary>
/// The product with a workflow <c>booking</c> that always fails at its third step, as nobody filled in the note it needs, and <c>shop</c>
/// that fails while there is a storm.
/// </summary>
public sealed class IncidentStory : IAsyncLifetime
{
    public TestHost Host { get; } = new() { More = Shaky.Register };

    private static string Mark(string value) =>
        $$"""
            "mark":{"typeName":"String","expression":{"type":"{{(
                value.Contains("variables", StringComparison.Ordinal) ? "JavaScript" : "Literal"
            )}}","value":"{{value}}"} }
            """;

    public static string Booking { get; } =
        $$$"""
            {"name":"Booking","variables":[{"id":"v","name":"Note","typeName":"String","value":""},{"id":"t","name":"ShopToken","typeName":"String","value":"tok-777"}],
             "root":{"id":"root","type":"Elsa.Flowchart","activities":[
              {"id":"h","name":"Book hotel","type":"Test.Shaky",{{{Mark("hotel")}}},"customProperties":{"compensation":"uh"}},
              {"id":"f","name":"Book flight","type":"Test.Shaky",{{{Mark("flight")}}},"customProperties":{"compensation":"uf"}},
              {"id":"p","name":"Pay","type":"Test.Shaky",{{{Mark("variables.Note")}}},
               "times":{"typeName":"Int32","expression":{"type":"Literal","value":"2"} },
               "password":{"typeName":"String","expression":{"type":"Literal","value":"hunter2"} } },
              {"id":"uh","name":"Undo hotel","type":"Test.Shaky",{{{Mark("undo hotel")}}}},
              {"id":"uf","name":"Undo flight","type":"Test.Shaky",{{{Mark("undo flight")}}}}],
             "connections":[
              {"source":{"activity":"h","port":"Done"},"target":{"activity":"f"}},
              {"source":{"activity":"f","port":"Done"},"target":{"activity":"p"}}]}}
            """;

    public async ValueTask InitializeAsync()
    {
        await Host.MakePeopleAsync();
        var files = Host.Services.GetRequiredService<WorkflowFiles>();
        await files.PublishAsync("booking", "Booking", Booking, default);
        await files.PublishAsync("shop", "Shop", Bench.Sequence(Bench.Text("Test.Shaky", "mark", "sold")), default);
    }

    /// <returns>The run, once it stands still.</returns>
    public async Task<Guid> FailAsync(string definition, string key, Guid? campaign = null)
    {
        if (definition == "shop")
            Host.Services.GetRequiredService<Weather>().Storms = 1;
        return await StartAsync(definition, key, campaign);
    }

    public async Task<Guid> StartAsync(string definition, string key, Guid? campaign = null)
    {
        var run = await Host.InScopeAsync(async db =>
        {
            var runs = new WorkflowRuns(db, TimeProvider.System);
            var id = await runs.StartAsync(definition, key, campaign?.ToString(), null, default);
            await db.SaveChangesAsync();
            return id;
        });
        await Host.Services.GetRequiredService<WorkflowRunner>().DrainAsync(default);
        return run;
    }

    public Task<Guid> CampaignAsync(string code, string name) =>
        Host.InScopeAsync(async db =>
        {
            var campaign = new Campaign
            {
                Code = code,
                Name = name,
                Intent = "促销",
                Brand = "B",
                Product = "P",
                Currency = "CNY",
                TimeZone = "Asia/Shanghai",
                StartsOn = new(2026, 3, 1),
                EndsOn = new(2026, 3, 31),
                State = CampaignState.Active,
            };
            db.Campaigns.Add(campaign);
            await db.SaveChangesAsync();
            return campaign.Id;
        });

    public Task<RunStatus> StatusAsync(Guid run) =>
        Host.InScopeAsync(db => db.Runs.Where(r => r.Id == run).Select(r => r.Status).SingleAsync());

    /// <summary>What the person of a role is called.</summary>
    public Task<string> NameAsync(string role) =>
        Host.InScopeAsync(db => db.People.Where(p => p.UserName == role).Select(p => p.DisplayName).SingleAsync());

    /// <summary>Id of the only failed step.</summary>
    public Task<string> FailedAsync(Guid run) =>
        Host.InScopeAsync(db => db.RunIncidents.Where(i => i.RunId == run).Select(i => i.Execution).SingleAsync());

    /// <summary>What the run did, in order.</summary>
    public Task<List<string>> MarksAsync(Guid run) =>
        Host.InScopeAsync(async db =>
        {
            var keys = await db
                .Outbox.Where(m => m.Type == "mark" && m.Key.StartsWith(run.ToString()))
                .OrderBy(m => m.Id)
                .Select(m => m.Key)
                .ToListAsync();
            return keys.ConvertAll(k => k.Split(':')[^1]);
        });

    /// <summary>What its journal says of an event, oldest first.</summary>
    public Task<List<string?>> JournalAsync(Guid run, string what) =>
        Host.InScopeAsync(db =>
            db.RunJournal.Where(j => j.RunId == run && j.What == what).OrderBy(j => j.Seq).Select(j => j.Text).ToListAsync()
        );

    public Task<List<string>> AuditAsync() =>
        Host.InScopeAsync(db => db.Audit.OrderBy(a => a.Id).Select(a => a.Who + " – " + a.TextEn).ToListAsync());

    public ValueTask DisposeAsync() => Host.DisposeAsync();
}
