using System.Globalization;
using System.Text.Json.Nodes;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Checks;
using CampaignFlow.Engine.Workflows.DryRuns;
using CampaignFlow.Storage;
using CampaignFlow.Tasks;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Budgets;

/// <summary>
/// <c>CampaignFlow.ShiftBudget</c>: proposes to move daily budget, as a rule does. The same policy asks people, the same guards and the
/// ledger decide whether it moves; the run waits for the answer.
/// </summary>
public sealed class ShiftBudget(CampaignFlowDb db, ProposeShift propose, BudgetLedger ledger, TimeProvider clock) : IActivity
{
    /// <summary>Bookmark kind of a run that waits for a decision on a shift; its key is the shift's id.</summary>
    public const string BookmarkKind = "shift";

    /// <summary>What the keys of shifts begin with that a workflow proposed.</summary>
    internal const string KeyPrefix = "workflow:";

    public ActivityType Type { get; } =
        new(
            "CampaignFlow.ShiftBudget",
            "Campaign",
            new("Budget shift", "预算调整"),
            new(
                "Proposes to move daily budget from one channel to another. Limits, guards and approvals are those of every shift; nobody's answer in time moves nothing.",
                "提议在两个渠道之间移动日预算。限额、护栏和审批与其他预算调整相同；无人按时答复则不移动。"
            ),
            [
                new("From", "String", new("From", "转出"), new("Who gives: a channel or the reserve.", "转出方：渠道或预备金。"), true)
                {
                    NameOf = NameList.Account,
                },
                new("To", "String", new("To", "转入"), new("Who gets it: a channel or the reserve.", "转入方：渠道或预备金。"), true)
                {
                    NameOf = NameList.Account,
                },
                new(
                    "Amount",
                    "String",
                    new("Amount a day", "每日金额"),
                    new(
                        "In the campaign's currency, such as 2400, or a part of what the giving side has, such as 10%.",
                        "以活动币种计，例如 2400；或转出方现有预算的比例，例如 10%。"
                    ),
                    true
                ),
                new(
                    "Why",
                    "String",
                    new("Why (English)", "英文理由"),
                    new("Whoever decides reads it: Social sells at half the cost.", "审批人会看到，例如 Social sells at half the cost。"),
                    true
                ),
                new(
                    "WhyZh",
                    "String",
                    new("Why (Chinese)", "中文理由"),
                    new(
                        "For readers of Chinese; empty: the English one.",
                        "给中文读者看，例如“社交渠道的获客成本只有一半”；留空则用英文理由。"
                    )
                ),
                new(
                    "ActAlone",
                    "Boolean",
                    new("May act alone", "可自动执行"),
                    new(
                        "Small shifts inside the policy are applied without asking, as an automatic rule's.",
                        "政策允许的小额调整无需询问，与自动规则相同。"
                    )
                )
                {
                    Default = "false",
                },
            ],
            [
                new(
                    "Shift",
                    "String",
                    new("Shift", "调整编号"),
                    new("Its name on the budget page, such as BS-0012.", "预算页上的名称，例如 BS-0012。")
                ),
                new(
                    "Reason",
                    "String",
                    new("Why it was refused", "拒绝原因"),
                    new("Such as a limit; empty when it was applied.", "例如超出限额；执行成功时为空。")
                ),
                new(
                    "DecidedBy",
                    "String",
                    new("Decided by", "决定人"),
                    new("Who decided: a person, or the workflow when nobody had to be asked.", "作出决定的人；无需询问时为流程本身。")
                ),
            ],
            ["Applied", "Refused", "Rejected", "TimedOut"]
        )
        {
            Decides = true,
            MovesMoney = true,
            Waits = true,
            TimeOutOutcome = "TimedOut",
            Rehearse = Rehearse,
        };

    public async Task<ActivityResult> RunAsync(ActivityCall call, CancellationToken cancellationToken)
    {
        var key = KeyPrefix + call.Key;
        if (call.Resumption is not null)
            return Told(await db.BudgetShifts.SingleAsync(s => s.Key == key, cancellationToken), refusal: null);
        var campaign = await db.CampaignOfAsync(call.Correlation, cancellationToken);
        var names = await db.ChannelNamesAsync(campaign.Id, cancellationToken);
        var (from, to) = (Account(call, "From", names), Account(call, "To", names));
        var amount = await AmountAsync(call, campaign, from, cancellationToken);
        var workflow = await db.Runs.Where(r => r.Id == call.Run).Select(r => r.DefinitionId).SingleAsync(cancellationToken);
        // Nobody should be asked about what the ledger would refuse anyway.
        var move = new Movement(from, to, amount, workflow, call.Now);
        if (await ledger.ObjectionAsync(campaign, move, cancellationToken) is { } no)
            return Refused(campaign, workflow, no, call.Now);
        var why = call.Required("Why");
        var proposal = new ShiftProposal(
            key,
            from,
            to,
            amount,
            MayActAlone: string.Equals(call.Text("ActAlone"), "true", StringComparison.OrdinalIgnoreCase),
            workflow,
            new(why, call.Text("WhyZh") ?? why)
        );
        var (shift, refusal) = await propose.HandleAsync(campaign, proposal, call.Now, cancellationToken);
        return shift.State == ShiftState.Waiting
            ? new ActivityResult.Wait(new Bookmark($"shift-{shift.Id:N}", BookmarkKind, shift.Id.ToString()))
            : Told(shift, refusal);
    }

