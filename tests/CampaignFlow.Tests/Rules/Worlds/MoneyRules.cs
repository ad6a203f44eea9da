namespace CampaignFlow.Tests.Rules.Worlds;

/// <summary>Rules that move money, as chance writes them: greedy, contradicting, in every mode and with every guard of amount and time.</summary>
internal static class MoneyRules
{
    /// <summary>Files by name, in no order.</summary>
    public static IReadOnlyList<(string Name, string Text)> Any(Random random)
    {
        var rules = Enumerable.Range(0, random.Next(3, 6)).Select(i => ($"r{i}.yaml", One(random, $"r{i}"))).ToArray();
        random.Shuffle(rules);
        return rules;
    }

    private static string One(Random random, string id)
    {
        var (each, when, then) = Deed(random);
        List<string> lines =
        [
            $"rule: {{ en: {id}, zh: {id} }}",
            $"for each: {each}",
            $"priority: {random.Next(1, 100)}",
            "when:",
            "  all:",
            .. when.Select(w => $"    - {w}"),
            "then:",
            $"  - {then}",
        ];
        if (random.Next(4) == 0)
            lines.Insert(3, "only one of: money");
        var guards = Guards(random).ToList();
        if (guards.Count > 0)
            lines.AddRange(["guard:", .. guards.Select(g => $"  {g}")]);
        lines.Add(
            $"mode: {Of(random, "auto", "auto", "auto", "ask", "ask above 3% of daily budget", $"ask above {random.Next(1, 9)} CNY", "observe")}"
        );
        lines.Add($"check: {Of(random, "every day", "every hour, and when metrics change")}");
        return string.Join('\n', lines);
    }

    private static (string Each, string[] When, string Then) Deed(Random random)
    {
        var (days, percent) = ($"{random.Next(1, 6)}d", random.Next(2) == 0 ? random.Next(2, 15) : random.Next(2, 91));
        const string Pair = "pair of channels (loser, winner) in a campaign";
        const string Channel = "channel in a campaign";
        return random.Next(7) switch
        {
            0 => (Pair, [$"winner.roas({days}) > loser.roas({days})"], $"shift: {percent}% of loser.budget to winner"),
            1 => (Pair, [$"winner.roas({days}) < loser.roas({days})"], $"shift: {random.Next(1, 30)} CNY to winner"),
            2 => (Pair, [$"winner.spend({days}) > 0", $"loser.clicks({days}) > 10"], $"shift: {percent}% of winner.budget to winner"),
            3 => (Channel, [$"roas({days}) > campaign.roas({days})"], $"lift: {percent}% of budget from reserve"),
            4 => (Channel, [$"roas({days}) < campaign.roas({days})"], $"cut: {percent}% of budget to reserve"),
            5 => (Channel, [$"spend({days}) > 0"], $"scale: to {random.Next(50, 180)}% of budget"),
            _ => (Channel, ["since_change > 0d", $"roas({days}) < 3"], "revert: last shift"),
        };
    }

    private static IEnumerable<string> Guards(Random random)
    {
        string[] all =
        [
            $"cooldown: {random.Next(1, 4)}d per {Of(random, "channel", "campaign")}",
            $"at most: {Of(random, "1 change", $"{random.Next(2, 5)} changes")} per {Of(random, "channel", "campaign")} per {Of(random, "day", "week")}",
            $"change at most: {random.Next(3, 101)}%",
            $"move at most: {random.Next(3, 101)}% per day",
            $"keep at least: {random.Next(5, 80)} CNY per day",
            $"ignore last: {random.Next(1, 3)}d",
        ];
        return all.Where((_, i) => random.Next(i == 0 ? 2 : 4) == 0); // cooldowns are what two nodes break first
    }

    private static string Of(Random random, params string[] choices) => choices[random.Next(choices.Length)];
}
