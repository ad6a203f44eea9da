using System.CommandLine;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Engine.Rules;
using CampaignFlow.Rules;
using CampaignFlow.Storage;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Commands;

/// <summary><c>rules explain</c>: why a rule fires or does not, subject by subject, on a campaign's numbers of this moment.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var rule = new Argument<string>("RULE") { Description = "Name of a rule in force, or a rule file" };
        var campaign = new Option<string>("--campaign") { Description = "Code of the campaign", Required = true };
        var language = new Option<string>("--language") { Description = "en or zh", DefaultValueFactory = _ => "en" };
        language.AcceptOnlyFromAmong("en", "zh");
        var command = new Command("explain", "Says for each channel, pair or the campaign why the rule fires or why not; changes nothing")
        {
            rule,
            campaign,
            language,
            CommandLine.Json,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var told = await ReadOnly.AskAsync(
                    services => ExplainAsync(services, parsed.GetRequiredValue(rule), parsed.GetRequiredValue(campaign), cancellationToken),
                    cancellationToken
                );
                if (parsed.GetValue(CommandLine.Json))
                    CommandLine.Print(told);
                else
                    Show(told, parsed.GetRequiredValue(language) == "zh");
                return 0;
            }
        );
        return command;
    }

    private static async Task<Explained> ExplainAsync(
        IServiceProvider services,
        string name,
        string code,
        CancellationToken cancellationToken
    )
    {
        var db = services.GetRequiredService<CampaignFlowDb>();
        var campaign =
            await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Code == code, cancellationToken)
            ?? throw new StartupRefusal($"There is no campaign '{code}'.");
        var inForce = services.GetRequiredService<EvaluateCampaign>().InForce();
        var rule = Find(name, inForce);
        var snapshot = await services
            .GetRequiredService<CampaignSnapshot>()
            .TakeAsync(campaign, services.GetRequiredService<TimeProvider>().GetUtcNow(), cancellationToken);
        // Every day is a good day to ask; the others speak too, for what they mark.
        var asked = rule with
        {
            Schedule = Schedule.Daily,
        };
        var verdicts = RuleEngine.Evaluate([.. inForce.Where(r => r.Id != rule.Id), asked], snapshot);
        return new(
            rule.Id,
            rule.Sentence.En,
            rule.Sentence.Zh,
            code,
            snapshot.Now,
            [.. verdicts.Where(v => v.Rule == rule.Id).OrderBy(v => v.Kind).Select(Line.Of)]
        );
    }

    private static Rule Find(string name, IReadOnlyList<Rule> inForce)
    {
        if (File.Exists(name))
        {
            var (read, problems) = RuleFile.Parse(RuleText.Read(name), Path.GetFileName(name));
            return read ?? throw new StartupRefusal(problems[0].ToString());
        }
        return inForce.FirstOrDefault(r => r.Id == name)
            ?? throw new StartupRefusal($"There is no rule '{name}'{CommandLine.DidYouMean(name, inForce.Select(r => r.Id))}");
    }

    private static void Show(Explained told, bool chinese)
    {
        Console.WriteLine(chinese ? told.SentenceZh : told.Sentence);
        foreach (var line in told.Subjects)
        {
            var subject = line.Subject.Count == 0 ? told.Campaign : string.Join(" > ", line.Subject.Values);
            Console.WriteLine($"  {(chinese ? line.KindZh : line.Kind)}  {subject}: {(chinese ? line.WhyZh : line.Why)}");
        }
    }

    /// <param name="AsOf">Facts known later were not looked at.</param>
    private sealed record Explained(
        string Rule,
        string Sentence,
        string SentenceZh,
        string Campaign,
        DateTimeOffset AsOf,
        IReadOnlyList<Line> Subjects
    );

    private sealed record Line(
        IReadOnlyDictionary<string, string> Subject,
        string Kind,
        string KindZh,
        string Why,
        string WhyZh,
        string? BlockedBy,
        IReadOnlyList<string> Clauses
    )
    {
        public static Line Of(Verdict verdict)
        {
            var kind = verdict.Kind switch
            {
                VerdictKind.Fired => new Phrase("fires", "触发"),
                VerdictKind.NotFired => new("does not fire", "未触发"),
                VerdictKind.Unknown => new("unknown", "无法判断"),
                VerdictKind.Blocked => new("blocked", "被护栏拦截"),
                _ => new("lost", "让位"),
            };
            return new(
                verdict.Subject,
                kind.En,
                kind.Zh,
                verdict.Why.En,
                verdict.Why.Zh,
                verdict.BlockedBy,
                [.. verdict.Clauses.Select(c => c.Sentence.En)]
            );
        }
    }
}
