using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Tests.Support;
using CampaignFlow.Tests.Workflows;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Tasks;

public sealed class ApprovalTests
{
    [Theory]
    [InlineData(Roles.Manager, Roles.Manager, null)]
    [InlineData(Roles.Manager, Roles.Operator, "This decision belongs to: Operations manager.")]
    [InlineData(Roles.Finance, Roles.Manager, "This decision belongs to: Finance.")] // a manager is not everything
    public async Task Only_the_asked_role_decides(string asked, string role, string? refusal)
    {
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Sqlite);
        var id = await AskAsync(store, "question", asked);

        Assert.Equal(refusal, (await SayAsync(store, id, role, ApprovalState.Approved))?.En);
        Assert.Equal(refusal is null ? ApprovalState.Approved : ApprovalState.Open, await StateAsync(store, id));
    }

    [Fact]
    public async Task Two_roles_must_both_say_yes()
    {
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Sqlite);
        var id = await AskAsync(store, "question", Roles.Manager, Roles.Finance);

        Assert.Null(await SayAsync(store, id, Roles.Manager, ApprovalState.Approved));
        Assert.Equal(ApprovalState.Open, await StateAsync(store, id));
        Assert.Null(await SayAsync(store, id, Roles.Manager, ApprovalState.Approved)); // twice the same person is one vote
        Assert.Equal(ApprovalState.Open, await StateAsync(store, id));
        Assert.Null(await SayAsync(store, id, Roles.Finance, ApprovalState.Approved));
        Assert.Equal(ApprovalState.Approved, await StateAsync(store, id));
    }

    [Theory]
    [InlineData(ApprovalState.Rejected)]
    [InlineData(ApprovalState.Returned)]
    public async Task One_no_ends_it(ApprovalState no)
    {
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Sqlite);
        var id = await AskAsync(store, "question", Roles.Manager, Roles.Finance);

        Assert.Null(await SayAsync(store, id, Roles.Finance, no));
        Assert.Equal(no, await StateAsync(store, id));
        Assert.NotNull(await SayAsync(store, id, Roles.Manager, ApprovalState.Approved));
        Assert.Equal(no, await StateAsync(store, id));
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Of_two_people_at_once_exactly_one_decides(DatabaseKind kind)
    {
        await using var store = await CampaignStore.CreateAsync(kind);
        var other = await AddManagerAsync(store);
        var first = await store.PersonAsync(Roles.Manager);
        for (var round = 0; round < 8; round++)
        {
            var id = await AskAsync(store, $"round-{round}", Roles.Manager);
            var said = await Task.WhenAll(
                Task.Run(() => SayAsync(store, id, first, ApprovalState.Approved)),
                Task.Run(() => SayAsync(store, id, other, ApprovalState.Rejected))
            );
            var (votes, facts, state) = await store.InScopeAsync(
                async (db, _) =>
                    (
                        await db.ApprovalVotes.Where(v => v.ApprovalId == id).ToListAsync(),
                        await db.Outbox.CountAsync(m => m.Key == $"approval-decided:{id}"),
                        await db.Approvals.Where(a => a.Id == id).Select(a => a.State).SingleAsync()
                    )
            );
            Assert.Single(said, s => s is null);
            Assert.Equal(state, Assert.Single(votes).Said);
            Assert.Equal(1, facts);
        }
    }

    [Fact]
    public async Task Two_hundred_approvals_at_once_wake_two_hundred_campaigns_once()
    {
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Postgres);
        await AskInRunsAsync(store, 200);
        var people = new[] { await store.PersonAsync(Roles.Manager), await AddManagerAsync(store) };
        var asked = await store.InScopeAsync((db, _) => db.Approvals.Select(a => a.Id).ToListAsync());
        Assert.Equal(200, asked.Count);

        // All buttons are pressed in the same moment, some by both managers, while the runner is at work already.
        var said = Task.WhenAll(
            asked.SelectMany((a, n) => people.Take(n % 10 == 0 ? 2 : 1).Select(p => SayAsync(store, a, p, ApprovalState.Approved)))
        );
        while (!said.IsCompleted)
            await store.SettleAsync();
        await said;
        await store.SettleAsync();

        var (finished, votes, woken) = await store.InScopeAsync(
            async (db, _) =>
                (
                    await db.Runs.CountAsync(r => r.Status == RunStatus.Finished && r.DefinitionId == "asking"),
                    await db.ApprovalVotes.CountAsync(),
                    await db.RunJournal.CountAsync(j => j.What == "Resumed")
                )
        );
        Assert.Equal((200, 200, 200), (finished, votes, woken));
    }

    private static async Task AskInRunsAsync(CampaignStore store, int count)
    {
        const string Asking = """
            "type":"CampaignFlow.Approval","kind":"launch","title":"Go?","roles":["manager"]
            """;
        await store.Services.GetRequiredService<WorkflowFiles>().PublishAsync("asking", "Asking", Bench.Sequence(Asking), default);
        await store.InScopeAsync(
            async (db, services) =>
            {
                for (var i = 0; i < count; i++)
                    await services
                        .GetRequiredService<WorkflowRuns>()
                        .StartAsync("asking", $"asking-{i}", store.CampaignId.ToString(), null, default);
                await db.SaveChangesAsync();
                return true;
            }
        );
        await store.SettleAsync();
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task A_decision_and_its_expiry_at_once_are_one_outcome(DatabaseKind kind)
    {
        await using var store = await CampaignStore.CreateAsync(kind);
        var manager = await store.PersonAsync(Roles.Manager);
        for (var round = 0; round < 8; round++)
        {
            var id = await AskAsync(store, $"round-{round}", Roles.Manager);
            store.Clock.Advance(TimeSpan.FromHours(25));
            await Task.WhenAll(
                Task.Run<object?>(() => SayAsync(store, id, manager, ApprovalState.Approved)),
                Task.Run<object?>(async () => await store.WithAsync<ExpireApprovals, int>(e => e.HandleAsync(default)))
            );
            await store.WithAsync<ExpireApprovals, int>(e => e.HandleAsync(default));
            Assert.Contains(await StateAsync(store, id), new[] { ApprovalState.Approved, ApprovalState.Expired });
            Assert.Equal(1, await store.InScopeAsync((db, _) => db.Outbox.CountAsync(m => m.Key == $"approval-decided:{id}")));
        }
    }

    [Theory]
    [InlineData(23 * 60 + 59, ApprovalState.Open)]
    [InlineData(24 * 60, ApprovalState.Expired)]
    public async Task Nobody_answers_and_the_proposal_expires_on_time(int minutes, ApprovalState expected)
    {
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Sqlite);
        var id = await AskAsync(store, "question", Roles.Manager);
        store.Clock.Advance(TimeSpan.FromMinutes(minutes));

        await store.WithAsync<ExpireApprovals, int>(e => e.HandleAsync(default));

        Assert.Equal(expected, await StateAsync(store, id));
    }

    [Theory]
    [InlineData(Roles.Editor, true)]
    [InlineData(Roles.Manager, true)] // stands in for everybody
    [InlineData(Roles.Finance, false)]
    public async Task A_task_is_done_by_its_role_or_a_manager(string role, bool may)
    {
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Sqlite);
        var task = await AddTaskAsync(store);
        var person = await store.PersonAsync(role);

        var said = await store.WithAsync<CompleteTask, Phrase?>(c => c.HandleAsync(task, person, default));

        Assert.Equal(may, said is null);
        Assert.Equal(
            may ? person.DisplayName : null,
            await store.InScopeAsync((db, _) => db.WorkTasks.Select(t => t.DoneBy).SingleAsync())
        );
    }

    [Fact]
    public async Task A_task_done_twice_is_announced_once()
    {
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Sqlite);
        var task = await AddTaskAsync(store);
        var person = await store.PersonAsync(Roles.Editor);

        for (var i = 0; i < 2; i++)
            Assert.Null(await store.WithAsync<CompleteTask, Phrase?>(c => c.HandleAsync(task, person, default)));

        Assert.Equal(1, await store.InScopeAsync((db, _) => db.Outbox.CountAsync(m => m.Key == $"task-done:{task}")));
    }

    private static Task<Guid> AskAsync(CampaignStore store, string key, params string[] roles) =>
        store.InScopeAsync(
            async (db, services) =>
            {
                var campaign = await db.Campaigns.SingleAsync(c => c.Id == store.CampaignId);
                var approval = await services
                    .GetRequiredService<OpenApproval>()
                    .HandleAsync(
                        new(campaign, key, "ask", new("May we?", "可以吗？"), new("Because.", "因为。"))
                        {
                            Roles = roles,
                            DueAt = store.Clock.Now.AddHours(24),
                            ShiftId = Guid.CreateVersion7(),
                        },
                        store.Clock.Now,
                        default
                    );
                await db.SaveChangesAsync();
                return approval.Id;
            }
        );

    private static async Task<Phrase?> SayAsync(CampaignStore store, Guid id, string role, ApprovalState said) =>
        await SayAsync(store, id, await store.PersonAsync(role), said);

    private static Task<Phrase?> SayAsync(CampaignStore store, Guid id, Person person, ApprovalState said) =>
        store.WithAsync<DecideApproval, Phrase?>(d => d.HandleAsync(new(id, said, null), person, default));

    private static Task<ApprovalState> StateAsync(CampaignStore store, Guid id) =>
        store.InScopeAsync((db, _) => db.Approvals.Where(a => a.Id == id).Select(a => a.State).SingleAsync());

    private static Task<Person> AddManagerAsync(CampaignStore store) =>
        store.InScopeAsync(
            async (db, _) =>
            {
                var person = new Person
                {
                    Id = Guid.CreateVersion7(),
                    UserName = "second",
                    NormalizedUserName = "SECOND",
                    DisplayName = "Second Manager",
                    Roles = [Roles.Manager],
                };
                db.People.Add(person);
                await db.SaveChangesAsync();
                return person;
            }
        );

    private static Task<Guid> AddTaskAsync(CampaignStore store) =>
        store.InScopeAsync(
            async (db, _) =>
            {
                var task = new WorkTask
                {
                    CampaignId = store.CampaignId,
                    Key = "write",
                    TitleEn = "Write",
                    TitleZh = "撰写",
                    WhyEn = "Because",
                    WhyZh = "因为",
                    Role = Roles.Editor,
                    CreatedAt = store.Clock.Now,
                    DueAt = store.Clock.Now.AddDays(1),
                };
                db.WorkTasks.Add(task);
                await db.SaveChangesAsync();
                return task.Id;
            }
        );
}
