using System.CommandLine;
using System.Data.Common;
using System.Text.Json;
using CampaignFlow.Engine.Expressions;
using CampaignFlow.Storage;

namespace CampaignFlow.Commands;

/// <summary>The verbs beside the server. Results go to stdout, everything else to stderr; exit code 0 means done.</summary>
public static class CommandLine
{
    internal static readonly Option<bool> Json = new("--json") { Description = "Print one JSON document on stdout" };

    internal static JsonSerializerOptions JsonFormat { get; } =
        new(JsonSerializerDefaults.Web)
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            WriteIndented = true,
        };

    public static RootCommand Root() =>
        new("CampaignFlow: workflows, rules and budgets of marketing campaigns. Without a verb it serves the pages.")
        {
            ReplayCommand.Create(),
            ImportCommand.Create(),
            RulesCommand.Create(),
            LedgerCommand.Create(),
            WorkflowsCommand.Create(),
            ArchiveCommand.Create(),
            HooksCommand.Create(),
        };

    /// <summary>True when the first word is a verb, meant to be one, or asks for help; settings such as --urls are for the server.</summary>
    public static bool IsVerb(string[] args) =>
        args is [var first, ..] && (first is "--help" or "-h" or "-?" or "--version" || !(first.StartsWith('-') || first.Contains('=')));

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var parsed = Root().Parse(args);
            if (parsed.Errors.Count > 0)
                throw new StartupRefusal(Misuse(parsed));
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (StartupRefusal refusal)
        {
            await Console.Error.WriteLineAsync(refusal.Message);
            return 1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync($"Cannot read or write: {e.Message}");
            return 1;
        }
        catch (Exception e) when ((e as DbException ?? e.InnerException as DbException) is { } failed)
        {
            await Console.Error.WriteLineAsync($"The database failed: {failed.Message.Split('\n')[0]}");
            return 1;
        }
    }

    private static string Misuse(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var path = string.Join(' ', command.Parents.OfType<Command>().Reverse().Append(command).Select(c => c.Name));
        var said = parsed.Errors[0].Message;
        if (parsed.UnmatchedTokens is [var word, ..])
            said =
                $"'{word}' is not known here{DidYouMean(word, command.Subcommands.Select(c => c.Name).Concat(command.Options.Select(o => o.Name)))}";
        return $"{said} See: {path} --help";
    }

    /// <summary>The end of a sentence about a word that is not known: the word that was meant, or the full stop.</summary>
    internal static string DidYouMean(string word, IEnumerable<string> known) =>
        Nearest.Ask(word, known).En is { Length: > 0 } hint ? hint : ".";

    internal static void Print<T>(T document) => Console.Out.WriteLine(JsonSerializer.Serialize(document, JsonFormat));
}
