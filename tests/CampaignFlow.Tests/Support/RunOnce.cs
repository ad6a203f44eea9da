using CampaignFlow.Engine.Workflows;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Support;

/// <summary>One product activity in a run of its own: what it was left by, and what it says of itself.</summary>
internal static class RunOnce
{
    extension(CampaignStore store)
    {
        /// <param name="inputs">Further members of the activity, as JSON.</param>
        /// <param name="outcomes">Each leads to a line of its own.</param>
        public async Task<Guid> BeginAsync(string type, string inputs, params string[] outcomes)
        {
            var lines = string.Concat(outcomes.Select(o => $$""", {"id":"{{o}}","type":"Elsa.WriteLine","text":"{{o}}" }"""));
            var connections = string.Join(
                ",",
                outcomes.Select(o => $$"""{"source":{"activity":"it","port":"{{o}}"},"target":{"activity":"{{o}}","port":"In"} }""")
            );
            var json = $$"""
                {"name":"Once","root":{"id":"flow","type":"Elsa.Flowchart","start":"it","activities":[
                  {"id":"it","type":"{{type}}",{{inputs}} } {{lines}} ],"connections":[{{connections}}] } }
                """;
            var (parsed, problems) = WorkflowJson.Parse(json, "once.json", store.Services.GetRequiredService<ActivityCatalogue>().Product);
            Assert.True(parsed is not null, string.Join("\n", problems));
            await store.Services.GetRequiredService<WorkflowFiles>().PublishAsync("once", "Once", json, default);
            var run = await store.InScopeAsync(
                async (db, services) =>
                {
                    var id = await services
                        .GetRequiredService<WorkflowRuns>()
                        .StartAsync("once", Guid.NewGuid().ToString("N"), store.CampaignId.ToString(), null, default);
                    await db.SaveChangesAsync();
                    return id;
                }
            );
            await store.SettleAsync();
            return run;
        }

        /// <summary>The outcome it was left by; the error, or null while it waits.</summary>
        public Task<string?> LeftByAsync(Guid run) =>
            store.InScopeAsync(
                async (db, _) =>
                {
                    var line = await db.RunJournal.Where(j => j.RunId == run && j.Type == "Elsa.WriteLine").FirstOrDefaultAsync();
                    return line?.Activity ?? (await db.Runs.SingleAsync(r => r.Id == run)).Error;
                }
            );

        public Task<string?> WaitingAsync(Guid run) =>
            store.WithAsync<RunQueries, string?>(async q => (await q.WaitingAsync(run, default))?.En);
    }
}