    /// <summary>The run no longer waits: the question to people is withdrawn and nothing moves.</summary>
    public async Task WithdrawAsync(Bookmark bookmark, CancellationToken cancellationToken)
    {
        var id = Guid.Parse(bookmark.Key);
        if (
            await db.BudgetShifts.SingleOrDefaultAsync(s => s.Id == id && s.State == ShiftState.Waiting, cancellationToken) is not { } shift
        )
            return;
        foreach (
            var asked in await db.Approvals.Where(a => a.ShiftId == id && a.State == ApprovalState.Open).ToListAsync(cancellationToken)
        )
        {
            asked.State = ApprovalState.Withdrawn;
            asked.Version++;
        }
        shift.State = ShiftState.Rejected;
        shift.DecidedAt = clock.GetUtcNow();
        shift.DecidedBy = shift.ProposedBy;
        shift.Version++;
        db.Publish(
            $"shift-settled:{shift.Id}",
            new ShiftSettled(shift.CampaignId, shift.Id, shift.DecisionId, shift.Key, shift.State),
            clock.GetUtcNow()
        );
        db.Note(
            shift.CampaignId,
            clock.GetUtcNow(),
            shift.ProposedBy,
            new($"{shift.Title} was withdrawn by its workflow; nothing was moved.", $"{shift.Title} 已由流程撤回，预算未变。")
        );
    }

    private static Rehearsal Rehearse(RehearsalCall call)
    {
        var (from, to, amount) = (call.Text("From") ?? "?", call.Text("To") ?? "?", call.Text("Amount") ?? "?");
        var title = new Phrase($"Shift {amount} a day from {from} to {to}", $"每日从 {from} 转 {amount} 至 {to}");
        return new()
        {
            Takes = ProposeShift.AnswerWithin,
            Task = new(title, [Accounts.Roles.Manager], call.Now + ProposeShift.AnswerWithin, Decides: true),
            Notes =
            [
                new(
                    "The ledger, the guards and the policy of the moment decide whether it is applied, asked or refused.",
                    "届时由账本、护栏和审批政策决定执行、询问或拒绝。"
                ),
            ],
        };
    }

    private static string Account(ActivityCall call, string input, IReadOnlyDictionary<string, string> names) =>
        call.Required(input) is var given && (given == LedgerEntry.Reserve || names.ContainsKey(given))
            ? given
            : throw new ActivityFault(
                $"The input '{input}' is '{given}'; this campaign has {string.Join(", ", names.Keys.Append(LedgerEntry.Reserve))}."
            );

    private async Task<long> AmountAsync(ActivityCall call, Campaign campaign, string from, CancellationToken cancellationToken)
    {
        var given = call.Required("Amount").Trim();
        if (!given.EndsWith('%'))
            return Amount.Read(given, campaign.Currency, out var wrong) is var minor && wrong is null
                ? minor
                : throw new ActivityFault(wrong!.Value.En);
        if (!decimal.TryParse(given[..^1], NumberStyles.Number, CultureInfo.InvariantCulture, out var part) || part is <= 0 or > 100)
            throw new ActivityFault($"The input 'Amount' is '{given}'; expected a part such as 10%.");
        var balance = (await ledger.AccountsAsync(campaign.Id, cancellationToken)).GetValueOrDefault(from);
        return (long)Math.Floor(balance * part / 100);
    }

    private ActivityResult.Done Refused(Campaign campaign, string workflow, Phrase why, DateTimeOffset now)
    {
        db.Note(campaign.Id, now, workflow, new($"A shift was refused: {why.En}", $"预算调整被拒绝：{why.Zh}"));
        return new("Refused") { Outputs = new Dictionary<string, JsonNode?> { ["Reason"] = why.En } };
    }

    private static ActivityResult.Done Told(BudgetShift shift, Phrase? refusal) =>
        new(
            shift.State switch
            {
                ShiftState.Rejected => "Rejected",
                ShiftState.Expired => "TimedOut",
                ShiftState.Refused => "Refused",
                _ => "Applied",
            }
        )
        {
            Outputs = new Dictionary<string, JsonNode?>
            {
                ["Shift"] = shift.Title,
                ["Reason"] = refusal?.En,
                ["DecidedBy"] = shift.DecidedBy,
            },
        };
}
