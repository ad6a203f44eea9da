namespace CampaignFlow.Engine.Rules.Machine;

/// <summary>
/// One campaign as the rules of a network know it: a row of columns for the campaign and for each channel, read when first asked, and
/// the truth of every rule. A change reads the touched cells again and leaves only rules stale that read one with another value.
/// </summary>
internal sealed class CampaignMemory
{
    /// <summary>The row of the campaign itself.</summary>
    public const int Whole = -1;

    private const int MostOnStack = 256;

    /// <summary>A NaN that no calculation gives: nobody has asked yet.</summary>
    private static readonly double Unread = BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_CF01);
    private static readonly IReadOnlyDictionary<string, ChannelState> Nobody = new Dictionary<string, ChannelState>();

    private readonly RuleNetwork network;
    private readonly Marks marks;
    private readonly short[]?[] truths;
    private readonly bool[] fresh;
    private double[] cells;
    private SnapshotNumbers? numbers;
    private Certainty? certainty;

    public CampaignMemory(RuleNetwork network, Snapshot snapshot, Marks marks)
    {
        (this.network, this.marks, Snapshot) = (network, marks, snapshot);
        truths = new short[network.Matchers.Count][];
        fresh = new bool[network.Matchers.Count];
        cells = Blank();
    }

    public Snapshot Snapshot { get; private set; }

    public SnapshotNumbers Numbers => numbers ??= new(Snapshot);

    public Certainty Certainty => certainty ??= new(Numbers);

    public double Cell(int column, int row)
    {
        ref var cell = ref cells[((row + 1) * network.Columns.Count) + column];
        if (IsUnread(cell))
            cell = network.Columns[column].Read(this, row);
        return cell;
    }

    /// <summary>The truth of every subject of a rule, worked out again if something it read has changed.</summary>
    /// <param name="before">What it was; null when it was never asked.</param>
    public short[] Truths(int rule, out short[]? before)
    {
        before = truths[rule];
        if (fresh[rule])
            return before!;
        fresh[rule] = true;
        var matcher = network.Matchers[rule];
        var now = new short[matcher.Subjects(Snapshot.Channels.Count)];
        matcher.Match(this, now);
        return truths[rule] = now;
    }

    public bool IsStale(int rule) => !fresh[rule];

    public SnapshotFacts Facts(GuardSet guard, string? role, int row) =>
        Facts(
            guard,
            role is null ? Nobody : new Dictionary<string, ChannelState>(1, StringComparer.Ordinal) { [role] = Snapshot.Channels[row] }
        );

    public SnapshotFacts Facts(GuardSet guard, IReadOnlyDictionary<string, ChannelState> roles) =>
        new(Numbers, Certainty, guard, roles, marks);

    /// <summary>Everything anew: budgets, goals, days. Cells that come out the same leave their rules alone.</summary>
    public void Replace(Snapshot next)
    {
        var same = Snapshot.Channels.Select(Standing).SequenceEqual(next.Channels.Select(Standing));
        Renew(next);
        if (!same)
        {
            cells = Blank();
            Array.Clear(fresh);
            Array.Clear(truths);
            return;
        }
        for (var column = 0; column < network.Columns.Count; column++)
        for (var row = Whole; row < next.Channels.Count; row++)
            Again(column, row);
        for (var rule = 0; rule < fresh.Length; rule++)
            if (network.Matchers[rule].Beside.Count > 0)
                fresh[rule] = false;
    }

    /// <summary>One channel's day, new or restated.</summary>
    public void Change(int row, DayFact day)
    {
        var channel = Snapshot.Channels[row];
        var place = PlaceOf(channel.Days, day.Date, out var known);
        var before = known ? channel.Days[place] : default;
        var days = new DayFact[channel.Days.Count + (known ? 0 : 1)];
        for (var i = 0; i < days.Length; i++)
            days[i] = i == place ? day : channel.Days[i > place && !known ? i - 1 : i];
        var channels = Snapshot.Channels.ToArray();
        channels[row] = channel with { Days = days };
        Renew(Snapshot with { Channels = channels });
        Span<bool> touched = stackalloc bool[Math.Min(network.Columns.Count, MostOnStack)];
        if (touched.Length < network.Columns.Count)
            touched = new bool[network.Columns.Count];
        foreach (var metric in network.Metrics)
            if (!known || !Nullable.Equals(Metric.Reported(before, metric), Metric.Reported(day, metric)))
                Touch(network.By(metric), touched);
        for (var column = 0; column < touched.Length; column++)
            if (touched[column] || (!known && network.Columns[column] is Column.Silence))
                AgainAfter(column, row);
    }

    /// <summary>What was only needed to read cells goes; it is made again when something changes.</summary>
    public void Rest() => (numbers, certainty) = (null, null);

    private void Renew(Snapshot next)
    {
        Snapshot = next;
        Rest();
    }

    private void Touch(RuleNetwork.Touched by, Span<bool> touched)
    {
        foreach (var column in by.Columns)
            touched[column] = true;
        foreach (var rule in by.Rules)
            fresh[rule] = false;
    }

    /// <summary>Reads again what another number of this channel can change.</summary>
    private void AgainAfter(int column, int row)
    {
        Again(column, Whole);
        if (network.Columns[column] is Column.Number { Beside: true })
            for (var other = 0; other < Snapshot.Channels.Count; other++)
                Again(column, other);
        else
            Again(column, row);
    }

    /// <summary>A cell that nobody has read decides nothing.</summary>
    private void Again(int column, int row)
    {
        ref var cell = ref cells[((row + 1) * network.Columns.Count) + column];
        if (IsUnread(cell))
            return;
        var now = network.Columns[column].Read(this, row);
        if (now.Equals(cell)) // NaN equals NaN here
            return;
        cell = now;
        foreach (var rule in network.Readers[column])
            fresh[rule] = false;
    }

    private double[] Blank()
    {
        var blank = new double[(Snapshot.Channels.Count + 1) * network.Columns.Count];
        Array.Fill(blank, Unread);
        return blank;
    }

    private static bool IsUnread(double cell) => BitConverter.DoubleToInt64Bits(cell) == BitConverter.DoubleToInt64Bits(Unread);

    /// <summary>What decides who is a subject at all.</summary>
    private static (string, string, string?, bool) Standing(ChannelState channel) =>
        (channel.Code, channel.Name, channel.Source, channel.Active);

    private static int PlaceOf(IReadOnlyList<DayFact> days, DateOnly date, out bool known)
    {
        var place = days.Count;
        while (place > 0 && days[place - 1].Date > date)
            place--;
        known = place > 0 && days[place - 1].Date == date;
        return known ? place - 1 : place;
    }
}
