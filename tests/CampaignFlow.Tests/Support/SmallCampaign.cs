using CampaignFlow.Accounts;
using CampaignFlow.Applying;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Support;

/// <summary>
/// A campaign of two channels, 1,000 and 500 a day (floors 600 and 200, ceilings 1,500 and 900), on a running host: enough to ask,
/// to answer and to move money.
/// </summary>
public sealed class SmallCampaign(TestHost host, Campaign campaign)
{
    public string Code => campaign.Code;
    public Guid Id => campaign.Id;

    public static async Task<SmallCampaign> StartAsync(TestHost host, bool ledgerOpen = true)
    {
        await host.MakePeopleAsync();
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CampaignFlowDb>();
        var now = DateTimeOffset.UtcNow;
        var campaign = new Campaign
        {
            Code = "small-" + Guid.NewGuid().ToString("N")[..8],
            Name = "小活动 Small",
            Intent = "促销",
            Brand = "B",
            Product = "P",
            Currency = "CNY",
            TimeZone = "Asia/Shanghai",
            StartsOn = DateOnly.FromDateTime(now.UtcDateTime).AddDays(-3),
            EndsOn = DateOnly.FromDateTime(now.UtcDateTime).AddDays(20),
            State = CampaignState.Active,
            CreatedAt = now,
        };
        db.Campaigns.Add(campaign);
        db.CampaignChannels.AddRange(
            Channel(campaign, "search", 100_000, 60_000, 150_000),
            Channel(campaign, "social", 50_000, 20_000, 90_000)
        );
        if (ledgerOpen)
            await scope
                .ServiceProvider.GetRequiredService<BudgetLedger>()
                .OpenAsync(campaign, new Dictionary<string, long> { ["search"] = 100_000, ["social"] = 50_000 }, now, default);
        await db.SaveChangesAsync();
        return new(host, campaign);
    }

    /// <summary>The operator asks to move money from search to social.</summary>
    public async Task<(BudgetShift Shift, Approval Approval)> AskAsync(long amountMinor)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CampaignFlowDb>();
        var person = (await db.People.ToListAsync()).First(p => p.Roles.Contains(Roles.Operator));
        var (shift, refusal) = await scope
            .ServiceProvider.GetRequiredService<RequestShift>()
            .HandleAsync(
                campaign.Id,
                "search",
                "social",
                amountMinor,
                "social sells better",
                Guid.NewGuid().ToString("N"),
                person,
                default
            );
        Assert.Null(refusal);
        return (shift!, await db.Approvals.SingleAsync(a => a.ShiftId == shift!.Id));
    }

    public async Task<WorkTask> GiveAsync(string role, string? artefact, string stage)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<CampaignFlowDb>();
        var now = DateTimeOffset.UtcNow;
        var task = new WorkTask
        {
            CampaignId = campaign.Id,
            Key = Guid.NewGuid().ToString("N"),
            Stage = stage,
            TitleEn = "Do the work",
            TitleZh = "完成工作",
            WhyEn = "Somebody waits for it.",
            WhyZh = "有人在等。",
            Role = role,
            ArtefactKind = artefact,
            CreatedAt = now,
            DueAt = now.AddDays(2),
        };
        db.WorkTasks.Add(task);
        await db.SaveChangesAsync();
        return task;
    }

    public Task<IReadOnlyDictionary<string, long>> BalancesAsync() =>
        host.WithAsync<BudgetLedger, IReadOnlyDictionary<string, long>>(l => l.BalancesAsync(campaign.Id, default));

    /// <summary>Waits until the outbox, in the background, has written down what the platforms are to be told.</summary>
    public async Task ToldAsync()
    {
        while (!await host.InScopeAsync(db => db.Instructions.AnyAsync(i => i.CampaignId == campaign.Id)))
            await Task.Delay(50, TestContext.Current.CancellationToken);
    }

    public Task<List<ApprovalVote>> VotesAsync(Guid approval) =>
        host.InScopeAsync(db => db.ApprovalVotes.AsNoTracking().Where(v => v.ApprovalId == approval).ToListAsync());

    private static CampaignChannel Channel(Campaign campaign, string code, long planned, long floor, long ceiling) =>
        new()
        {
            CampaignId = campaign.Id,
            Code = code,
            Name = code == "search" ? "搜索 Search" : "社交 Social",
            PlannedMinor = planned,
            FloorMinor = floor,
            CeilingMinor = ceiling,
        };
}

public static class Readers
{
    extension(TestHost host)
    {
        /// <summary>Somebody of a role who has chosen a language: an account's own would win over the browser's.</summary>
        public async Task<HttpClient> ReaderAsync(string role, string language = "en")
        {
            var client = await host.SignedInAsync(role, language);
            (await client.PostFormAsync("/sign-in", "/language", new() { ["language"] = language })).Dispose();
            return client;
        }
    }
}
