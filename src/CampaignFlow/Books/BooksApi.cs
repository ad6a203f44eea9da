using System.Globalization;
using CampaignFlow.Accounts;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Books;

internal static class BooksApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/campaigns/{code}/budget/preview", PreviewAsync);
        routes.MapGet("/campaigns/{code}/budget.csv", StatementAsync);
        routes.MapGet("/campaigns/{code}/budget-to-set.csv", SheetAsync);
        routes.MapPost("/shifts/{id:guid}/roll-back", RollBackAsync).RequireAuthorization(Permissions.RollBack);
    }

    private static async Task<IResult> RollBackAsync(Guid id, HttpContext http, CampaignFlowDb db, RollBackShift rollBack, CarryOn carryOn)
    {
        var shift = await db.BudgetShifts.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, http.RequestAborted);
        if (shift is null)
            return Results.NotFound();
        var campaign = await db.Campaigns.AsNoTracking().SingleAsync(c => c.Id == shift.CampaignId, http.RequestAborted);
        if (await rollBack.HandleAsync(id, http.User.DisplayName, http.RequestAborted) is { } refusal)
            Toast.After(http, refusal, Tone.Blocks);
        else
        {
            await carryOn.SoonAsync();
            var amount = campaign.Money(shift.AmountMinor);
            Toast.After(
                http,
                new(
                    $"{shift.Title} is rolled back: {amount} a day went back to {shift.From}.",
                    $"{shift.Title} 已撤销：每日 {amount} 退回 {shift.From}。"
                )
            );
        }
        return Results.LocalRedirect($"/campaigns/{campaign.Code}/budget");
    }

    private static async Task<IResult> PreviewAsync(
        string code,
        [FromQuery(Name = "Asked.From")] string? from,
        [FromQuery(Name = "Asked.To")] string? to,
        [FromQuery(Name = "Asked.Amount")] string? amount,
        HttpContext http,
        BudgetQueries budgets,
        BudgetLedger ledger,
        TimeProvider clock
    )
    {
        if (await budgets.FindAsync(code, http.RequestAborted) is not { } view)
            return Results.NotFound();
        if (string.IsNullOrWhiteSpace(from) || string.IsNullOrWhiteSpace(to) || string.IsNullOrWhiteSpace(amount))
            return Results.Content("", "text/html");
        var minor = Amount.Read(amount, view.Campaign.Currency, out var wrong);
        var objection =
            wrong ?? await ledger.ObjectionAsync(view.Campaign, new(from, to, minor, null, clock.GetUtcNow()), http.RequestAborted);
        return new RazorComponentResult<ShiftPreview>(
            new Dictionary<string, object?>
            {
                ["Budget"] = view,
                ["From"] = from,
                ["To"] = to,
                ["AmountMinor"] = minor,
                ["Objection"] = objection,
            }
        );
    }

    private static async Task<IResult> StatementAsync(string code, HttpContext http, BudgetQueries budgets, Words words)
    {
        if (await budgets.FindAsync(code, http.RequestAborted) is not { } view)
            return Results.NotFound();
        string[] head =
        [
            words.T("Booked at", "记账时间"),
            words.T("Counts from", "生效日期"),
            words.T("Transfer", "凭证"),
            words.T("Shift", "调整编号"),
            words.T("Account", "科目"),
            words.T("Name", "名称"),
            words.T("Amount a day", "日预算变动"),
            words.T("Balance a day", "日预算余额"),
            words.T("Currency", "币种"),
        ];
        var rows = view.Statement.Select(s =>
            (string[])
                [
                    Local(view.Campaign, s.Entry.At),
                    s.Entry.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                    s.Entry.Transfer,
                    s.Shift?.Title ?? "",
                    s.Entry.Account,
                    s.Entry.Account == LedgerEntry.Plan ? words.T("Approved plan", "批准的计划") : words.T(s.Name),
                    Units(view.Campaign, s.Entry.AmountMinor),
                    Units(view.Campaign, s.BalanceMinor),
                    view.Campaign.Currency,
                ]
        );
        return Csv.File($"{code}-ledger.csv", [head, .. rows]);
    }

    private static async Task<IResult> SheetAsync(string code, HttpContext http, BudgetQueries budgets, Words words)
    {
        if (await budgets.FindAsync(code, http.RequestAborted) is not { } view)
            return Results.NotFound();
        string[] head =
        [
            words.T("Channel", "渠道"),
            words.T("Code", "编号"),
            words.T("Set the daily budget to", "日预算改为"),
            words.T("Currency", "币种"),
            words.T("Because of", "依据"),
        ];
        var rows = view.ToTell.Select(i =>
            (string[])
                [
                    words.T(view.NameOf(i.Channel)),
                    i.Channel,
                    Units(view.Campaign, i.AmountMinor),
                    view.Campaign.Currency,
                    view.ShiftOf(i)?.Title ?? "",
                ]
        );
        return Csv.File($"{code}-to-set.csv", [head, .. rows]);
    }

    private static string Units(Campaign campaign, long minor) =>
        campaign.Money(minor).Units.ToString("0.####", CultureInfo.InvariantCulture);

    private static string Local(Campaign campaign, DateTimeOffset at) =>
        TimeZoneInfo
            .ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(campaign.TimeZone))
            .ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
