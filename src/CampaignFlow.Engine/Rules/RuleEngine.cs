using CampaignFlow.Engine.Rules.Machine;

namespace CampaignFlow.Engine.Rules;

/// <summary>
/// Snapshot → match → resolve → guard → verdicts. A function: the same rules and snapshot, in any order of files, give the same
/// verdicts. Rules propose; nothing here moves money.
/// </summary>
public static class RuleEngine
{
    /// <summary>All rules about a campaign and its channels; those about portfolios have no say here.</summary>
    public static IReadOnlyList<Verdict> Evaluate(IReadOnlyList<Rule> rules, Snapshot snapshot) =>
        Evaluate(RuleNetwork.OfCampaigns(rules), snapshot);

    /// <summary>All rules about portfolios, on one of them.</summary>
    public static IReadOnlyList<Verdict> Evaluate(IReadOnlyList<Rule> rules, Portfolio portfolio) =>
        Evaluate(RuleNetwork.OfPortfolios(rules), portfolio.AsOne());

    /// <summary>The same with rules that were prepared once for many campaigns.</summary>
    public static IReadOnlyList<Verdict> Evaluate(RuleNetwork rules, Snapshot snapshot) => Evaluate(rules, snapshot, new Marks());

    /// <param name="marks">What is marked before any of these rules speaks.</param>
    internal static IReadOnlyList<Verdict> Evaluate(RuleNetwork rules, Snapshot snapshot, Marks marks)
    {
        // What people set beside the files binds this campaign alone.
        if (snapshot.Limits.Count > 0)
            rules = rules.With(r => snapshot.LimitsOf(r.Id)?.Tighten(r) ?? r);
        var order = rules.Order;
        if (snapshot.Problem is { } problem)
            return [.. order.Marking.Concat(order.Rest).Select(r => VerdictText.Mute(r, VerdictKind.Unknown, problem))];
        // One order of channels, so that sums round alike and ties fall alike however they were listed.
        snapshot = snapshot with
        {
            Channels = [.. snapshot.Channels.OrderBy(c => c.Code, StringComparer.Ordinal)],
        };
        var matching = new Matching(rules, new CampaignMemory(rules, snapshot, marks));
        var proposals = new Proposals(snapshot);
        var verdicts = new List<Verdict>();
        foreach (var circle in order.Circles)
        foreach (var rule in circle.OrderBy(r => r.Id, StringComparer.Ordinal))
        {
            foreach (var word in rule.Sets)
                marks.Unsure(word);
            verdicts.Add(VerdictText.Mute(rule, VerdictKind.Unknown, RuleOrder.Name(circle)));
        }
        foreach (var rule in order.Marking)
            Mark(rule, Due(rule, snapshot, verdicts) ? matching.Of(rule) : [], marks, proposals, verdicts);
        foreach (var match in InOrder(order.Rest.Where(r => Due(r, snapshot, verdicts)).Select(r => (r, matching.Of(r).ToList()))))
            verdicts.Add(Decide(match, proposals));
        return verdicts;
    }

    private static bool Due(Rule rule, Snapshot snapshot, List<Verdict> verdicts)
    {
        if (rule.Schedule.IsDue(snapshot.Today, snapshot.FlightStart))
            return true;
        var next = Expressions.Outlook.Text(rule.Schedule.NextAfter(snapshot.Today, snapshot.FlightStart));
        var when = rule.Schedule.Sentence;
        verdicts.Add(
            VerdictText.Mute(rule, VerdictKind.NotFired, new($"looked at {when.En}, next on {next}", $"{when.Zh}检查，下次为 {next}"))
        );
        return false;
    }

    private static void Mark(Rule rule, IEnumerable<Match> matches, Marks marks, Proposals proposals, List<Verdict> verdicts)
    {
        foreach (var match in InOrder(matches))
        {
            var verdict = Decide(match, proposals);
            verdicts.Add(verdict);
            if (verdict.Kind == VerdictKind.Unknown)
                foreach (var mark in rule.Branches.SelectMany(b => b.Then).OfType<AskedAction.Mark>())
                    marks.Unsure(match.Candidates[0].Facts.Roles.TryGetValue(mark.Role, out var one) ? one.Code : "", mark.Word);
            if (verdict.Kind == VerdictKind.Fired && rule.Mode is not AskedMode.Observe)
                foreach (var mark in verdict.Actions.OfType<RuleAction.Mark>())
                    marks.Set(mark.Channel ?? "", mark.Word, rule.Id);
        }
        foreach (var word in rule.Sets)
            marks.Tell(word);
    }

    /// <summary>Whoever wants everything held speaks first; then priority, smallest change, rule id.</summary>
    private static IEnumerable<Match> InOrder(IEnumerable<(Rule Rule, List<Match> Matches)> rules) =>
        rules
            .OrderByDescending(r => r.Matches.Exists(m => m.Holds && Holds(m)))
            .ThenByDescending(r => r.Rule.Priority)
            .ThenBy(r => r.Matches.Where(m => m.Holds).Select(Size).DefaultIfEmpty(0).Min())
            .ThenBy(r => r.Rule.Id, StringComparer.Ordinal)
            .SelectMany(r => InOrder(r.Matches));

    /// <summary>Within a rule the worst loser goes first, then the largest effect.</summary>
    private static IEnumerable<Match> InOrder(IEnumerable<Match> matches) =>
        matches
            .OrderByDescending(m => m.Holds)
            .ThenByDescending(m => m.Urgency)
            .ThenByDescending(m => m.Holds ? Size(m) : 0)
            .ThenBy(m => m.Candidates[0].Key, StringComparer.Ordinal);

    private static bool Holds(Match match) => match.Candidates[0].Branch!.Then.Any(a => a is AskedAction.Hold);

    private static double Size(Match match) =>
        match.Candidates[0].Asked is { } asked ? (double.IsNaN(asked) ? 0 : asked)
        : match.Candidates[0].Branch!.Then.Any(a => a is AskedAction.Pause) ? match.Candidates[0].Facts.Roles.Values.Sum(c => c.BudgetMinor)
        : 0;

    /// <summary>The best candidate that no guard stops; when all are stopped, why the best one is.</summary>
    private static Verdict Decide(Match match, Proposals proposals)
    {
        if (!match.Holds)
            return VerdictText.NoMatch(match);
        Verdict? first = null;
        foreach (var candidate in match.Candidates)
        {
            var verdict = Propose(match, candidate, proposals);
            if (verdict.Kind == VerdictKind.Fired)
            {
                if (match.Rule.Mode is not AskedMode.Observe)
                    proposals.Add(match.Rule, Guards.Subjects([.. candidate.Facts.Roles.Values]), verdict.Actions);
                return verdict;
            }
            first ??= verdict;
        }
        return first!;
    }

    private static Verdict Propose(Match match, Candidate candidate, Proposals proposals)
    {
        var rule = match.Rule;
        var text = new VerdictText(match, candidate, proposals.Snapshot);
        var move = candidate.Move;
        if (move is { AmountMinor: var amount } && double.IsNaN(amount))
            return text.UnknownAmount();
        if (Guards.Object(rule, candidate, proposals) is { } objection)
            return text.Stopped(objection, move?.AmountMinor);
        MoveSize? size = null;
        if (move is not null)
        {
            size = MoveLimits.Size(rule, candidate, move, proposals);
            if (size.Objection is { } limit)
                return text.Stopped(limit, move.AmountMinor);
        }
        return text.Fired(size, move?.AmountMinor);
    }
}
