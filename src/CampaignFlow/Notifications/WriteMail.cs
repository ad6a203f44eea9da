using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace CampaignFlow.Notifications;

/// <summary>A mail in one reader's language, ready to be stored.</summary>
public sealed record WrittenMail(string Subject, string Html, string Text, string? Calendar);

/// <summary>Turns a model into subject, HTML, plain text and calendar for one reader.</summary>
public sealed partial class WriteMail(IServiceScopeFactory scopes, ILoggerFactory loggers)
{
    public async Task<WrittenMail> WriteAsync(MailModel model, Reader reader, DateTimeOffset now)
    {
        var subject = OneLine(model.Subject(reader));
        var title = model.Title(reader);
        var blocks = model.Compose(reader);
        var url = reader.Link(model.Path);
        var label = reader.Say("Open in CampaignFlow", "在 CampaignFlow 中打开");
        IReadOnlyList<string> footer =
        [
            reader.Say(model.Reason),
            reader.Say($"Written {reader.Time(now)}.", $"生成时间：{reader.Time(now)}。"),
        ];

        await using var scope = scopes.CreateAsyncScope();
        await using var renderer = new HtmlRenderer(scope.ServiceProvider, loggers);
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (
                await renderer.RenderComponentAsync<MailLayout>(
                    ParameterView.FromDictionary(
                        new Dictionary<string, object?>
                        {
                            [nameof(MailLayout.Reader)] = reader,
                            [nameof(MailLayout.Subject)] = subject,
                            [nameof(MailLayout.Preview)] = model.Preview(reader),
                            [nameof(MailLayout.Campaign)] = model.Campaign.Name,
                            [nameof(MailLayout.Title)] = title,
                            [nameof(MailLayout.Blocks)] = blocks,
                            [nameof(MailLayout.Footer)] = footer,
                            [nameof(MailLayout.PageUrl)] = url,
                            [nameof(MailLayout.PageLabel)] = label,
                        }
                    )
                )
            ).ToHtmlString()
        );
        return new(
            subject,
            Readable(html),
            PlainText.Write(title, blocks, [.. footer, $"{label}: {url}"]),
            model.Meeting(reader) is { } meeting ? Calendar.Write(meeting, now) : null
        );
    }

    /// <summary>The renderer writes Chinese as numbers; letters make the stored mail a third of the size and readable.</summary>
    private static string Readable(string html) =>
        CharacterReference()
            .Replace(
                html,
                match =>
                    int.Parse(match.Groups["code"].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture) is var code and > 0x9F
                    && Rune.IsValid(code)
                        ? char.ConvertFromUtf32(code)
                        : match.Value
            );

    private static string OneLine(string subject) => Breaks().Replace(subject, " ").Trim();

    [GeneratedRegex("&#x(?<code>[0-9A-F]{2,6});", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex CharacterReference();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Breaks();
}
