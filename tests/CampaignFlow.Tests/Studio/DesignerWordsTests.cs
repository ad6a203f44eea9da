using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CampaignFlow.Accounts;
using CampaignFlow.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace CampaignFlow.Tests.Studio;

/// <summary>What the designer says, in both languages: the server's help, and the dictionary of its own words.</summary>
public sealed partial class DesignerWordsTests(StudioHost studio) : IClassFixture<StudioHost>
{
    [Fact]
    public async Task Every_input_and_output_of_the_palette_has_help_in_both_languages()
    {
        var english = await HelpAsync("en");
        var chinese = await HelpAsync("zh-CN");
        Assert.InRange(english.Count, 100, 1000);
        Assert.Equal(english.Select(h => h.Of), chinese.Select(h => h.Of));
        Assert.All(english, h => Assert.Matches(Latin(), h.Text));
        Assert.All(english, h => Assert.DoesNotMatch(Han(), h.Text));
        Assert.All(chinese, h => Assert.Matches(Han(), h.Text));
    }

    [Fact]
    public async Task Every_choice_of_a_closed_list_is_said_in_both_languages()
    {
        var closed = studio
            .Host.Services.GetRequiredService<ActivityCatalogue>()
            .All.SelectMany(type => type.Inputs.SelectMany(input => input.Options ?? []).Select(option => (type.Type, option)))
            // Methods of HTTP are called the same everywhere.
            .Where(choice => choice.option.Any(char.IsLower) || choice.option.Contains('_', StringComparison.Ordinal))
            .ToList();
        Assert.InRange(closed.Count, 10, 100);
        var (english, chinese) = (await ChoicesAsync("en"), await ChoicesAsync("zh-CN"));
        Assert.All(closed, choice => Assert.NotEqual(choice.option, english[choice]));
        Assert.All(closed, choice => Assert.Matches(Han(), chinese[choice]));
    }

    [Fact]
    public async Task The_dictionary_says_each_word_once_and_in_chinese()
    {
        using var client = studio.Host.Visitor();
        var script = await client.GetStringAsync("/studio/chinese.js");
        var lists = script.Split("globalThis.").Where(part => part.Contains("= [\n", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, lists.Count);
        foreach (var list in lists)
        {
            var pairs = Pair().Matches(list).Select(m => (English: m.Groups[1].Value, Chinese: m.Groups[2].Value)).ToList();
            Assert.Empty(pairs.GroupBy(p => p.English, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1).Select(g => g.Key));
            Assert.All(pairs, pair => Assert.Matches(Han(), pair.Chinese));
        }
        Assert.InRange(Pair().Count(script), 300, 2000);
    }

    [Fact]
    public async Task A_requests_status_codes_are_edited_as_the_designer_draws_them()
    {
        var codes = (await PaletteAsync("en"))
            .Where(type => type["typeName"]!.ToString() is "Elsa.SendHttpRequest" or "Elsa.FlowSendHttpRequest")
            .Select(type => type["inputs"]!.AsArray().Single(i => i!["name"]!.ToString() == "ExpectedStatusCodes")!)
            .Select(input => (input["uiHint"]!.ToString(), (bool)input["isWrapped"]!));
        // In the first each code holds an activity; in the second they are ways out.
        Assert.Equal([("http-status-codes", false), ("multitext", true)], codes);
    }

    private async Task<List<(string Of, string Text)>> HelpAsync(string language) =>
        [
            .. from type in await PaletteAsync(language)
            where (bool)type["isBrowsable"]!
            from field in type["inputs"]!.AsArray().Concat(type["outputs"]!.AsArray())
            select ($"{type["typeName"]}.{field["name"]}", field["description"]!.ToString()),
        ];

    private async Task<IReadOnlyDictionary<(string Type, string Value), string>> ChoicesAsync(string language) =>
        (
            from type in await PaletteAsync(language)
            from input in type["inputs"]!.AsArray()
            from item in input["uiSpecifications"]?["dropdown"]?["selectList"]?["items"]?.AsArray() ?? []
            select (Key: (type["typeName"]!.ToString(), item["value"]!.ToString()), Text: item["text"]!.ToString())
        )
            .DistinctBy(c => c.Key)
            .ToDictionary(c => c.Key, c => c.Text);

    private async Task<IReadOnlyList<JsonNode>> PaletteAsync(string language) =>
        [.. (await (await studio.DrawingAsync(Roles.Operator, language)).GetAsync("/descriptors/activities"))["items"]!.AsArray()!];

    [GeneratedRegex("[A-Za-z]{2}")]
    private static partial Regex Latin();

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Han();

    [GeneratedRegex("""\["((?:[^"\\]|\\.)+)", "((?:[^"\\]|\\.)+)"\]""")]
    private static partial Regex Pair();
}
