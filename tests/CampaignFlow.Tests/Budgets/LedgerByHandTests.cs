using System.Data.Common;
using CampaignFlow.Budgets;
using CampaignFlow.Storage;
using CampaignFlow.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Tests.Budgets;

/// <summary>The database keeps the books sound by itself: whoever writes, and with whatever tool.</summary>
public sealed class LedgerByHandTests
{
    private const string Leg = "insert into ledger_entry (campaign_id, account, currency, amount_minor, transfer, at, day) select id, ";

    private const string OfAll = " from campaign;";

    /// <summary>What somebody types, and a word of the refusal.</summary>
    private static (string Typed, string Says)[] Mischief(DatabaseKind kind)
    {
        var sqlite = kind == DatabaseKind.Sqlite;
        var sum = sqlite ? "FOREIGN KEY" : "add up to zero";
        var contract = $"update campaign_channel set shiftable = {(sqlite ? "0" : "false")} where code = 'search';";
        return
        [
            (Of("search", 100, "gift"), sum), // money from nowhere
            (Of("search", -100, "x") + Of("social", 99, "x"), sum), // a cent is lost
            (Of("search", -100, "x", "EUR") + Of("social", 100, "x"), "kept in"), // two currencies
            (Of("search", -26_00, "x") + Of("social", 26_00, "x"), "floor"),
            (Of("search", -25_00, "x") + Of("video", 25_00, "x"), "ceiling"),
            (Of("search", -100, "x") + Of("nowhere", 100, "x"), "no "), // an account that is not one
            (Of("(reserve)", -100, "x") + Of("social", 100, "x"), "reserve holds no more"),
            (Of("(plan)", -100, "x") + Of("social", 100, "x"), "approved total changes only"), // more money without approval
            (contract + Of("search", -100, "x") + Of("social", 100, "x"), "contract money"),
            ("update ledger_entry set amount_minor = amount_minor + 1;", "never changed"),
            ("delete from ledger_entry;", "never changed"),
            ("update campaign_channel set floor_minor = 5001 where code = 'search';", "bounds"),
            ("update campaign_channel set ceiling_minor = 4999 where code = 'search';", "bounds"),
            ("delete from campaign_channel where code = 'video';", "stays"),
            ("update campaign set currency = 'EUR';", "currency"),
            .. sqlite
                ?
                [
                    ("update ledger_sum set sum_minor = 5;", "what its legs say"),
                    ("delete from ledger_sum;", "sums stay"),
                    (
                        Of("search", 100, "x") + "insert or replace into ledger_sum select id, 'x', 'CNY', 0 from campaign;",
                        "what its legs say"
                    ),
                ]
                : new[] { ("truncate ledger_entry;", "never changed") },
        ];
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task Hand_written_SQL_cannot_break_the_books(DatabaseKind kind)
    {
        await using var store = await CampaignStore.CreateAsync(kind);
        await store.OpenBooksAsync();

        foreach (var (typed, says) in Mischief(kind))
        {
            var refused = await Assert.ThrowsAnyAsync<DbException>(() => TypeAsync(store, typed));

            Assert.Contains(says, refused.Message, StringComparison.OrdinalIgnoreCase);
            Assert.Equal((4, 0), await BooksAsync(store));
        }
    }

    [Theory]
    [InlineData(DatabaseKind.Sqlite)]
    [InlineData(DatabaseKind.Postgres)]
    public async Task What_balances_and_stays_within_bounds_may_be_written_by_hand(DatabaseKind kind)
    {
        await using var store = await CampaignStore.CreateAsync(kind);
        await store.OpenBooksAsync();

        await TypeAsync(store, Of("search", -25_00, "x") + Of("social", 20_00, "x") + Of("(reserve)", 5_00, "x"));

        Assert.Equal((7, 0), await BooksAsync(store));
    }

    [Fact]
    public async Task A_bare_SQLite_shell_is_told_to_switch_its_checks_on()
    {
        await using var store = await CampaignStore.CreateAsync(DatabaseKind.Sqlite);
        await store.OpenBooksAsync();

        var refused = await Assert.ThrowsAnyAsync<DbException>(() =>
            TypeAsync(store, "pragma foreign_keys = off; " + Of("search", 100, "gift"))
        );

        Assert.Contains("foreign_keys = on", refused.Message, StringComparison.Ordinal);
    }

    private static string Of(string account, long amount, string transfer, string currency = "CNY") =>
        FormattableString.Invariant($"{Leg}'{account}', '{currency}', {amount}, '{transfer}', 0, '2026-11-02'{OfAll}");

    /// <summary>On a connection of its own, as a shell would: foreign keys as the product has them, one transaction.</summary>
    private static Task<int> TypeAsync(CampaignStore store, string sql) =>
        store.InScopeAsync(
            async (db, _) =>
            {
                await db.Database.OpenConnectionAsync();
                var connection = db.Database.GetDbConnection();
                var (before, rest) = sql.StartsWith("pragma", StringComparison.Ordinal)
                    ? (sql[..(sql.IndexOf(';', StringComparison.Ordinal) + 1)], sql[(sql.IndexOf(';', StringComparison.Ordinal) + 1)..])
                    : ("", sql);
                if (before.Length > 0)
                    await RunAsync(connection, null, before);
                try
                {
                    await using var transaction = await connection.BeginTransactionAsync();
                    var rows = await RunAsync(connection, transaction, rest);
                    await transaction.CommitAsync();
                    return rows;
                }
                finally
                {
                    if (connection is SqliteConnection)
                        await RunAsync(connection, null, "rollback").ContinueWith(_ => { }, TaskScheduler.Default);
                    if (before.Length > 0)
                        await RunAsync(connection, null, "pragma foreign_keys = on");
                }
            }
        );

    private static async Task<int> RunAsync(DbConnection connection, DbTransaction? transaction, string sql)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // the texts stand above
        command.CommandText = sql;
#pragma warning restore CA2100
        return await command.ExecuteNonQueryAsync();
    }

    private static Task<(int Legs, long Sum)> BooksAsync(CampaignStore store) =>
        store.InScopeAsync(async (db, _) => (await db.Ledger.CountAsync(), await db.Ledger.SumAsync(e => e.AmountMinor)));
}
