using System.Text.Json;
using CampaignFlow.Tests.Notifications;

namespace CampaignFlow.Tests.Journeys;

/// <summary>One replay that nothing disturbs, and what must be true of it.</summary>
public sealed class UnbrokenReplay : IAsyncLifetime
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("cfreplay").FullName;
    public string Out => Path.Combine(Folder, "out");
    public JsonElement Result { get; private set; }
    internal Ended Ended { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        SmallFile.Write(Folder);
        Ended = await ProductProcess.RunAsync(Folder, "replay", "spring.csv", "--out", "out", "--json");
        Assert.True(Ended.Code == 0, Ended.Error);
        Result = JsonDocument.Parse(Ended.Out).RootElement;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return default;
    }
}

public sealed class ReplayTests(UnbrokenReplay replay) : IClassFixture<UnbrokenReplay>
{
    private static readonly string[] Told = ["days", "channels", "total_start", "total_end", "decisions", "stages", "mails", "budgets"];

    private JsonElement Result => replay.Result;

    [Fact]
    public void The_total_is_what_it_was_to_the_minor_unit()
    {
        Assert.Equal(SmallFile.Days, Result.GetProperty("days").GetInt32());
        Assert.Equal(SmallFile.DailyTotal, Result.GetProperty("total_start").GetInt64());
        Assert.Equal(SmallFile.DailyTotal, Result.GetProperty("total_end").GetInt64());
        foreach (var day in List("budgets").GroupBy(b => b.GetProperty("date").GetString()))
            Assert.Equal(SmallFile.DailyTotal, day.Sum(b => b.GetProperty("budget").GetInt64()));
    }

    [Fact]
    public void Each_channel_keeps_its_floor_and_ceiling_on_every_day()
    {
        var bounds = List("channels").ToDictionary(c => c.GetProperty("name").GetString()!);
        var budgets = List("budgets");
        Assert.Equal(SmallFile.Days * bounds.Count, budgets.Count);
        Assert.All(
            budgets,
            b =>
            {
                var channel = bounds[b.GetProperty("channel").GetString()!];
                Assert.InRange(
                    b.GetProperty("budget").GetInt64(),
                    channel.GetProperty("floor").GetInt64(),
                    channel.GetProperty("ceiling").GetInt64()
                );
            }
        );
    }

    [Fact]
    public void Shifts_were_applied_and_refused_each_with_its_reason()
    {
        var shifts = List("decisions").Where(d => d.GetProperty("action").GetString() == "shift").ToList();
        var applied = shifts.Where(d => d.GetProperty("outcome").GetString() == "applied").ToList();
        var refused = shifts.Where(d => d.GetProperty("outcome").GetString() == "refused").ToList();
        Assert.NotEmpty(applied);
        Assert.NotEmpty(refused);
        Assert.All(shifts, d => Assert.NotEmpty(d.GetProperty("why").GetString()!));
        Assert.All(refused, d => Assert.NotEmpty(d.GetProperty("blocked_by").GetString()!));
        Assert.Contains(applied, d => d.GetProperty("from").GetString() == "video" && d.GetProperty("to").GetString() == "search");
        Assert.Contains(refused, d => d.GetProperty("from").GetString() == "niche" && d.GetProperty("blocked_by").GetString() == "sample");
        var channels = List("channels").ToDictionary(c => c.GetProperty("name").GetString()!);
        var moved = applied.Where(d => d.GetProperty("from").GetString() == "video").Sum(d => d.GetProperty("amount").GetInt64());
        Assert.Equal(
            moved,
            channels["video"].GetProperty("budget_start").GetInt64() - channels["video"].GetProperty("budget_end").GetInt64()
        );
    }

    [Fact]
    public void Nine_stages_in_order_with_plan_and_content_side_by_side()
    {
        var stages = List("stages")
            .Select(s =>
                (
                    Code: s.GetProperty("code").GetString()!,
                    Entered: s.GetProperty("entered").GetDateTimeOffset(),
                    Left: s.GetProperty("left").GetDateTimeOffset()
                )
            )
            .ToList();
        Assert.Equal(["C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9"], stages.Select(s => s.Code[..2]));
        Assert.All(stages, s => Assert.True(s.Entered <= s.Left));
        var (plan, content) = (stages[3], stages[4]);
        Assert.True(plan.Entered < content.Left && content.Entered < plan.Left);
        var oneAfterTheOther = stages.Where(s => s.Code != plan.Code).Zip(stages.Where(s => s.Code != plan.Code).Skip(1));
        Assert.All(oneAfterTheOther, pair => Assert.True(pair.First.Left <= pair.Second.Entered));
    }

