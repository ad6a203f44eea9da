using System.Globalization;
using CampaignFlow.Engine.Expressions;
using CampaignFlow.Engine.Rules;
using FsCheck;
using FsCheck.Fluent;

namespace CampaignFlow.Engine.Tests.Rules;

/// <summary>A decision can be repeated from its record. The two golden files were written by an earlier build; they must stay readable.</summary>
public class RuleRecordTests
{
    private static readonly string[] Texts =
    [
        .. Directory.GetFiles(Repository.Path("rules"), "*.yaml").Where(f => !RuleSet.IsCases(f)).Order(StringComparer.Ordinal),
    ];

    private static readonly Rule[] Shipped =
    [
        .. Texts.Select(f => RuleFile.Parse(File.ReadAllText(f), Path.GetFileName(f)).Rule!),
        World.ChannelRule("nps(1d) > 10 and roas(7d) < 3", "mark: channel as donor", "guard: { certainty: 80% }", "a-donor", Book),
    ];

    private static MetricBook Book =>
        MetricBook.Standard.With(
            MetricBook.Level("nps", Unit.Number, "净推荐值", Better.Higher, OverDays.Latest),
            MetricBook.Percent("bounce", "跳出率", Better.Lower, new("bounces", "visits"))
        );

    private static Snapshot Snapshot =>
        World.Of(
            World.Channel("poor", 100_00, [.. World.Days(28, 90_00, 60_00, 8).Select(Known)]) with
            {
                Source = "tencent",
                Learning = false,
            },
            World.Channel("good", 100_00, World.Days(28, 95_00, 380_00, 16.5)) with
            {
                Goals = new Dictionary<string, double> { ["roas"] = 2.5 },
            },
            World.Channel("停", 50_00, World.Days(28, 10_00, 5_00, 1)) with
            {
                Active = false,
            }
        ) with
        {
            Owner = "Chen Jing",
            FlightBudgetMinor = 1_092_531_42,
            ReserveMinor = 7_00,
            Goals = new Dictionary<string, double> { ["roas"] = 1.0 / 3, ["cpa"] = 40_00 },
            Promotions = [new("双十一", World.Today.AddDays(3), World.Today.AddDays(4))],
            Curve = new(new("last year", "去年"), [.. Enumerable.Range(1, 56).Select(d => d / 56.0)]),
            Changes = [new("x", "poor", "good", 5_00, World.Today.AddDays(-9), Waiting: false) { Reverted = true }],
            Days = [World.Day(1, null, null, null) with { More = new Dictionary<string, double> { ["brand_search"] = 700.25 } }],
        };

    private static DayFact Known(DayFact day) =>
        day with
        {
            KnownAt = new(day.Date.AddDays(1).ToDateTime(new(7, 30)), TimeSpan.FromHours(8)),
            More = new Dictionary<string, double> { ["nps"] = 41.7, ["odd"] = double.NaN },
        };

    [Fact]
    public void The_golden_record_gives_the_golden_verdicts()
    {
        var record = File.ReadAllText(Golden("decision.record.json"));
        var (read, refusal) = RuleRecord.Read(record);
        Assert.Null(refusal);
        Assert.Equal(File.ReadAllText(Golden("decision.verdicts.json")), read!.Verdicts());
        Assert.Equal(record, read.ToJson());
    }

    [Theory]
    [InlineData("de-DE")] // decimal comma
    [InlineData("ar-SA")] // another calendar
    [InlineData("th-TH")]
    [InlineData("zh-CN")]
    public void The_same_evaluation_is_the_same_bytes_under_every_culture(string culture)
    {
        var here = RuleRecord.Of(Shipped, Snapshot, Book);
        var (json, verdicts) = (here.ToJson(), here.Verdicts());
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            var there = RuleRecord.Read(json).Record!;
            Assert.Equal((json, verdicts), (there.ToJson(), there.Verdicts()));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Any_evaluation_is_repeated_from_its_record() =>
        Prop.ForAll(
                Gen.Choose(0, int.MaxValue - 1).ToArbitrary(),
                seed =>
                {
                    var random = new Random(seed);
                    var world = RandomWorld.Any(random);
                    var verdicts = RuleRecord.VerdictsOf(RuleEngine.Evaluate(Shipped, world));
                    var shuffled = world with { Channels = [.. world.Channels.OrderBy(_ => random.Next())] };
                    var again = RuleRecord.Read(RuleRecord.Of(Shipped.OrderBy(_ => random.Next()), shuffled, Book).ToJson()).Record!;
                    Assert.Equal(verdicts, again.Verdicts());
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Theory]
    [InlineData("\"version\":1", "\"version\":9", "records of version 9 cannot be read here")]
    [InlineData("roas(7d) < 3", "roas(7d) < 2", "the text of rule a-donor is not the one that its hash was taken of")]
    [InlineData("nps(1d)", "npz(1d)", "rule a-donor cannot be read any more: 'npz' is not a known name; did you mean 'nps'?")]
    [InlineData("change 0.2;", "change 0.3;", "the usual guards of rule a-donor have changed since")]
    [InlineData("\"snapshot\":", "\"snapshoot\":", "this is not a record of a decision: ")]
    public void A_record_that_no_longer_means_the_same_is_refused(string from, string to, string expected)
    {
        var json = RuleRecord.Of(Shipped, Snapshot, Book).ToJson();
        Assert.Contains(from, json, StringComparison.Ordinal);
        var (record, refusal) = RuleRecord.Read(json.Replace(from, to, StringComparison.Ordinal));
        Assert.Null(record);
        Assert.StartsWith(expected, refusal!.Value.En, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_keeps_the_numbers_the_guards_and_when_they_were_known()
    {
        var json = RuleRecord.Of(Shipped, Snapshot, Book).ToJson();
        Assert.Contains("\"knownAt\":\"2026-03-28T23:30:00.0000000Z\"", json, StringComparison.Ordinal); // 07:30 in Shanghai
        Assert.Contains("cooldown 3d channel; at most 2 in 7d campaign; change 0.2; move 0.08", json, StringComparison.Ordinal);
        Assert.Contains("\"roas\":0.3333333333333333", json, StringComparison.Ordinal);
        Assert.Contains("\"odd\":\"NaN\"", json, StringComparison.Ordinal);
    }

    private static string Golden(string name) =>
        Path.Combine(Repository.Path("tests"), "CampaignFlow.Engine.Tests", "Rules", "Records", name);
}
