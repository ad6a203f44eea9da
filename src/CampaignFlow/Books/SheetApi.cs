using System.Globalization;
using CampaignFlow.Accounts;
using CampaignFlow.Applying;
using CampaignFlow.Budgets;
using CampaignFlow.Campaigns;
using CampaignFlow.Engine;
using CampaignFlow.Shell;
using CampaignFlow.Storage;
using CampaignFlow.Workflows;
using Microsoft.EntityFrameworkCore;

namespace CampaignFlow.Books;

/// <summary>Bulk files, platforms of channels, the sandbox, statements of one account and the roll-back of many shifts.</summary>
internal static class SheetApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/campaigns/{code}/budget/sheet.csv", BulkAsync);
        routes.MapGet("/campaigns/{code}/budget/statement.csv", StatementAsync);
        routes.MapPost("/campaigns/{code}/budget/connect", ConnectAsync).RequireAuthorization(Permissions.EditCampaigns);
        routes.MapPost("/campaigns/{code}/budget/sandbox", SandboxAsync).RequireAuthorization(Permissions.EditCampaigns);
        routes.MapPost("/campaigns/{code}/budget/roll-back-since", RollBackAsync).RequireAuthorization(Permissions.RollBack);
    }

    private static async Task<IResult> BulkAsync(string code, string? format, HttpContext http, BudgetQueries budgets)
    {
        if (await budgets.FindAsync(code, http.RequestAborted) is not { } view)
            return Results.NotFound();
        var kind = format ?? BulkFile.Formats[^1];
        var lines = view.ToTell.Select(i => new BulkLine(view.TargetOf(i.Channel), i.Channel, i.AmountMinor, i.RestMinor));
        return BulkFile.Of(kind, view.Campaign, lines) is { } rows ? Csv.File($"{code}-{kind}.csv", rows) : Results.NotFound();
    }

    private static async Task<IResult> StatementAsync(string code, string? account, HttpContext http, BudgetQueries budgets, Words words)
    {
        if (await budgets.FindAsync(code, http.RequestAborted) is not { } view || !view.Accounts.Contains(account))
            return Results.NotFound();
        string[] head =
        [
            words.T("Booked at", "记账时间"),
            words.T("Counts from", "生效日期"),
            words.T("Shift", "调整编号"),
            words.T("What", "摘要"),
            words.T("Other side", "对方科目"),
            words.T("Amount a day", "日预算变动"),
            words.T("Balance a day", "日预算余额"),
            words.T("Currency", "币种"),
        ];
        var zone = TimeZoneInfo.FindSystemTimeZoneById(view.Campaign.TimeZone);
        var rows = view.StatementOf(account!)
            .Select(l =>
                (string[])
                    [
                        TimeZoneInfo.ConvertTime(l.Entry.At, zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                        l.Entry.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                        l.Shift?.Title ?? "",
                        words.T(l.What),
                        string.Join(' ', view.OtherSides(l).Select(a => words.T(view.NameOf(a)))),
                        Units(view.Campaign, l.Entry.AmountMinor),
                        Units(view.Campaign, l.BalanceMinor),
                        view.Campaign.Currency,
                    ]
            );
        return Csv.File($"{code}-statement.csv", [head, .. rows]);
    }

    private static Task<IResult> ConnectAsync(string code, HttpContext http, CampaignFlowDb db, ConnectChannel use) =>
        AnswerAsync(
            code,
            http,
            db,
            "sheet#platforms",
            async (campaign, form, person) =>
            {
                var (adapter, platform) = form["adapter"].ToString().Split(':', 2) is [var kind, var name]
                    ? (kind, name)
                    : (form["adapter"].ToString(), null);
                if (
                    !Enum.TryParse<Adapter>(adapter, out var known)
                    || !double.TryParse(form["tolerance"], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var tolerance)
                    || !int.TryParse(form["days"], NumberStyles.None, CultureInfo.InvariantCulture, out var days)
                )
                    return new Phrase("Tolerance is up to 50 %, days are 1 to 14.", "容差不超过 50%，天数为 1 至 14。");
                return await use.HandleAsync(
                    campaign.Id,
                    form["channel"].ToString(),
                    known,
                    platform,
                    form["target"],
                    tolerance / 100,
                    days,
                    person,
                    http.RequestAborted
                );
            },
            new("Saved; it counts for the next instructions.", "已保存，对之后的指令生效。")
        );

    private static Task<IResult> SandboxAsync(string code, HttpContext http, CampaignFlowDb db, ChangeSandbox use) =>
        AnswerAsync(
            code,
            http,
            db,
            "sheet#sandbox",
            async (campaign, form, person) =>
            {
                var minor = Amount.Read(form["amount"], campaign.Currency, out var wrong);
                return wrong ?? await use.HandleAsync(campaign.Id, form["channel"].ToString(), minor, person, http.RequestAborted);
            },
            new("Changed on the sandbox platform.", "已在沙盒平台修改。")
        );

    private static Task<IResult> RollBackAsync(string code, HttpContext http, CampaignFlowDb db, RollBackSince use, CarryOn carryOn) =>
        AnswerAsync(
            code,
            http,
            db,
            "",
            async (campaign, form, person) =>
            {
                if (
                    !long.TryParse(form["since"], NumberStyles.None, CultureInfo.InvariantCulture, out var since)
                    || since > 253402300799999
                )
                    return new Phrase("The time is missing; look at the preview again.", "缺少时间，请重新预览。");
                var (_, refusal) = await use.HandleAsync(
                    campaign.Id,
                    DateTimeOffset.FromUnixTimeMilliseconds(since),
                    form["seal"].ToString(),
                    person.DisplayName,
                    http.RequestAborted
                );
                if (refusal is null)
                    await carryOn.SoonAsync();
                return refusal;
            },
            new("All of them are rolled back.", "已全部撤销。")
        );

    private static async Task<IResult> AnswerAsync(
        string code,
        HttpContext http,
        CampaignFlowDb db,
        string back,
        Func<Campaign, IFormCollection, Person, Task<Phrase?>> work,
        Phrase done
    )
    {
        if (await db.Campaigns.AsNoTracking().SingleOrDefaultAsync(c => c.Code == code, http.RequestAborted) is not { } campaign)
            return Results.NotFound();
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var me = http.User.PersonId;
        var person = await db.People.AsNoTracking().SingleAsync(p => p.Id == me, http.RequestAborted);
        if (await work(campaign, form, person) is { } refusal)
            Toast.After(http, refusal, Tone.Blocks);
        else
            Toast.After(http, done);
        return Results.LocalRedirect($"/campaigns/{Uri.EscapeDataString(code)}/budget{(back.Length > 0 ? "/" + back : "")}");
    }

    private static string Units(Campaign campaign, long minor) =>
        campaign.Money(minor).Units.ToString("0.####", CultureInfo.InvariantCulture);
}
