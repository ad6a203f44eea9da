using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Workflows;

/// <summary>How often the next calls of <see cref="Shaky"/> fail, and how: what a server does that is away for a while.</summary>
internal sealed class Weather
{
    public int Storms { get; set; }
    public bool Foreseen { get; set; } = true;
}

/// <summary>Leaves a mark, and fails after it while there is a storm; its output is the mark, its key stays hidden.</summary>
internal sealed class Shaky(CampaignFlowDb db, Weather weather) : IActivity
{
    public ActivityType Type { get; } =
        new(
            "Test.Shaky",
            "Test",
            new("Shaky", "不稳"),
            new("", ""),
            [
                new("Mark", "String", new("", ""), new("", ""), Required: true),
                new("Times", "Int32", new("", ""), new("", "")),
                new("Password", "String", new("", ""), new("", "")) { Secret = true },
            ],
            [new("Mark", "String", new("", ""), new("", ""))],
            ["Done", "Other"]
        );

    public static void Register(IServiceCollection services)
    {
        services.AddSingleton<Weather>();
        services.AddScoped<IActivity, Shaky>();
    }

    public async Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        var mark = call.Required("Mark");
        db.Outbox.Add(Leave.Mark($"{call.Key}:{mark}", call.Now));
        await db.SaveChangesAsync(cancellationToken);
        if (weather.Storms-- > 0)
            throw weather.Foreseen ? new ActivityFault("The shop is closed.") : new InvalidOperationException("The cable is cut.");
        return new ActivityResult.Done { Outputs = new Dictionary<string, JsonNode?>(StringComparer.Ordinal) { ["Mark"] = mark } };
    }
}
