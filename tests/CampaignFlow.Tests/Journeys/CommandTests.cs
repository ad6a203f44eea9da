using System.Text.Json;
using CampaignFlow.Tests.Support;

namespace CampaignFlow.Tests.Journeys;

/// <summary>The program as it is called from a terminal or a script.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("cfcommands").FullName;

    [Theory]
    [InlineData("replay", "FILE")]
    [InlineData("replay nofile.csv", "nofile.csv")]
    [InlineData("replay spring.csv --jsno", "did you mean '--json'?")]
    [InlineData("replay spring.csv --rules nowhere", "There is no folder of rules nowhere.")]
    [InlineData("replay spring.csv --workflow nowhere.json", "nowhere.json")]
    [InlineData("replay spring.csv --currency Yuan", "'Yuan' is not a currency code")]
    [InlineData("replay empty.csv", "No row looks like the header")]
    [InlineData("repaly spring.csv", "did you mean 'replay'?")]
    [InlineData("rules", "rules --help")]
    [InlineData("rules check nowhere", "There is no file or folder nowhere.")]
    [InlineData("rules explain donor", "--campaign")]
    [InlineData("rules rerun yesterday", "There is no database here yet")]
    [InlineData("rules check .", "There are no rule files")]
    [InlineData("workflows check nofile.json", "There is no file nofile.json.")]
    [InlineData("workflows run lifecycle.json --input x", "--input 'x' is not NAME=VALUE.")]
    [InlineData(
        "workflows dry-run lifecycle.json --choose approve-budget=Maybe",
        "its outcomes are Approved, Returned, Rejected, TimedOut"
    )]
    [InlineData("workflows dry-run lifecycle.json --choose aprove-budget=Returned", "did you mean 'approve-budget'?")]
    [InlineData("workflows dry-run lifecycle.json --start soon", "--start 'soon' is not a moment")]
    [InlineData("import nofile.csv", "There is no file nofile.csv.")]
    [InlineData("import spring.csv --campaign nobody", "There is no campaign 'nobody'.")]
    public async Task Bad_usage_is_one_sentence_and_a_code(string words, string sentence)
    {
        SmallFile.Write(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "empty.csv"), "a,b\n1,2\n");
        File.Copy(Repository.Path("workflows", "campaign-lifecycle.json"), Path.Combine(folder, "lifecycle.json"));

        var ended = await ProductProcess.RunAsync(folder, words.Split(' '));

        Assert.Equal((1, ""), (ended.Code, ended.Out));
        Assert.Contains(sentence, Assert.Single(ended.Error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ConnectionStrings__CampaignFlow", "Host=127.0.0.1;Port=1;Database=x;Username=x", "127.0.0.1:1/x")]
    [InlineData("ConnectionStrings__CampaignFlow", "nonsense", "names no database")]
    [InlineData("DataFolder", "/proc/nowhere", "/proc/nowhere")]
    [InlineData("Urls", "somewhere", "is not an address to listen on")]
    [InlineData("Urls", "http://127.0.0.1:99999", "is not an address to listen on")]
    public async Task A_server_that_cannot_start_says_why_in_one_sentence(string setting, string value, string sentence)
    {
        var settings = new Dictionary<string, string> { ["Urls"] = "http://127.0.0.1:0", ["Demo__Skip"] = "true" };
        settings[setting] = value;

        var ended = await ProductProcess.RunAsync(folder, settings);

        Assert.Equal((1, ""), (ended.Code, ended.Out));
        Assert.Contains(sentence, Assert.Single(ended.Error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_or_the_same_port_is_refused()
    {
        var settings = new Dictionary<string, string> { ["Urls"] = "http://127.0.0.1:0", ["Demo__Skip"] = "true" };
        using var first = ProductProcess.Start(folder, settings);
        try
        {
            var ready = "";
            while (!ready.StartsWith("CampaignFlow is ready", StringComparison.Ordinal))
                ready =
                    await first.StandardOutput.ReadLineAsync()
                    ?? throw new InvalidOperationException(await first.StandardError.ReadToEndAsync());

            var sameData = await ProductProcess.RunAsync(folder, settings);
            settings["Urls"] = ready[ready.IndexOf("http", StringComparison.Ordinal)..];
            settings["DataFolder"] = Path.Combine(folder, "other");
            var samePort = await ProductProcess.RunAsync(folder, settings);

            Assert.Equal(1, sameData.Code);
            Assert.StartsWith("Another CampaignFlow uses ", Assert.Single(sameData.Error.Trim().Split('\n')), StringComparison.Ordinal);
            Assert.Equal(1, samePort.Code);
            Assert.Contains("address already in use", Assert.Single(samePort.Error.Trim().Split('\n')), StringComparison.Ordinal);
        }
        finally
        {
            first.Kill();
            await first.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task Rows_that_cannot_be_read_are_told_and_the_rest_is_replayed()
    {
        SmallFile.Write(folder, SmallFile.Text() + "2026-13-45,search,1,1,1.00,1,1.00\n2026-03-05,video,1,1,much,1,1.00\n");

        var ended = await ProductProcess.RunAsync(folder, "replay", "spring.csv", "--json");

        Assert.Equal(0, ended.Code);
        var result = JsonDocument.Parse(ended.Out).RootElement;
        Assert.Equal([86, 87], result.GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("line").GetInt32()));
        Assert.Contains("spring.csv(86,1)", ended.Error, StringComparison.Ordinal);
        Assert.Equal(SmallFile.Days, result.GetProperty("days").GetInt32());
        Assert.Equal(SmallFile.DailyTotal, result.GetProperty("total_end").GetInt64());
    }

    [Theory]
    [InlineData("Pay", 12, "paid early")]
    [InlineData("Pay", 7, "paid late")]
    public async Task A_decision_goes_the_way_its_input_says(string name, int value, string line)
    {
        var ended = await RunWorkflowAsync(ElsaFiles.Decision, "--input", $"Amount={value}", "--input", $"Name={name}");
        Assert.Equal(["Finished"], ended.GetProperty("status").GetString()!.Split('\n'));
        Assert.Equal([line], ended.GetProperty("output").EnumerateArray().Select(l => l.GetString()));
    }

    [Fact]
    public async Task Both_branches_of_a_fork_meet_at_the_join()
    {
        var ended = await RunWorkflowAsync(ElsaFiles.ForkAndJoin);
        var lines = ended.GetProperty("output").EnumerateArray().Select(l => l.GetString()).ToList();
        Assert.Equal(["left", "right", "together"], lines.Order(StringComparer.Ordinal));
        Assert.Equal("together", lines[^1]);
    }

    [Theory]
    [InlineData("{", "flow.json(1,")]
    [InlineData("""{"name":"x"}""", "root")]
    [InlineData("""{"name":"x","root":{"id":"a","type":"Elsa.WriteLin"}}""", "Did you mean 'Elsa.WriteLine'?")]
    public async Task A_broken_workflow_is_told_with_place_and_suggestion(string text, string said)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "flow.json"), text);
        var plain = await ProductProcess.RunAsync(folder, "workflows", "check", "flow.json");
        var json = await ProductProcess.RunAsync(folder, "workflows", "check", "flow.json", "--json");
        Assert.Equal((1, 1), (plain.Code, json.Code));
        Assert.Contains(said, plain.Out, StringComparison.Ordinal);
        Assert.NotEmpty(JsonDocument.Parse(json.Out).RootElement.GetProperty("problems").EnumerateArray());
    }

    [Theory]
    [InlineData("en", "Approve the budget plan", "Decision of Operations", "It ends after")]
    [InlineData("zh", "审批预算方案", "由运营经理", "后结束")]
    public async Task A_dry_run_is_a_table_that_people_can_read(string language, string step, string asks, string ends)
    {
        var file = Repository.Path("workflows", "campaign-lifecycle.json");

        var ended = await ProductProcess.RunAsync(folder, "workflows", "dry-run", file, "--language", language);

        Assert.Equal(0, ended.Code);
        Assert.Contains(step, ended.Out, StringComparison.Ordinal);
        Assert.Contains(asks, ended.Out, StringComparison.Ordinal);
        Assert.Contains(ends, ended.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_goes_the_way_that_is_chosen_and_says_where_it_is_stuck()
    {
        var file = Repository.Path("workflows", "campaign-lifecycle.json");
        string[] common = ["workflows", "dry-run", file, "--start", "2026-12-01T09:00+08:00", "--json"];

        var returned = await ProductProcess.RunAsync(folder, [.. common, "--choose", "approve-budget=Returned,Approved@1wd"]);
        var stuck = await ProductProcess.RunAsync(folder, [.. common, "--choose", "approve-goals=Rejected*"]);
        var all = await ProductProcess.RunAsync(folder, [.. common, "--explore"]);

        Assert.Equal((0, 1, 0), (returned.Code, stuck.Code, all.Code));
        var run = JsonDocument.Parse(returned.Out).RootElement;
        var outcomes = run.GetProperty("steps")
            .EnumerateArray()
            .Where(s => s.GetProperty("activity").GetString() == "approve-budget")
            .Select(s => s.GetProperty("outcome").GetString());
        Assert.Equal(["Returned", "Approved"], outcomes);
        Assert.Equal("Finished", run.GetProperty("status").GetString());
        var why = JsonDocument.Parse(stuck.Out).RootElement.GetProperty("stuck").EnumerateArray().Single();
        Assert.Contains("round and round", why.GetProperty("why").GetString(), StringComparison.Ordinal);
        var coverage = JsonDocument.Parse(all.Out).RootElement;
        Assert.All(coverage.GetProperty("outcomes").EnumerateArray(), o => Assert.True(o.GetProperty("reached").GetBoolean()));
        Assert.Empty(coverage.GetProperty("unreached").EnumerateArray());
    }

    [Fact]
    public async Task A_check_prints_warnings_with_their_cure_and_refuses_only_for_errors()
    {
        const string chart =
            """{"root":{"id":"f","type":"Elsa.Flowchart","start":"a","activities":[{"id":"a","type":"CampaignFlow.HumanTask","title":"Look","role":"ROLE"}],"connections":[]}}""";
        await File.WriteAllTextAsync(Path.Combine(folder, "good.json"), chart.Replace("ROLE", "analyst", StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path.Combine(folder, "bad.json"), chart.Replace("ROLE", "anlyst", StringComparison.Ordinal));

        var good = await ProductProcess.RunAsync(folder, "workflows", "check", "good.json", "--language", "zh");
        var bad = await ProductProcess.RunAsync(folder, "workflows", "check", "bad.json", "--json");

        Assert.Equal((0, 1), (good.Code, bad.Code));
        Assert.Contains("警告: 流程没有可到达的终点", good.Out, StringComparison.Ordinal);
        Assert.Contains("ok  good", good.Out, StringComparison.Ordinal);
        var codes = JsonDocument.Parse(bad.Out).RootElement.GetProperty("problems").EnumerateArray();
        Assert.Equal(["no-end warning", "unknown-role error"], codes.Select(p => $"{p.GetProperty("code")} {p.GetProperty("severity")}"));
    }

    [Fact]
    public async Task Shipped_workflows_and_rules_are_in_order()
    {
        foreach (var file in Directory.GetFiles(Repository.Path("workflows"), "*.json"))
            Assert.Equal(0, (await ProductProcess.RunAsync(folder, "workflows", "check", file)).Code);
        var rules = await ProductProcess.RunAsync(folder, "rules", "check", Repository.Path("rules"), "--json");
        Assert.Equal(0, rules.Code);
        var read = JsonDocument.Parse(rules.Out).RootElement.GetProperty("rules").EnumerateArray().ToList();
        Assert.NotEmpty(read);
        Assert.All(read, r => Assert.NotEmpty(r.GetProperty("cases").EnumerateArray()));
    }

    [Fact]
    public async Task A_broken_rule_and_a_failed_case_are_told()
    {
        var shipped = await File.ReadAllTextAsync(Repository.Path("rules", "shift-to-winner.yaml"));
        await File.WriteAllTextAsync(
            Path.Combine(folder, "broken.yaml"),
            shipped.Replace("loser.roas", "loser.raos", StringComparison.Ordinal)
        );
        await File.WriteAllTextAsync(Path.Combine(folder, "lame.yaml"), shipped.Replace("15%", "14%", StringComparison.Ordinal));
        File.Copy(Repository.Path("rules", "shift-to-winner.cases.yaml"), Path.Combine(folder, "lame.cases.yaml"));

        var ended = await ProductProcess.RunAsync(folder, "rules", "check", ".");

        Assert.Equal(1, ended.Code);
        Assert.Contains("BAD  broken.yaml", ended.Out, StringComparison.Ordinal);
        Assert.Contains("did you mean 'roas'?", ended.Out, StringComparison.Ordinal);
        Assert.Contains("✗ a clear loser gives 15% of its budget to the best channel", ended.Out, StringComparison.Ordinal);
        var alone = await ProductProcess.RunAsync(folder, "rules", "check", Repository.Path("rules", "donor.yaml"), "lame.yaml");
        Assert.Contains("ok   donor.yaml", alone.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("broken.yaml", alone.Out, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task<JsonElement> RunWorkflowAsync(string text, params string[] more)
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "flow.json"), text);
        var ended = await ProductProcess.RunAsync(folder, ["workflows", "run", "flow.json", "--json", .. more]);
        Assert.True(ended.Code == 0, ended.Out + ended.Error);
        return JsonDocument.Parse(ended.Out).RootElement;
    }
}
