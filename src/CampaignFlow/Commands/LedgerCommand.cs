using System.CommandLine;
using System.Globalization;
using CampaignFlow.Books;
using CampaignFlow.Storage;

namespace CampaignFlow.Commands;

/// <summary><c>ledger CAMPAIGN</c>: the books of a campaign, or the statement of one channel; exit code 1 when they do not add up.</summary>
internal static class LedgerCommand
{
    public static Command Create()
    {
        var campaign = new Argument<string>("CAMPAIGN") { Description = "The campaign's code" };
        var account = new Option<string?>("--channel")
        {
            Description = "Only this channel's statement; (reserve) and (plan) are accounts too",
        };
        var command = new Command("ledger", "Prints a campaign's ledger and checks that it adds up")
        {
            campaign,
            account,
            CommandLine.Json,
        };
        command.SetAction(
            async (parsed, cancellationToken) =>
            {
                var code = parsed.GetRequiredValue(campaign);
                var view =
                    await ReadOnly.AskAsync(
                        s => s.GetRequiredService<BudgetQueries>().FindAsync(code, cancellationToken),
                        cancellationToken
                    ) ?? throw new StartupRefusal($"There is no campaign {code}.");
                var wanted = parsed.GetValue(account);
                if (wanted is not null && !view.Accounts.Contains(wanted))
                    throw new StartupRefusal($"{code} has no account {wanted}; it has {string.Join(", ", view.Accounts)}.");
                var lines = wanted is null ? view.Statement : view.StatementOf(wanted);
                if (parsed.GetValue(CommandLine.Json))
                    CommandLine.Print(
                        new
                        {
                            Campaign = code,
                            view.Campaign.Currency,
                            view.ApprovedMinor,
                            ChannelsMinor = view.SumMinor,
                            view.ReserveMinor,
                            view.Balances,
                            Entries = lines.Select(l => Line.Of(view, l)),
                        }
                    );
                else
                    Show(view, lines);
                return view.Balances ? 0 : 1;
            }
        );
        return command;
    }

    private static void Show(BudgetView view, IEnumerable<StatementLine> lines)
    {
        foreach (var line in lines.Select(l => Line.Of(view, l)))
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{line.At:yyyy-MM-dd HH:mm:ss}  {line.Day}  {line.Shift, -8}  {line.What, -14}  {line.Account, -16}  {line.Amount, 14}  {line.Balance, 14}"
                )
            );
        string Money(long minor) => view.Campaign.Money(minor).ToString();
        Console.WriteLine(
            $"{(view.Balances ? "ok " : "BAD")}  channels {Money(view.SumMinor)} + reserve {Money(view.ReserveMinor)} {(view.Balances ? "=" : "≠")} approved {Money(view.ApprovedMinor)} a day"
        );
    }

    /// <summary>An entry as the command line prints it; amounts in currency units.</summary>
    private sealed record Line(
        DateTimeOffset At,
        string Day,
        string Transfer,
        string? Shift,
        string What,
        string Account,
        decimal Amount,
        decimal Balance
    )
    {
        public static Line Of(BudgetView view, StatementLine line) =>
            new(
                line.Entry.At,
                line.Entry.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                line.Entry.Transfer,
                line.Shift?.Title,
                line.What.En,
                line.Entry.Account,
                view.Campaign.Money(line.Entry.AmountMinor).Units,
                view.Campaign.Money(line.BalanceMinor).Units
            );
    }
}
