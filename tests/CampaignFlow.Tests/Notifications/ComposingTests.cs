using System.Text;
using System.Text.RegularExpressions;
using CampaignFlow.Engine;
using CampaignFlow.Notifications;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CampaignFlow.Tests.Notifications;

public sealed class ComposingTests
{
    public static TheoryData<string, string> EveryKindInBothLanguages()
    {
        var rows = new TheoryData<string, string>();
        foreach (var mail in SampleMails.All)
        {
            rows.Add(mail.Kind, "zh-CN");
            rows.Add(mail.Kind, "en");
        }
        return rows;
    }

    [Fact]
    public void Every_kind_of_mail_has_a_name_in_both_languages() =>
        Assert.All(
            typeof(MailModel).Assembly.GetTypes().Where(t => !t.IsAbstract && t.IsSubclassOf(typeof(MailModel))),
            type =>
            {
                var kind = SampleMails.All.Single(m => m.GetType() == type).Kind;
                Assert.NotEqual(Phrase.Same(kind), MailKinds.Of(kind));
            }
        );

    [Fact]
    public void There_is_a_sample_of_every_kind() =>
        Assert.Equal(
            typeof(MailModel).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(MailModel))).Select(t => t.Name).Order(),
            SampleMails.All.Select(m => m.GetType().Name).Order()
        );

    [Theory]
    [MemberData(nameof(EveryKindInBothLanguages))]
    public async Task A_mail_is_whole_in_both_parts(string kind, string language)
    {
        var mail = await WriteAsync(kind, language);

        foreach (var part in new[] { mail.Subject, mail.Html, mail.Text })
        {
            Assert.DoesNotContain("CampaignFlow.Notifications", part); // a type name where a value should be
            Assert.DoesNotContain("System.", part);
            Assert.DoesNotMatch(
                new Regex("NaN|∞|\\bnull\\b|0001-01-01|\\{[0-9A-Za-z.]+\\}(?! *\\})"),
                Regex.Replace(part, "<style>.*?</style>", "", RegexOptions.Singleline)
            );
            Assert.DoesNotContain("&#x4", part); // Chinese stays readable
        }
        Assert.StartsWith("<!DOCTYPE html>", mail.Html);
        Assert.Contains($"<html lang=\"{language}\">", mail.Html);
        Assert.Contains("https://campaigns.example.com/", mail.Html);
        Assert.Contains("https://campaigns.example.com/", mail.Text);
        Assert.DoesNotContain("<td", mail.Text);
        Assert.Contains(SampleMails.Campaign.Name, mail.Subject);
    }

    [Theory]
    [MemberData(nameof(EveryKindInBothLanguages))]
    public async Task The_plain_text_says_every_word_that_the_page_says(string kind, string language)
    {
        var mail = await WriteAsync(kind, language);

        foreach (var word in Visible(mail.Html))
            Assert.Contains(word, mail.Text);
    }

    [Fact]
    public async Task English_mails_contain_no_Chinese_but_names()
    {
        foreach (var model in SampleMails.All)
        {
            var mail = await WriteAsync(model.Kind, "en");
            var text = mail.Subject + mail.Text;
            foreach (var name in new[] { "秋季上新", "林岚", "万相台", "千川", "巨量千川", "腾讯广告", "会议室", "巨量" })
                text = text.Replace(name, "", StringComparison.Ordinal);
            Assert.DoesNotMatch(new Regex("[\u4e00-\u9fff]"), text);
        }
    }

    [Fact]
    public async Task The_review_reminder_reads_naturally_in_Chinese()
    {
        var mail = await WriteAsync("review-reminder", "zh-CN");

        Assert.Equal("【周复盘提醒】Sunrise 秋季上新 · 11月9日（周一）10:00 · 需您决策 2 项 · GMV 达成概率 71%", mail.Subject);
        foreach (
            var words in new[]
            {
                "11月9日（周一）10:00（UTC+8） · 45 分钟 · 会议室 3; 2/F",
                "2. 渠道与预算",
                "15 分钟",
                "运营专员",
                "¥461.8 万",
                "¥780.0 万",
                "正常 +2.1%",
                "落后 −12%",
                "¥742.0 万 – ¥803.0 万",
                "成熟至 11-06",
                "ƒ1  转化率 = 订单数 ÷ 点击数",
                "无数据",
                "共 ¥8,900/日，4 笔可撤销",
                "样本不足 4，冷却期内 2，合同投放 1",
                "请于11月9日（周一）18:00（UTC+8）前决定",
                "https://campaigns.example.com/decide/token-a",
                "逾期（应于 11-05 完成）",
                "共 2 项，已完成 1 项",
            }
        )
        {
            Assert.Contains(words, mail.Text);
        }
    }

    [Fact]
    public async Task The_review_reminder_reads_naturally_in_English()
    {
        var mail = await WriteAsync("review-reminder", "en");

        Assert.Equal("[Weekly review] Sunrise 秋季上新 · Mon 9 Nov, 10:00 · 2 decisions needed · GMV 71% likely", mail.Subject);
        foreach (
            var words in new[]
            {
                "¥4.62M",
                "on track +2.1%",
                "mature to 6 Nov",
                "ƒ2  ROAS = revenue ÷ spend",
                "no data",
                "¥8,900 a day, 4 reversible",
                "sample too small 4, cooling down 2, contract money 1",
                "overdue since 5 Nov",
                "1 of 2 done",
            }
        )
        {
            Assert.Contains(words, mail.Text);
        }
    }

    [Fact]
    public async Task What_people_typed_cannot_become_markup()
    {
        var mail = await WriteAsync("approval-result", "en");

        Assert.Contains("&lt;half&gt; &amp; half", mail.Html);
        Assert.Contains("<half> & half", mail.Text);
    }

    [Theory]
    [InlineData(0, "zh-CN", "¥0")] // nothing is a number
    [InlineData(99_999_99, "zh-CN", "¥99,999.99")] // small enough to print in full
    [InlineData(100_000_00, "zh-CN", "¥10.0 万")]
    [InlineData(123_456_789_00, "zh-CN", "¥1.23 亿")]
    [InlineData(-4_618_200_00, "zh-CN", "−¥461.8 万")]
    [InlineData(884_310_55, "en", "¥884.3k")]
    [InlineData(4_618_200_00, "en", "¥4.62M")]
    public void Large_money_is_rounded_as_each_language_counts(long minor, string language, string expected) =>
        Assert.Equal(expected, new Figure.Round(new(minor, "CNY")).In(language));

    [Theory]
    [InlineData("zh-CN")]
    [InlineData("en")]
    public async Task The_invitation_is_valid_iCalendar(string language)
    {
        var calendar = (await WriteAsync("review-reminder", language)).Calendar!;

        Assert.DoesNotContain("\n", calendar.Replace("\r\n", "", StringComparison.Ordinal));
        var lines = calendar.Split("\r\n");
        Assert.Equal("", lines[^1]);
        Assert.All(lines, line => Assert.InRange(Encoding.UTF8.GetByteCount(line), 0, 75));
        Assert.Contains(lines, line => line.StartsWith(' ')); // something was long enough to be folded
        var unfolded = calendar.Replace("\r\n ", "", StringComparison.Ordinal).Split("\r\n");
        Assert.Equal("BEGIN:VCALENDAR", unfolded[0]);
        Assert.Equal("END:VCALENDAR", unfolded[^2]);
        Assert.Contains("DTSTART:20261109T020000Z", unfolded);
        Assert.Contains("DTEND:20261109T024500Z", unfolded);
        Assert.Contains("DTSTAMP:20261108T100000Z", unfolded);
        Assert.Contains("UID:review-summer-2026-2026-W46@campaignflow", unfolded);
        Assert.Contains("LOCATION:会议室 3\\; 2/F", unfolded);
        var description = Assert.Single(unfolded, line => line.StartsWith("DESCRIPTION:1.", StringComparison.Ordinal));
        Assert.Contains("\\n2. ", description);
        if (language == "en")
            Assert.Contains("Risks\\; feedback\\, complaints", description);
        Assert.Equal(
            unfolded.Count(l => l.StartsWith("BEGIN:", StringComparison.Ordinal)),
            unfolded.Count(l => l.StartsWith("END:", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task Only_meetings_carry_an_invitation() => Assert.Null((await WriteAsync("daily-digest", "en")).Calendar);

    /// <summary>Not a check: writes all mails where the environment says, to be looked at in a browser.</summary>
    [Fact]
    public async Task Every_mail_can_be_looked_at()
    {
        var folder = Environment.GetEnvironmentVariable("CAMPAIGNFLOW_SHOW_MAILS") ?? Directory.CreateTempSubdirectory("cfmails").FullName;
        Directory.CreateDirectory(folder);
        foreach (var model in SampleMails.All)
        foreach (var language in new[] { "zh-CN", "en" })
        {
            var mail = await WriteAsync(model.Kind, language);
            await File.WriteAllTextAsync(Path.Combine(folder, $"{model.Kind}.{language}.html"), mail.Html);
            await File.WriteAllTextAsync(Path.Combine(folder, $"{model.Kind}.{language}.txt"), mail.Subject + "\n\n" + mail.Text);
        }
        Assert.Equal(SampleMails.All.Count * 2, Directory.GetFiles(folder, "*.html").Length);
    }

    private static async Task<WrittenMail> WriteAsync(string kind, string language)
    {
        await using var services = new ServiceCollection().AddLogging().BuildServiceProvider();
        var write = new WriteMail(services.GetRequiredService<IServiceScopeFactory>(), services.GetRequiredService<ILoggerFactory>());
        return await write.WriteAsync(SampleMails.All.Single(m => m.Kind == kind), SampleMails.Reader(language), SampleMails.Now);
    }

    /// <summary>The texts between tags of the mail's body, without the preview, the product's name and table heads (each cell repeats its own).</summary>
    private static IEnumerable<string> Visible(string html)
    {
        var body = Regex.Replace(html[html.IndexOf("<h1", StringComparison.Ordinal)..], "<thead>.*?</thead>", "", RegexOptions.Singleline);
        return Regex
            .Split(body, "<[^>]*>")
            .Select(t => System.Net.WebUtility.HtmlDecode(t).Replace('\u00a0', ' ').Trim().TrimStart('—').Trim())
            .Where(t => t.Length > 0 && t != "●");
    }
}
