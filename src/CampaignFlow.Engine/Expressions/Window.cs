using System.Globalization;

namespace CampaignFlow.Engine.Expressions;

public enum WindowKind
{
    /// <summary>The last n days before today, moved back by the rule's <c>ignore last</c>.</summary>
    Last,

    /// <summary>From n days ago to m days ago, exactly as written.</summary>
    Between,
    Today,
    Yesterday,

    /// <summary>From the campaign's start to today.</summary>
    Flight,
}

/// <summary>The days a metric is read over, counted back from today.</summary>
/// <param name="From">First day, in days ago.</param>
/// <param name="To">Last day, in days ago.</param>
/// <param name="Ago">How many days the whole window is moved back, as <c>consecutive</c> does.</param>
/// <param name="Whole">Compared with a later one, so it must be as long: days before the flight are missing, not outside.</param>
public readonly record struct Window(WindowKind Kind, int From, int To, int Ago = 0, bool Whole = false)
{
    public const int Longest = 400;

    public static Window Last(int days) => new(WindowKind.Last, days, 1);

    public static Window Today { get; } = new(WindowKind.Today, 0, 0);
    public static Window Yesterday { get; } = new(WindowKind.Yesterday, 1, 1);
    public static Window Flight { get; } = new(WindowKind.Flight, 0, 0);

    /// <summary>Days from one weekday to the next of its name.</summary>
    public const int Week = 7;

    public int Days => From - To + 1;

    /// <summary>The window of the same length just before this one.</summary>
    public Window Before() => this with { Ago = Ago + Days };

    public Phrase Label
    {
        get
        {
            var plain = Kind switch
            {
                WindowKind.Last => new Phrase($"{Text(From)}d", $"近{Text(From)}日"),
                WindowKind.Between => new($"{Text(From)}d..{Text(To)}d", $"{Text(From)}日前至{Text(To)}日前"),
                WindowKind.Today => new("today", "今日"),
                WindowKind.Yesterday => new("yesterday", "昨日"),
                _ => new("flight", "投放至今"),
            };
            return Ago == 0 ? plain : new($"{plain.En}, {Text(Ago)}d earlier", $"{Text(Ago)}日前的{plain.Zh}");
        }
    }

    private static string Text(int days) => days.ToString(CultureInfo.InvariantCulture);
}
