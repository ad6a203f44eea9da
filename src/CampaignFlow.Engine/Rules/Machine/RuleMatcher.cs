using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules.Machine;

/// <summary>
/// One rule's conditions over all its subjects in a campaign. A pair is a join within the campaign: what only the loser or only the
/// winner decides is asked once of each, and only those who are left meet.
/// </summary>
/// <param name="beside">Facts read past the columns.</param>
internal sealed class RuleMatcher(Rule rule, Test[] branches, List<Fact.Named> beside)
{
    /// <summary>Truth of a subject: no branch holds, nobody can tell, or the number of the branch that holds counted from here.</summary>
    public const short False = 0;
    public const short Unknown = 1;
    public const short FirstBranch = 2;

    private readonly Join[] joins = rule.ForEach == ForEach.Pair ? Array.ConvertAll(branches, Join.Of) : [];

    public Rule Rule => rule;
    public List<Fact.Named> Beside => beside;

    /// <summary>How many subjects there are among so many channels; they are counted row by row, pairs by loser and winner.</summary>
    public int Subjects(int channels) =>
        rule.ForEach switch
        {
            ForEach.Campaign or ForEach.Portfolio => 1,
            ForEach.Pair => channels * channels,
            _ => channels,
        };

    /// <summary>Fills in the truth of every subject.</summary>
    public void Match(CampaignMemory memory, short[] truths)
    {
        Array.Clear(truths);
        for (var branch = 0; branch < branches.Length; branch++)
            if (rule.ForEach == ForEach.Pair)
                joins[branch].Match(memory, truths, branch);
            else
                Match(memory, truths, branch);
    }

    private void Match(CampaignMemory memory, short[] truths, int branch)
    {
        var whole = rule.ForEach is ForEach.Campaign or ForEach.Portfolio;
        var active = rule.ForEach != ForEach.Paused;
        for (var row = 0; row < truths.Length; row++)
            if (truths[row] < FirstBranch && (whole || memory.Snapshot.Channels[row].Active == active))
                Tell(ref truths[row], branches[branch].Truth(memory, whole ? CampaignMemory.Whole : row, CampaignMemory.Whole), branch);
    }

    /// <summary>The first branch that holds counts; an unknown one is passed over.</summary>
    private static void Tell(ref short truth, double now, int branch)
    {
        if (now == 1)
            truth = (short)(FirstBranch + branch);
        else if (double.IsNaN(now))
            truth = Unknown;
    }

    private sealed record Join(IReadOnlyList<Test> OfFirst, IReadOnlyList<Test> OfSecond, IReadOnlyList<Test> OfBoth)
    {
        private const int MostOnStack = 128;

        public static Join Of(Test branch)
        {
            var parts = branch is Test.All all ? all.Tests : [branch];
            return new(
                [.. parts.Where(t => !t.Asks.HasFlag(Asks.Second))],
                [.. parts.Where(t => t.Asks == Asks.Second)],
                [.. parts.Where(t => t.Asks == (Asks.First | Asks.Second))]
            );
        }

        public void Match(CampaignMemory memory, short[] truths, int branch)
        {
            var channels = memory.Snapshot.Channels;
            var count = channels.Count;
            var winners = count <= MostOnStack ? stackalloc double[count] : new double[count];
            for (var row = 0; row < count; row++)
                winners[row] = channels[row].Active ? Test.Every(OfSecond, memory, CampaignMemory.Whole, row) : 0;
            for (var loser = 0; loser < count; loser++)
            {
                var own = channels[loser].Active ? Test.Every(OfFirst, memory, loser, CampaignMemory.Whole) : 0;
                for (var winner = 0; own != 0 && winner < count; winner++)
                {
                    ref var truth = ref truths[(loser * count) + winner];
                    if (winner == loser || winners[winner] == 0 || truth >= FirstBranch)
                        continue;
                    var both = Test.Every(OfBoth, memory, loser, winner);
                    if (both != 0)
                        Tell(ref truth, own * winners[winner] * both, branch);
                }
            }
        }
    }
}