    [Fact]
    public async Task Reminders_carry_agenda_numbers_and_a_calendar_entry()
    {
        var files = Directory.GetFiles(Path.Combine(replay.Out, "mails"), "*.eml");
        Assert.Equal(List("mails").Count, files.Length);
        var reminders = files.Where(f => Path.GetFileName(f).StartsWith("review-reminder", StringComparison.Ordinal)).Order().ToList();
        Assert.True(reminders.Count >= 4);
        foreach (var file in new[] { reminders[0], reminders[^1] })
        {
            var mail = await MailServer.ReadEmlAsync(file);
            var chinese = mail.Html.Contains("议程", StringComparison.Ordinal);
            Assert.Contains(chinese ? "议程" : "Agenda", mail.Text, StringComparison.Ordinal);
            Assert.Contains("ROAS", mail.Text, StringComparison.OrdinalIgnoreCase);
            Assert.Matches("(¥|CNY|元) ?[0-9]", mail.Text);
            Assert.NotEmpty(mail.Subject);
            Assert.Contains(mail.Attachments, a => a.Type.StartsWith("text/calendar", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Only_the_document_is_on_stdout_and_stderr_has_no_colours()
    {
        Assert.StartsWith("{", replay.Ended.Out, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', replay.Ended.Out);
        Assert.DoesNotContain('\u001b', replay.Ended.Error);
        Assert.Matches(@"2026-\d\d-\d\d \d+", replay.Ended.Error);
        Assert.Empty(List("problems"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Killed_at_any_moment_it_ends_as_if_nothing_had_happened(int seed)
    {
        var folder = Directory.CreateTempSubdirectory("cfkilled").FullName;
        SmallFile.Write(folder);
        var chance = new Random(seed);
        var kills = 0;
        string? document = null;
        while (document is null)
        {
            using var process = ProductProcess.Start(folder, [], "replay", "spring.csv", "--out", "out", "--json");
            var said = process.StandardOutput.ReadToEndAsync();
            var wrong = process.StandardError.ReadToEndAsync();
            // From the first instant on, at steps too small to fall into a rhythm with the program's own.
            var ended = process.WaitForExitAsync();
            if (kills < 10 && await Task.WhenAny(ended, Task.Delay(chance.Next(500, 1500))) != ended)
            {
                process.Kill();
                kills++;
                await ended;
                continue;
            }
            await ended;
            Assert.True(process.ExitCode == 0, await wrong);
            document = await said;
        }
        var result = JsonDocument.Parse(document).RootElement;
        Assert.True(kills >= 2, $"Only {kills} kills.");
        foreach (var part in Told)
            Assert.Equal(Result.GetProperty(part).GetRawText(), result.GetProperty(part).GetRawText());
        Assert.Equal(
            Directory.GetFiles(Path.Combine(replay.Out, "mails")).Length,
            Directory.GetFiles(Path.Combine(folder, "out", "mails")).Length
        );
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_same_folder_again_tells_the_same_and_lives_nothing_twice()
    {
        var again = await ProductProcess.RunAsync(replay.Folder, "replay", "spring.csv", "--out", "out", "--json");
        Assert.Equal(0, again.Code);
        foreach (var part in Told)
            Assert.Equal(Result.GetProperty(part).GetRawText(), JsonDocument.Parse(again.Out).RootElement.GetProperty(part).GetRawText());
    }

    [Fact]
    public async Task A_folder_takes_no_second_file()
    {
        var folder = Directory.CreateDirectory(Path.Combine(replay.Folder, "second")).FullName;
        SmallFile.Write(folder, SmallFile.Text(seed: 2));
        var refused = await ProductProcess.RunAsync(folder, "replay", "spring.csv", "--out", replay.Out, "--json");
        Assert.Equal((1, ""), (refused.Code, refused.Out));
        Assert.Contains("holds the replay of another file", Assert.Single(refused.Error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    private List<JsonElement> List(string name) => [.. Result.GetProperty(name).EnumerateArray()];
}
