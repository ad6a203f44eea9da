using System.CommandLine;
using CampaignFlow.Rules;
using CampaignFlow.Storage;

namespace CampaignFlow.Commands;

/// <summary><c>rules rerun</c>: repeats the evaluation behind a decision, from its record alone.</summary>
internal static class RerunCommand
{
    public static Command Create()
    {
        var decision = new Argument<string>("DECISION")
        {
            Description = "Id of a decision here, key of an evaluation here (a decision's page names it), or a file with the record of one",
        };
        var record = new Option<string?>("--record") { Description = "Write the record into this file, to repeat it elsewhere" };
        var command = new Command(
            "rerun",
            "Prints what the rules said, as canonical JSON: the same bytes here, on another database and from the record's file"
        )
        {
            decision,
            record,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var rerun = await RepeatAsync(parsed.GetRequiredValue(decision), cancellationToken);
                if (parsed.GetValue(record) is { } file)
                    await File.WriteAllTextAsync(file, rerun.Record, cancellationToken);
                Console.WriteLine(rerun.Verdicts);
                if (rerun.Same == false)
                    await Console.Error.WriteLineAsync("This is not what the rules said then.");
                return rerun.Same == false ? 1 : 0;
            }
        );
        return command;
    }

    private static async Task<Rerun> RepeatAsync(string decision, CancellationToken cancellationToken)
    {
        var (rerun, refusal) = File.Exists(decision)
            ? RerunDecision.Of(await File.ReadAllTextAsync(decision, cancellationToken))
            : await ReadOnly.AskAsync(
                services => services.GetRequiredService<RerunDecision>().HandleAsync(decision, cancellationToken),
                cancellationToken
            );
        return rerun ?? throw new StartupRefusal($"It cannot be repeated: {refusal!.Value.En}.");
    }
}
