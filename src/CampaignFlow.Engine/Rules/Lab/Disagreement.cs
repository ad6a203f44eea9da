namespace CampaignFlow.Engine.Rules.Lab;

/// <summary>Two rules about the same money: one raises what the other lowers at the same values, or both do the same.</summary>
internal static class Disagreement
{
    private static readonly Phrase Cure = new(
        "Give both the same word after 'only one of', a different 'priority', or conditions that exclude each other.",
        "给两条规则写上相同的“only one of”、不同的“priority”，或互斥的条件。"
    );

    public static IEnumerable<Problem> Of(Rule rule, RulePlaces places, IReadOnlyList<Rule> others, BacktestReport? joint)
    {
        foreach (var other in others.Where(o => o.Id != rule.Id && (o.ForEach == ForEach.Portfolio) == (rule.ForEach == ForEach.Portfolio)))
        {
            var pairs = (
                from mine in Effects.Of(rule)
                from theirs in Effects.Of(other)
                let together = new Ranges(mine.Branch.When, mine.Role).With(new(theirs.Branch.When, theirs.Role))
                where together.Can != Together.Never
                select (Mine: mine, Theirs: theirs, together.Can, together.Fact)
            ).ToList();
            var clashes =
                joint?.Clashes.Where(c => (c.Rule, c.Other) == (rule.Id, other.Id) || (c.Other, c.Rule) == (rule.Id, other.Id)).ToList()
                ?? [];
            var settled = rule.Priority != other.Priority || (rule.OnlyOneOf is { } group && group == other.OnlyOneOf);
            var seen =
                clashes.Count > 0
                    ? new Phrase($"; on this history on {clashes.Count} days", $"；在这段历史上共 {clashes.Count} 次")
                    : new("", "");
            var against = pairs.FirstOrDefault(p =>
                p.Mine.Up is { } a && p.Theirs.Up is { } b && a != b && p.Can == Together.AtTheSameValues
            );
            var opposed = clashes.FirstOrDefault(c => c.Opposed);
            if (against.Mine is not null || opposed is not null)
                yield return places.Finding(
                    places.Then(against.Mine?.Branch ?? rule.Branches[0]),
                    "contradiction",
                    settled ? Severity.Warning : Severity.Error,
                    Contradiction(other, against.Mine?.Up ?? Raises(rule), against.Fact, seen),
                    Cure
                );
            else if (pairs.Exists(p => p.Mine.Up == p.Theirs.Up && p.Can == Together.AtTheSameValues) || clashes.Count > 0)
            {
                var pair = pairs.Find(p => p.Mine.Up == p.Theirs.Up && p.Can == Together.AtTheSameValues);
                var at = pair.Fact is { } fact ? new Phrase($" at the same {fact}", $"（{fact} 相同时）") : new("", "");
                yield return places.Finding(
                    places.Then(pair.Mine?.Branch ?? rule.Branches[0]),
                    "overlap",
                    settled ? Severity.Note : Severity.Warning,
                    new(
                        $"overlap: {other.Id} wants the same money of the same channel{at.En}{seen.En}",
                        $"重叠：{other.Id} 对同一渠道的同一笔预算也会行动{at.Zh}{seen.Zh}"
                    ),
                    Cure
                );
            }
        }
    }

    private static bool Raises(Rule rule) => Effects.Of(rule).Any(e => e.Up == true);

    private static Phrase Contradiction(Rule other, bool up, string? fact, Phrase seen)
    {
        var (mine, theirs) = up
            ? (new Phrase("raises", "增加"), new Phrase("lowers", "减少"))
            : (new("lowers", "减少"), new("raises", "增加"));
        var at = fact is null ? new Phrase("", "") : new($" at the same {fact}", $"（{fact} 相同时）");
        return new(
            $"contradiction: this rule {mine.En} what {other.Id} {theirs.En}{at.En}{seen.En}",
            $"矛盾：本规则{mine.Zh}的预算正是 {other.Id} 要{theirs.Zh}的{at.Zh}{seen.Zh}"
        );
    }
}
