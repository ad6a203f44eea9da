using System.Globalization;
using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>Why a matching rule may not act. <paramref name="Lost"/>: another rule came first, <paramref name="By"/> names it.</summary>
internal sealed record Objection(string By, Phrase Why, bool Lost = false);

/// <summary>The engine's own checks, in the order in which people would ask. They are not the author's to leave out.</summary>
internal static partial class Guards
{
    public static Objection? Object(Rule rule, Candidate candidate, Proposals proposals)
    {
        var facts = candidate.Facts;
        var subjects = facts.Roles.Values.ToList();
        var actions = candidate.Branch!.Then;
        var pauses = actions.OfType<AskedAction.Pause>().Select(p => facts.Roles[p.Role]).ToList();
        var move = candidate.Move;
        foreach (var side in new[] { move?.From, move?.To }.OfType<ChannelState>())
            if (!subjects.Contains(side))
                subjects.Add(side);
        if (move is null && pauses.Count == 0 && !actions.Any(a => a is AskedAction.Resume or AskedAction.Revert))
            return Sample(rule, facts, rule.Guard.AtLeast) ?? Certain(rule, candidate) ?? Group(rule, subjects, proposals);
        return Stopped(rule)
            ?? Held(subjects, proposals)
            ?? NoShift(actions, move, subjects)
            ?? Contract(move?.From, pauses)
            ?? Resting(move?.To)
            ?? Learning(subjects)
            ?? LastChannel(pauses, proposals)
            ?? Sample(rule, facts, rule.Guard.AtLeast)
            ?? (move is null ? null : Sample(rule, facts, Overall(rule.Guard)))
            ?? Group(rule, subjects, proposals)
            ?? Waiting(subjects, proposals.Snapshot)
            ?? Taken(subjects, proposals)
            ?? Cooldown(rule.Guard, subjects, proposals)
            ?? Limit(rule.Guard.AtMost, subjects, proposals)
            ?? Limit(rule.Guard.ChangesPerWeek is { } most ? new(most, PerChannel: false, 7) : null, subjects, proposals)
            ?? Certain(rule, candidate);
    }

    private static Objection? Stopped(Rule rule) => rule.Guard.Stopped is { } why ? new("kill switch", why) : null;

    private static Sample? Overall(GuardSet guard) =>
        guard.LeastConversions is { } least ? new(least, MetricBook.Standard.Terms.First(t => t.Name == "conversions"), null) : null;

    private static Objection? Held(List<ChannelState> subjects, Proposals proposals) =>
        subjects.Find(s => proposals.Holder(s.Code) is not null) is { } one
            ? new(
                "held",
                new($"rule {proposals.Holder(one.Code)} holds {one.Name}", $"规则 {proposals.Holder(one.Code)} 暂停调整 {one.Name}")
            )
        : proposals.Snapshot.BudgetsHeld ? new("held", new("all budget changes are on hold", "所有预算调整已被暂停"))
        : proposals.HeldBy is { } rule
            ? new("held", new($"rule {rule} puts all budget changes on hold", $"规则 {rule} 要求暂缓所有预算调整"))
        : null;

    private static Objection? NoShift(IReadOnlyList<AskedAction> actions, Move? move, List<ChannelState> subjects) =>
        move is null && actions.Any(a => a is AskedAction.Revert)
            ? new("nothing to revert", new($"{subjects[0].Name} has no shift to take back", $"{subjects[0].Name} 没有可撤回的转入预算"))
            : null;

    private static Objection? Contract(ChannelState? loser, List<ChannelState> pauses) =>
        pauses.Append(loser).FirstOrDefault(c => c is { Shiftable: false }) is { } bound
            ? new("contract", new($"{bound.Name} is contract money and cannot be taken back", $"{bound.Name} 为合同投放，预算不可收回"))
            : null;

    /// <summary>The way back of a shift may lead to a channel that has been paused since.</summary>
    private static Objection? Resting(ChannelState? receiver) =>
        receiver is { Active: false }
            ? new("paused", new($"{receiver.Name} is paused and gets no money", $"{receiver.Name} 已暂停，不再获得预算"))
            : null;

    private static Objection? Learning(List<ChannelState> subjects) =>
        subjects.Find(c => c.Learning) is { } learner
            ? new("learning", new($"{learner.Name} is in its learning phase or an experiment", $"{learner.Name} 处于学习期或实验中"))
            : null;

    private static Objection? LastChannel(List<ChannelState> pauses, Proposals proposals) =>
        pauses.Count > 0 && proposals.ActiveChannels - pauses.Count < 1
            ? new("last channel", new($"{pauses[0].Name} is the last active channel", $"{pauses[0].Name} 是最后一个在投渠道"))
            : null;

