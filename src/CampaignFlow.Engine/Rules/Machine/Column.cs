using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules.Machine;

/// <summary>A value that rules read of a channel or of the whole campaign; rules that read the same share one column.</summary>
internal abstract record Column
{
    /// <summary>Stands for whatever role a channel has in a rule: the loser's CPA and the winner's are one column.</summary>
    private const string Channel = "channel";

    private Column() { }

    /// <param name="OfChannel">One value a channel; otherwise one of the campaign.</param>
    /// <param name="Guard">Which days the rule leaves out.</param>
    public sealed record Number(Fact.Named Fact, GuardSet Guard, bool OfChannel) : Column
    {
        /// <summary>A channel's value depends on the other channels too.</summary>
        public bool Beside =>
            Fact.Who == "others" || Fact.Measure is Measure.Rank or Measure.FromBest or Measure.FromWorst or Measure.Share;

        /// <summary>Most values are plain sums and ratios, which need no view of a subject.</summary>
        public override double Read(CampaignMemory memory, int row)
        {
            if (Fact is not { Measure: Measure.Value, Window: { } window, Who: Channel or "campaign" or "portfolio" })
                return memory.Facts(Guard, OfChannel ? Channel : null, row).Read(Fact);
            var numbers = memory.Numbers;
            var range = numbers.Range(window, Guard);
            return Fact.Who == Channel
                ? numbers.Once(memory.Snapshot.Channels[row], Fact.Term, range, window.Whole)
                : numbers.OnceOfAll(Fact.Term, range, window.Whole);
        }

        public override bool Reads(string metric) =>
            Fact.Window is not null
            && (
                Fact.Term.Name == metric
                || (Fact.Term.Parts is { } parts && (parts.Above == metric || parts.Below == metric || parts.Less == metric))
            );
    }

    /// <summary>A money literal: known only in a campaign of its currency.</summary>
    public sealed record Amount(Money Money) : Column
    {
        public override double Read(CampaignMemory memory, int row) =>
            Money.Currency == memory.Snapshot.Currency ? Money.Minor : double.NaN;

        public override bool Reads(string metric) => false;
    }

    /// <summary>Whether a channel was silent for so long.</summary>
    public sealed record Silence(int Days, string? Metric) : Column
    {
        public override double Read(CampaignMemory memory, int row) =>
            memory.Numbers.HasData(memory.Snapshot.Channels[row], Days, Metric) ? 0 : 1;

        public override bool Reads(string metric) => Metric is null || Metric == metric;
    }

    public sealed record Learning : Column
    {
        public override double Read(CampaignMemory memory, int row) => memory.Snapshot.Channels[row].Learning ? 1 : 0;

        public override bool Reads(string metric) => false;
    }

    /// <param name="row">The channel's place; <see cref="CampaignMemory.Whole"/> for the campaign.</param>
    public abstract double Read(CampaignMemory memory, int row);

    /// <summary>True when a new number of this reported metric can change it.</summary>
    public abstract bool Reads(string metric);

    /// <summary>The column of a fact, whoever in the rule asks.</summary>
    /// <param name="role">The channel that is asked; null: the campaign.</param>
    public static Number Of(Fact.Named fact, GuardSet guard, string? role)
    {
        var days = GuardSet.Usual with { IgnoreLastDays = guard.IgnoreLastDays, IgnorePromotions = guard.IgnorePromotions };
        var who = fact.Who == role ? Channel : fact.Who;
        return new(fact with { Who = who, WhoLabel = "" }, days, role is not null);
    }
}
