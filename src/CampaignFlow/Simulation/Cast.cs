using System.Text.Json;
using CampaignFlow.Accounts;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Lifecycle;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Simulation;

/// <summary>
/// The people of a simulated campaign: they do tasks at three fifths of the time they have, decide after three hours at most, and a
/// manager lets a gate pass that stays red three days after its stage was due. They use the same use cases as the pages.
/// </summary>
/// <param name="quietFrom">What was asked from this instant on is left for real people.</param>
public sealed class Cast(IServiceProvider services, CastNotes notes, DateTimeOffset? quietFrom = null)
{
    private static readonly TimeSpan Thinking = TimeSpan.FromHours(3);
    private static readonly TimeSpan Patience = TimeSpan.FromDays(3);

    /// <summary>Does all that is due at <paramref name="now"/>; what was done before is not done again.</summary>
    public async Task ActAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var (task, at) in await TasksAsync(cancellationToken))
        {
            if (at <= now)
                await DoAsync(task, cancellationToken);
        }
        foreach (var (approval, at) in await ApprovalsAsync(cancellationToken))
        {
            if (at <= now)
                await DecideAsync(approval, cancellationToken);
        }
        foreach (var (gate, at) in await GatesAsync(cancellationToken))
        {
            if (at <= now)
                await OverrideAsync(gate, cancellationToken);
        }
    }

    /// <summary>When somebody acts next, after <paramref name="now"/>.</summary>
    public async Task<DateTimeOffset?> NextAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        (await TasksAsync(cancellationToken))
            .Select(t => (DateTimeOffset?)t.At)
            .Concat((await ApprovalsAsync(cancellationToken)).Select(a => (DateTimeOffset?)a.At))
            .Concat((await GatesAsync(cancellationToken)).Select(g => (DateTimeOffset?)g.At))
            .Where(at => at > now)
            .Min();

    private Task<List<(WorkTask Task, DateTimeOffset At)>> TasksAsync(CancellationToken cancellationToken) =>
        InScopeAsync(
            async (db, _) =>
            {
                var open = await db
                    .WorkTasks.AsNoTracking()
                    .Where(t => t.DoneAt == null && t.WithdrawnAt == null)
                    .OrderBy(t => t.CreatedAt)
                    .ThenBy(t => t.TitleEn)
                    .ToListAsync(cancellationToken);
                return open.Where(t => !Quiet(t.CreatedAt)).Select(t => (t, t.CreatedAt + (t.DueAt - t.CreatedAt) * 0.6)).ToList();
            }
        );

    private Task<List<(Approval Approval, DateTimeOffset At)>> ApprovalsAsync(CancellationToken cancellationToken) =>
        InScopeAsync(
            async (db, _) =>
            {
                var open = await db
                    .Approvals.AsNoTracking()
                    .Where(a => a.State == ApprovalState.Open)
                    .OrderBy(a => a.CreatedAt)
                    .ThenBy(a => a.Key)
                    .ToListAsync(cancellationToken);
                return open.Where(a => !Quiet(a.CreatedAt))
                    .Select(a => (a, a.CreatedAt + Shorter(Thinking, (a.DueAt - a.CreatedAt) / 2)))
                    .ToList();
            }
        );

    private Task<List<(GateCheck Gate, DateTimeOffset At)>> GatesAsync(CancellationToken cancellationToken) =>
        InScopeAsync(
            async (db, _) =>
            {
                var waiting = await db
                    .GateChecks.AsNoTracking()
                    .Where(g => g.PassedAt == null && g.OverriddenBy == null)
                    .ToListAsync(cancellationToken);
                var visits = await db.StageVisits.AsNoTracking().Where(v => v.LeftAt == null).ToListAsync(cancellationToken);
                return waiting
                    .Where(g => !Quiet(g.OpenedAt))
                    .Select(g =>
                        (
                            g,
                            Later(
                                g.OpenedAt,
                                visits
                                    .Where(v => v.CampaignId == g.CampaignId && v.Stage == g.Stage)
                                    .Select(v => v.DueAt)
                                    .DefaultIfEmpty(g.OpenedAt)
                                    .Max()
                            ) + Patience
                        )
                    )
                    .ToList();
            }
        );

    private Task DoAsync(WorkTask task, CancellationToken cancellationToken) =>
        InScopeAsync(
            async (db, scope) =>
            {
                var person = await WithRoleAsync(db, task.Role, cancellationToken);
                if (task.ArtefactKind is { } kind)
                {
                    var campaign = await db.Campaigns.SingleAsync(c => c.Id == task.CampaignId, cancellationToken);
                    var content = await notes.WriteAsync(scope, campaign, kind, cancellationToken);
                    var wrong = await scope
                        .GetRequiredService<SaveArtefact>()
                        .HandleAsync(campaign.Id, kind, content, person.DisplayName, cancellationToken);
                    if (wrong.Count > 0)
                        throw new InvalidOperationException($"The script wrote a bad {kind}: {wrong[0]}");
                }
                return await scope.GetRequiredService<CompleteTask>().HandleAsync(task.Id, person, cancellationToken);
            }
        );

    /// <summary>Yes to everything, except to ending the flight early: the numbers to come are part of the story.</summary>
    private async Task DecideAsync(Approval approval, CancellationToken cancellationToken)
    {
        var said = approval.Kind == "advance" ? ApprovalState.Rejected : ApprovalState.Approved;
        foreach (var role in approval.Roles)
            await InScopeAsync(
                async (db, scope) =>
                    await scope
                        .GetRequiredService<DecideApproval>()
                        .HandleAsync(new(approval.Id, said, null), await WithRoleAsync(db, role, cancellationToken), cancellationToken)
            );
    }

    private Task OverrideAsync(GateCheck gate, CancellationToken cancellationToken) =>
        InScopeAsync(
            async (db, scope) =>
            {
                var red = JsonSerializer
                    .Deserialize<List<Clause>>(gate.Clauses, RunJson.Options)!
                    .Where(c => c.Holds != true)
                    .Select(c => c.Sentence.En);
                return await scope
                    .GetRequiredService<OverrideGate>()
                    .HandleAsync(
                        gate.Id,
                        $"Cannot be mended any more: {string.Join("; ", red)}",
                        await WithRoleAsync(db, Roles.Manager, cancellationToken),
                        cancellationToken
                    );
            }
        );

    private static async Task<Person> WithRoleAsync(CampaignFlowDb db, string role, CancellationToken cancellationToken) =>
        (await db.People.ToListAsync(cancellationToken))
            .Where(p => p.Roles.Contains(role))
            .OrderBy(p => p.UserName, StringComparer.Ordinal)
            .First();

    private bool Quiet(DateTimeOffset asked) => quietFrom is { } from && asked >= from;

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private async Task<T> InScopeAsync<T>(Func<CampaignFlowDb, IServiceProvider, Task<T>> work)
    {
        await using var scope = services.CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<CampaignFlowDb>(), scope.ServiceProvider);
    }
}