    private static Objection? Certain(Rule rule, Candidate candidate)
    {
        if (rule.Guard.Certainty is not { } needed)
            return null;
        var sure = WhenTest.Probability(candidate.Branch!.When, candidate.Facts);
        if (sure >= needed)
            return null;
        var (have, need) = (Wording.Number(Math.Round(sure, 3), percent: true), Wording.Number(needed, percent: true));
        return new(
            "certainty",
            new($"certainty {have} < {need}: the difference may be chance", $"把握度 {have} < {need}，差异可能出于偶然")
        );
    }

    private static Objection? Group(Rule rule, List<ChannelState> subjects, Proposals proposals) =>
        proposals.ActedInGroup(rule, Subjects(subjects)) is { } other
            ? new(
                other,
                new($"rule {other} of the same group '{rule.OnlyOneOf}' acts first", $"同组“{rule.OnlyOneOf}”的规则 {other} 优先"),
                Lost: true
            )
            : null;

    private static Objection? Waiting(List<ChannelState> subjects, Snapshot snapshot)
    {
        var waiting = snapshot.Changes.FirstOrDefault(c => c.Waiting && subjects.Exists(s => s.Code == c.From || s.Code == c.To));
        if (waiting is null)
            return null;
        var channel = subjects.First(s => s.Code == waiting.From || s.Code == waiting.To);
        return new(
            "waiting",
            new(
                $"a change of {channel.Name} by rule {waiting.Rule} already waits for a decision",
                $"{channel.Name} 已有规则 {waiting.Rule} 提出的调整待批准"
            )
        );
    }

    private static Objection? Taken(List<ChannelState> subjects, Proposals proposals)
    {
        foreach (var channel in subjects)
            if (proposals.ChangedBy(channel.Code) is { } rule)
                return new(
                    rule,
                    new($"rule {rule} already changes {channel.Name} now", $"规则 {rule} 本次已调整 {channel.Name}"),
                    Lost: true
                );
        return null;
    }

    private static Objection? Cooldown(GuardSet guard, List<ChannelState> subjects, Proposals proposals)
    {
        if (guard.CooldownDays == 0)
            return null;
        var today = proposals.Snapshot.Today;
        var last = proposals
            .Changes.Where(c => !guard.CooldownPerChannel || subjects.Exists(s => s.Code == c.From || s.Code == c.To))
            .Where(c => today.DayNumber - c.Date.DayNumber < guard.CooldownDays)
            .MaxBy(c => c.Date);
        if (last is null)
            return null;
        var touched = subjects.Find(s => s.Code == last.From || s.Code == last.To)?.Name;
        var (ago, days) = (Text(today.DayNumber - last.Date.DayNumber), Text(guard.CooldownDays));
        var until = last.Date.AddDays(guard.CooldownDays).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new(
            "cooldown",
            new(
                $"{touched ?? "the campaign"} was changed {ago}d ago, cooldown {days}d until {until}",
                $"{touched ?? "活动"} {ago} 天前刚调整过，冷却期 {days} 天，至 {until}"
            )
        );
    }

    private static Objection? Limit(ChangeLimit? limit, List<ChannelState> subjects, Proposals proposals)
    {
        if (limit is null)
            return null;
        var recent = proposals.Changes.Where(c => proposals.Snapshot.Today.DayNumber - c.Date.DayNumber < limit.Days).ToList();
        var used = limit.PerChannel
            ? subjects.Select(s => recent.Count(c => c.From == s.Code || c.To == s.Code)).DefaultIfEmpty(0).Max()
            : recent.Count;
        if (used < limit.Changes)
            return null;
        var (name, span) = limit.Days == 7 ? ("weekly limit", "7 days") : ("daily limit", "day");
        var free = Free(limit, used, recent, subjects);
        return new(
            name,
            new(
                $"{Text(used)} of {Text(limit.Changes)} changes of the last {span} are used{free.En}",
                $"{(limit.Days == 7 ? "近 7 天" : "今日")}已调整 {Text(used)}/{Text(limit.Changes)} 次{free.Zh}"
            )
        );
    }

    /// <summary>The day on which enough changes are old enough.</summary>
    private static Phrase Free(ChangeLimit limit, int used, List<BudgetChange> recent, List<ChannelState> subjects)
    {
        if (limit.Changes == 0)
            return new("", "");
        // Of the fullest channel, as many of its oldest changes must leave the window as there are too many, and one more.
        var dates = (
            limit.PerChannel
                ? subjects
                    .Select(s => recent.Where(c => c.From == s.Code || c.To == s.Code).Select(c => c.Date).ToList())
                    .MaxBy(d => d.Count)!
                : recent.ConvertAll(c => c.Date)
        )
            .Order()
            .ToList();
        var day = Outlook.Text(dates[used - limit.Changes].AddDays(limit.Days));
        return new($", free again on {day}", $"，{day} 起可再调整");
    }

    /// <summary>A rule about the whole campaign has one subject too.</summary>
    public static IReadOnlyList<string> Subjects(IReadOnlyCollection<ChannelState> channels) =>
        channels.Count > 0 ? [.. channels.Select(c => c.Code)] : [""];

    private static string Text(double number) => Wording.Number(number, percent: false);
}
