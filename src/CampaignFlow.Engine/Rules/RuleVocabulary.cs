using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>What a rule looks at one by one.</summary>
public enum ForEach
{
    /// <summary>Every ordered pair of channels, as <c>loser</c> and <c>winner</c>.</summary>
    Pair,
    Channel,

    /// <summary>Channels that are paused now.</summary>
    Paused,
    Campaign,

    /// <summary>All active campaigns of one owner and currency.</summary>
    Portfolio,
}

/// <summary>The names that formulas of a rule may use, by what the rule looks at.</summary>
public static class RuleVocabulary
{
    /// <summary>Facts without a window: money, calendar and state.</summary>
    private static readonly Term[] States =
    [
        new("budget", Unit.Money, new("budget", "预算")),
        new("daily_budget", Unit.Money, new("daily budget", "日预算")),
        new("reserve", Unit.Money, new("reserve", "预备金")),
        new("days_left", Unit.Duration, new("time left", "剩余时间")),
        new("days_run", Unit.Duration, new("time run", "已投放时间")),
        new("flight_left", Unit.Ratio, new("part of the flight left", "剩余投放期占比")) { Percent = true },
        new("since_change", Unit.Duration, new("time since the last change", "距上次调整时间")),
        new("learning", Unit.Condition, new("learning phase", "处于学习期")),
        new("promotion", Unit.Condition, new("promotion day", "为促销日")),
        new(Mark, Unit.Text, new("mark", "标记")),
    ];

    /// <summary>The text fact that <c>mark</c> actions set.</summary>
    internal const string Mark = "mark";

    private static readonly Who Campaigns = new("campaign", new("campaign", "活动"));
    private static readonly Who Averages = new("average", new("average channel", "渠道平均"));
    private static readonly Who Others = new("others", new("other channels", "其余渠道"));
    private static readonly Who Goals = new("goal", new("goal", "目标"), Windowed: false);

    private static readonly (IReadOnlyList<Who> Whos, string? Bare) Channels = (
        [new("channel", new("channel", "")), Campaigns, Averages, Others, Goals],
        "channel"
    );

    private static readonly Dictionary<ForEach, Vocabulary> Usual = Enum.GetValues<ForEach>()
        .ToDictionary(s => s, s => Of(s, MetricBook.Standard));

    private static readonly Dictionary<ForEach, Vocabulary> UsualInside = new[] { ForEach.Campaign, ForEach.Portfolio }.ToDictionary(
        s => s,
        s => Of(WhosInside(s), MetricBook.Standard)
    );

    public static Vocabulary For(ForEach subject, MetricBook? book = null) =>
        book is null || ReferenceEquals(book, MetricBook.Standard) ? Usual[subject] : Of(subject, book);

    /// <summary>Names inside <c>any channel:</c>, or <c>any campaign:</c> of a portfolio.</summary>
    public static Vocabulary Inside(ForEach subject, MetricBook? book = null)
    {
        var kind = subject == ForEach.Portfolio ? ForEach.Portfolio : ForEach.Campaign;
        return book is null || ReferenceEquals(book, MetricBook.Standard) ? UsualInside[kind] : Of(WhosInside(kind), book);
    }

    private static Vocabulary Of(ForEach subject, MetricBook book) =>
        Of(
            subject switch
            {
                ForEach.Pair => (
                    [new("loser", new("loser", "让出方")), new("winner", new("winner", "接收方")), Campaigns, Averages, Goals],
                    null
                ),
                ForEach.Channel or ForEach.Paused => Channels,
                ForEach.Portfolio => (
                    [new("portfolio", new("portfolio", "活动组合")), Averages with { Label = new("average campaign", "活动平均") }],
                    "portfolio"
                ),
                _ => ([Campaigns, Averages, Goals], "campaign"),
            },
            book
        );

    private static (IReadOnlyList<Who> Whos, string? Bare) WhosInside(ForEach subject) =>
        subject == ForEach.Portfolio
            ? (
                [
                    new("campaign", new("campaign", "")),
                    new("portfolio", new("portfolio", "活动组合")),
                    Averages with
                    {
                        Label = new("average campaign", "活动平均"),
                    },
                    Others with
                    {
                        Label = new("other campaigns", "其余活动"),
                    },
                    Goals,
                ],
                "campaign"
            )
            : Channels;

    private static Vocabulary Of((IReadOnlyList<Who> Whos, string? Bare) subject, MetricBook book) =>
        new([.. book.Terms, .. States], subject.Whos, subject.Bare);

    internal static string Label(string metric) => Usual[ForEach.Campaign].Term(metric)?.Label.Zh ?? metric;
}
