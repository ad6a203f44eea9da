using System.Globalization;
using CampaignFlow.Engine.Rules.Machine;

namespace CampaignFlow.Benchmarks.Matching;

/// <summary>
/// Four rules (threshold, join, aggregate, absence) over 10,000 campaigns of six channels: 130,001 facts. The contenders take turns in
/// every round, so that a busy machine disturbs all of them; the table shows medians of processor time.
/// </summary>
internal static class MatchingTable
{
    private const int Campaigns = 10_000;
    private const int Rounds = 9;
    private const int Changes = 600;
    private const int JoinRules = 1_000;

    /// <summary>Campaigns, channels, a day's numbers of each channel, and the calendar.</summary>
    private const int Facts = Campaigns + (2 * Campaigns * Market.Channels) + 1;

    public static void Print()
    {
        var rules = Market.Rules();
        var meter = new CpuMeter();
        for (var round = -1; round < Rounds; round++)
        {
            if (round == 0)
                meter = new(); // the first round only warmed up
            foreach (var contender in new IContender[] { new ByMachine(rules), new Naive(rules), new ByHand() })
                Round(meter, contender, round);
            meter.Measure("compile 1,000 join rules", ByMachine.Title, () => Compile(round));
        }
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{rules.Count} rules, {Campaigns:N0} campaigns x {Market.Channels} channels, {Facts:N0} facts; CPU ms, medians of {Rounds} rounds"
            )
        );
        Console.WriteLine(
            $"{"", -26}{ByMachine.Title, 10}{Naive.Title, 10}{ByHand.Title, 10}{"x naive", 9}{"x floor", 9}{"aim", 7}   spread of ours"
        );
        Line(meter, "load and fire", 500);
        Line(meter, $"{Changes} changed and fire", 6);
        Line(meter, "bytes a fact", 250);
        Line(meter, "compile 1,000 join rules", 450);
    }

    private static void Round(CpuMeter meter, IContender contender, int round)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var market = Market.Create(Campaigns);
        var fired = 0;
        meter.Measure("load and fire", contender.Name, () => fired = contender.Load(market));
        meter.Note("bytes a fact", contender.Name, (double)(GC.GetTotalMemory(forceFullCollection: true) - before) / Facts);
        var random = new Random(round);
        var changes = Enumerable
            .Range(0, Changes)
            .Select(_ => Market.AnyDay(random, random.Next(Campaigns), random.Next(Market.Channels)))
            .ToList();
        meter.Measure($"{Changes} changed and fire", contender.Name, () => fired += contender.Change(changes));
        if (fired == 0)
            throw new InvalidOperationException($"{contender.Name} found nothing.");
        meter.Agree(round, contender.Name, contender.Holding());
        GC.KeepAlive(market);
    }

    private static void Compile(int round)
    {
        var rules = Enumerable.Range(0, JoinRules).Select(i => Market.JoinRule(i, round)).ToList();
        var machine = new RuleMachine(RuleNetwork.OfCampaigns(rules));
        machine.Put(Market.Create(1)[0]);
        _ = machine.Fire();
    }

    private static void Line(CpuMeter meter, string line, double aim)
    {
        var (ours, naive, hand) = (meter.Of(line, ByMachine.Title), meter.Of(line, Naive.Title), meter.Of(line, ByHand.Title));
        var (low, high) = meter.Spread(line, ByMachine.Title);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{line, -26}{ours, 10:0.0}{naive, 10:0.0}{hand, 10:0.0}{naive / ours, 9:0.0}{ours / hand, 9:0.0}{"<= " + aim, 7}   {low:0.0}-{high:0.0}{(ours <= aim ? "" : "  MISSED")}"
            )
        );
    }
}
