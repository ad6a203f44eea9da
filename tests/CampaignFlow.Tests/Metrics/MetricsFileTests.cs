using System.Text;
using CampaignFlow.Metrics;

namespace CampaignFlow.Tests.Metrics;

/// <summary>Exports as they come: small files with one quirk each and known answers.</summary>
public sealed class MetricsFileTests
{
    private const string Header = "日期,推广计划,展示数,点击数,消耗(元),转化数,成交金额\n";

    private static readonly Encoding Gbk = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;

    private static MetricsFile Read(string text, string currency = "CNY", string name = "report.csv", Encoding? encoding = null) =>
        Read(text, new MetricsFileOptions { Currency = currency }, name, encoding);

    private static MetricsFile Read(string text, MetricsFileOptions options, string name = "report.csv", Encoding? encoding = null)
    {
        encoding ??= new UTF8Encoding(false);
        return MetricsFile.Read([.. encoding.GetPreamble(), .. encoding.GetBytes(text)], name, options);
    }

    /// <summary>day channel impressions clicks spend(minor) conversions leads revenue(minor), one row a line; ? is missing.</summary>
    private static string Show(MetricsFile file) =>
        string.Join(
            " | ",
            file.Rows.Select(r =>
                string.Join(
                    ' ',
                    new object?[]
                    {
                        r.Numbers.Date.ToString("yyyyMMdd"),
                        r.Channel,
                        r.Numbers.Impressions,
                        r.Numbers.Clicks,
                        r.Numbers.SpendMinor,
                        r.Numbers.Conversions,
                        r.Numbers.Leads,
                        r.Numbers.RevenueMinor,
                    }.Select(v => v ?? "?")
                )
            )
        );

    [Theory]
    // Douyin style: yuan in the header, a sum at the bottom
    [InlineData(
        "日期,计划名称,消耗(元),展示数,点击数,点击率,转化数,成交金额\r\n2026-11-05,爆品直播,\"¥1,200.50\",\"30,500\",915,3.00%,41,￥9800.00\r\n合计,,1200.50,30500,915,3.00%,41,9800\r\n",
        "20261105 爆品直播 30500 915 120050 41 ? 980000"
    )]
    // Sogou style: the sum stands directly below the header
    [InlineData(
        "编号,日期,账户,推广计划,消耗,点击数,展示数,点击率\n总计,--,--,--,50,10,900,1.1%\n1,20261105,a,品牌词,50,10,900,1.1%\n",
        "20261105 品牌词 900 10 5000 ? ? ?"
    )]
    // Baidu style: report information, a blank line, then the header
    [InlineData(
        "数据生成时间：2026-11-06 08:10\n数据生成条件：\n1. 时间范围：20261105\n\n日期,推广计划,账户,展现,点击,消费,网页转化\n2026/11/5,搜索-品牌,x,200,20,66.6,3\n",
        "20261105 搜索-品牌 200 20 6660 3 ? ?"
    )]
    // Google style: title, range, several totals, -- for missing, conversions with decimals
    [InlineData(
        "Campaign report\n\"November 1, 2026 - November 30, 2026\"\nCampaign,Day,Campaign type,Impr.,Clicks,Cost,Conversions\nBrand,2026-11-05,Search,\"12,034\",842,\"1,234.56\",40.50\nPause,2026-11-05,Search,100,10,--,--\nTotal: Account,--,--,\"12,134\",852,\"1,234.56\",40.50\nTotal: Campaigns,--,--,\"12,134\",852,\"1,234.56\",40.50\n",
        "20261105 Brand 12034 842 123456 40.5 ? ? | 20261105 Pause 100 10 ? ? ? ?"
    )]
    // comment block before the table
    [InlineData(
        "# -----\n# Account: x\n# Start date: 20261101\n\nDate,Channel,Clicks,Cost\n20261105,Paid,7,3.5\n",
        "20261105 Paid ? 7 350 ? ? ?"
    )]
    // generic: odd capitals kept, leads and orders both there
    [InlineData(
        "id,c_date,campaign_name,category,campaign_id,impressions,campaign_cost,clicks,leads,orders,revenue\n1,2/13/21,tikTOK_wide,social,77,1000,12.345,50,5,2,99.9\n",
        "20210213 tikTOK_wide 1000 50 1235 2 5 9990"
    )]
    // semicolons, decimal comma, spaces that group, a totals row with a space before the colon
    [InlineData(
        "Jour;Nom de la campagne;Impressions;Clics;Montant dépensé (CNY)\n2026-11-05;Été;12 034;842;1 234,56\nTotal : campagnes;;12 034;842;1 234,56\n",
        "20261105 Été 12034 842 123456 ? ? ?"
    )]
    // German: full stops group, commas are decimal
    [InlineData(
        "Datum;Kampagne;Impressionen;Klicks;Kosten\n05.11.2026;Marke;12.034;842;1.234,56\n",
        "20261105 Marke 12034 842 123456 ? ? ?"
    )]
    // tabs
    [InlineData("date\tchannel\tclicks\tcost\n2026-11-05\tA, B\t7\t1,234.50\n", "20261105 A, B ? 7 123450 ? ? ?")]
    // units in the header: 万 of views, cents of money
    [InlineData("日期,渠道,展示数(万),点击数,花费(分)\n2026-11-05,视频号,1.25,80,120050\n", "20261105 视频号 12500 80 120050 ? ? ?")]
    // two columns for one field: the better word wins, the other one is left
    [InlineData("date,campaign,Clicks (all),Link clicks,spend\n2026-11-05,A,90,70,10\n", "20261105 A ? 70 1000 ? ? ?")]
    // a blank line, the header again, and a second table that is not read
    [InlineData(
        "date,channel,clicks,cost\n2026-11-05,A,1,2\n\ndate,channel,clicks,cost\n2026-11-06,A,3,4\nday,platform,cost,clicks,orders\n2026-11-07,A,5,6,7\n",
        "20261105 A ? 1 200 ? ? ? | 20261106 A ? 3 400 ? ? ?"
    )]
    // quoted cell with a line break and a quote inside
    [InlineData("date,channel,clicks,cost\n2026-11-05,\"Spring \"\"A\"\"\nnew\",1,2\n", "20261105 Spring \"A\"\nnew ? 1 200 ? ? ?")]
    // full-width digits and letters
    [InlineData("日期，渠道\n日期,渠道,点击数,消耗（元）\n２０２６-１１-０５,微信,１２,￥３．５\n", "20261105 微信 ? 12 350 ? ? ?")]
    public void A_platform_file_gives_these_facts(string text, string expected) => Assert.Equal(expected, Show(Read(text)));

    [Fact]
    public void Encodings_are_found_without_asking()
    {
        const string text = "日期\t渠道\t点击数\t消耗\n2026-11-05\t小红书\t5\t6.70\n";
        const string expected = "20261105 小红书 ? 5 670 ? ? ?";
        var readings = new[]
        {
            (Read(text, encoding: new UTF8Encoding(false)), "UTF-8"),
            (Read(text, encoding: new UTF8Encoding(true)), "UTF-8 BOM"),
            (Read(text, encoding: Encoding.Unicode), "UTF-16LE"),
            (Read(text, encoding: new UnicodeEncoding(false, false)), "UTF-16LE"),
            (Read(text, encoding: Gbk), "GB18030"),
        };
        Assert.All(readings, r => Assert.Equal((expected, r.Item2), (Show(r.Item1), r.Item1.Encoding)));
    }

    [Theory]
    [InlineData("\"1,200.50\"", 120050L)]
    [InlineData("¥1200.5", 120050L)]
    [InlineData("￥ 1200.50", 120050L)]
    [InlineData("1200.50元", 120050L)]
    [InlineData("3.2万", 3_200_000L)]
    [InlineData("1.5亿", 15_000_000_000L)]
    [InlineData("0", 0L)] // zero is a number
    [InlineData("1E+05", 10_000_000L)] // Excel was here
    [InlineData("1 234.56", 123456L)] // grouped by no-break or plain spaces
    [InlineData("--", null)]
    [InlineData("-", null)]
    [InlineData("—", null)]
    [InlineData("", null)]
    [InlineData("N/A", null)]
    [InlineData("无", null)]
    [InlineData("null", null)]
    public void Money_is_read_to_the_cent_and_missing_is_not_zero(string cell, long? minor)
    {
        var file = Read($"日期,渠道,点击数,消耗\n2026-11-05,A,9,{cell}\n");
        Assert.Empty(file.Problems);
        Assert.Equal(minor, Assert.Single(file.Rows).Numbers.SpendMinor);
    }

    [Theory]
    [InlineData("5678次", 5678L)]
    [InlineData("\"5,678\"", 5678L)]
    [InlineData("1.2万", 12000L)]
    [InlineData("12.0", 12L)]
    public void Counts_are_whole(string cell, long clicks) =>
        Assert.Equal(clicks, Assert.Single(Read($"日期,渠道,点击数,消耗\n2026-11-05,A,{cell},1\n").Rows).Numbers.Clicks);

    [Theory]
    [InlineData("2026-11-05,A,9,abc", 4, "“abc”")]
    [InlineData("2026-11-05,A,9,NaN", 4, "“NaN”")]
    [InlineData("2026-11-05,A,9,-5", 4, "not negative")]
    [InlineData("2026-11-05,A,9,(5.00)", 4, "not negative")] // accountants' minus
    [InlineData("2026-11-05,A,9,$5", 4, "CNY")] // dollars in a yuan campaign
    [InlineData("2026-11-05,A,9,12.5%", 4, "amount")] // a rate is no amount
    [InlineData("2026-11-05,A,1.5,5", 3, "whole number")]
    [InlineData("2026-11-05,A,\"1,2,3\",5", 3, "number")] // groups are three digits
    [InlineData("2026-13-05,A,9,5", 1, "a day")]
    [InlineData(",A,9,5", 1, "empty")]
    [InlineData("2026-11-05,,9,5", 2, "channel")]
    [InlineData("2026-11-05,A,9,1,200.50", 5, "quotation marks")] // unquoted thousands separator
    [InlineData("2026-11-05,A,9,99999999999999999999", 4, "amount")]
    public void A_cell_that_cannot_be_read_rejects_its_row_with_its_place(string row, int column, string says)
    {
        var file = Read($"日期,渠道,点击数,消耗\n2026-11-04,A,1,1\n{row}\n2026-11-06,A,1,1\n");
        var problem = Assert.Single(file.Problems);
        Assert.Equal(("report.csv", 3, column), (problem.File, problem.Line, problem.Column));
        Assert.Contains(says, problem.Text.En, StringComparison.Ordinal);
        Assert.NotEqual(problem.Text.En, problem.Text.Zh);
        Assert.Equal((2, 3, 1), (file.Rows.Count, file.RowsRead, file.RowsRejected)); // the rest is imported
    }

    [Fact]
    public void Refunds_may_outweigh_the_sales_of_a_day() =>
        Assert.Equal(-8000, Assert.Single(Read("date,channel,clicks,cost,revenue\n2026-11-05,A,1,2,(80.00)\n").Rows).Numbers.RevenueMinor);

    [Theory]
    [InlineData("2026-11-05", 1105)]
    [InlineData("20261105", 1105)]
    [InlineData("2026/11/5", 1105)]
    [InlineData("2026年11月5日", 1105)]
    [InlineData("05.11.2026", 1105)] // full stops: day first
    [InlineData("2026-11-05 00:00:00", 1105)]
    [InlineData("\"Nov 5, 2026\"", 1105)]
    [InlineData("11/25/26", 1125)] // only the month can stand first
    [InlineData("25/11/2026", 1125)] // only the day can
    [InlineData("5/5/26", 505)] // the same either way
    public void A_day_is_read_as_platforms_write_it(string cell, int monthAndDay)
    {
        var day = Assert.Single(Read($"date,channel,clicks,cost\n{cell},A,1,2\n").Rows).Numbers.Date;
        Assert.Equal((2026, monthAndDay), (day.Year, (day.Month * 100) + day.Day));
    }

    [Fact]
    public void The_whole_file_decides_which_number_is_the_month()
    {
        Assert.StartsWith("20260204", Show(Read("date,channel,clicks,cost\n4/2/26,A,1,2\n13/2/26,A,1,2\n")), StringComparison.Ordinal); // 13 is no month
        Assert.StartsWith("20260402", Show(Read("date,channel,clicks,cost\n4/2/26,A,1,2\n4/13/26,A,1,2\n")), StringComparison.Ordinal);
        Assert.StartsWith(
            "20260201",
            Show(Read("date,channel,clicks,cost\n2/1/26,A,1,2\n2/2/26,A,1,2\n2/3/26,A,1,2\n")),
            StringComparison.Ordinal
        ); // neighbouring days
        Assert.StartsWith(
            "20260102",
            Show(Read("date,channel,clicks,cost\n2/1/26,A,1,2\n3/1/26,A,1,2\n4/1/26,A,1,2\n")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_date_that_reads_both_ways_is_asked_and_the_answer_or_the_flight_settles_it()
    {
        const string text = "date,channel,clicks,cost\n4/2/26,A,1,2\n";
        var file = Read(text);
        Assert.False(file.Recognised);
        Assert.Contains("4/2/26", Assert.Single(file.Problems).Text.En, StringComparison.Ordinal);
        var options = new MetricsFileOptions { Currency = "CNY" };
        Assert.StartsWith("20260204", Show(Read(text, options with { DateOrder = DateOrder.DayFirst })), StringComparison.Ordinal);
        var inApril = options with { FlightStart = new(2026, 4, 1), FlightEnd = new(2026, 4, 30) };
        Assert.StartsWith("20260402", Show(Read(text, inApril)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_files_own_totals_are_checked_and_a_difference_is_shown()
    {
        var agreeing = Read(
            Header + "2026-11-05,A,100,10,\"1,000.10\",1,50\n2026-11-05,B,200,20,2000.20,2,60\n总计,--,300,30,3000.30,3,110\n"
        );
        Assert.Equal(6, agreeing.Totals.Count + 1); // no leads in this file
        Assert.All(agreeing.Totals, t => Assert.True(t.Agrees));
        Assert.Equal(1, agreeing.Dropped.Totals);

        var short1 = Read(Header + "2026-11-05,A,100,10,1000,1,50\n2026-11-05,B,x,20,2000,2,60\n总计,--,300,30,3000,3,110\n");
        var spend = short1.Totals.Single(t => t.Field == MetricField.Spend);
        Assert.Equal((300000m, 100000m, -200000m, false), (spend.InFile, spend.Imported, spend.Difference, spend.Agrees));
    }

    [Fact]
    public void Ad_groups_of_a_day_add_up_the_same_row_twice_counts_once_and_a_contradiction_is_rejected()
    {
        var groups = Read("date,campaign,ad group,clicks,cost\n2026-11-05,A,g1,1,10\n2026-11-05,a,g2,2,20\n2026-11-05,A,g3,--,\n");
        Assert.Equal("20261105 A ? 3 3000 ? ? ?", Show(groups));

        var twice = Read("date,campaign,clicks,cost\n2026-11-05,A,1,10\n2026-11-05,A,1,10\n2026-11-05,A,2,10\n");
        Assert.Equal("20261105 A ? 1 1000 ? ? ?", Show(twice));
        Assert.Equal(1, twice.Dropped.Duplicates);
        var problem = Assert.Single(twice.Problems);
        Assert.Equal(4, problem.Line);
        Assert.Contains("line 2", problem.Text.En, StringComparison.Ordinal);
    }

    [Fact]
    public void Plans_of_one_platform_add_up_when_the_channel_is_given()
    {
        var file = Read(
            "推广计划名称,状态,曝光量,点击量,花费(元)\n计划甲,投放中,100,5,10.5\n计划乙,投放中,50,1,0.5\n",
            new MetricsFileOptions { Currency = "CNY", Channel = "腾讯广告" },
            "推广计划_20261105.csv"
        );
        Assert.Equal("20261105 腾讯广告 150 6 1100 ? ? ?", Show(file)); // the day is in the file name
        Assert.Contains("2026-11-05", Assert.Single(file.Notices).Text.Zh, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_over_several_days_are_refused_with_advice()
    {
        var file = Read(
            "Reporting starts,Reporting ends,Campaign name,Amount spent (USD),Link clicks\n2026-11-01,2026-11-07,A,70,7\n2026-11-08,2026-11-08,A,9,1\n",
            "USD"
        );
        Assert.Equal("20261108 A ? 1 900 ? ? ?", Show(file));
        Assert.Contains("breakdown by day", Assert.Single(file.Problems).Text.En, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_in_another_currency_is_refused_as_a_whole()
    {
        var file = Read("date,campaign,Amount spent (USD),clicks\n2026-11-05,A,70,7\n");
        Assert.False(file.Recognised);
        Assert.Empty(file.Rows);
        Assert.Contains("USD", Assert.Single(file.Problems).Text.En, StringComparison.Ordinal);
        var column = Read("date,campaign,spend,clicks,currency code\n2026-11-05,A,70,7,EUR\n2026-11-05,B,70,7,CNY\n");
        Assert.Equal("20261105 B ? 7 7000 ? ? ?", Show(column));
    }

    [Fact]
    public void A_file_that_is_not_a_report_says_what_it_has_and_what_is_needed()
    {
        var file = Read("name,phone,birthday\nLi,1,2\n");
        Assert.False(file.Recognised);
        var problem = Assert.Single(file.Problems).Text;
        Assert.Contains("name | phone | birthday", problem.En, StringComparison.Ordinal);
        Assert.Contains("消耗", problem.Zh, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("PK\u0003\u0004zip", "workbook")]
    [InlineData("date,channel,clicks,cost\n1,2,3", "report")] // two letters too long for the limit below
    public void What_cannot_be_read_at_all_is_one_sentence(string text, string says)
    {
        var file = Read(text, new MetricsFileOptions { Currency = "CNY", LargestBytes = says == "report" ? 10 : 100 });
        Assert.False(file.Recognised);
        Assert.Contains(says == "report" ? "larger than" : says, Assert.Single(file.Problems).Text.En, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quote_that_never_closes_costs_only_what_follows()
    {
        var file = Read("date,channel,clicks,cost\n2026-11-05,A,1,2\n2026-11-06,\"A,1,2\n" + new string('x', 30_000));
        Assert.Equal("20261105 A ? 1 200 ? ? ?", Show(file));
        Assert.Contains(file.Problems, p => p.Line == 3 && p.Text.En.Contains("quotation mark", StringComparison.Ordinal));
    }

    [Fact]
    public void Too_many_rows_are_refused()
    {
        var file = Read(
            Header + string.Concat(Enumerable.Repeat("2026-11-05,A,1,1,1,1,1\n", 20)),
            new MetricsFileOptions { Currency = "CNY", MostRows = 10 }
        );
        Assert.False(file.Recognised);
        Assert.Contains("more than 10 rows", Assert.Single(file.Problems).Text.En, StringComparison.Ordinal);
    }

    [Fact]
    public void A_house_can_teach_its_own_words()
    {
        const string text = "日期,渠道,点击数,投放成本\n2026-11-05,A,1,2\n";
        Assert.Null(Assert.Single(Read(text).Rows).Numbers.SpendMinor);
        var taught = MetricColumns.Default.With(MetricField.Spend, "投放成本");
        Assert.Equal(200, Assert.Single(Read(text, new MetricsFileOptions { Currency = "CNY", Columns = taught }).Rows).Numbers.SpendMinor);
    }

    [Fact]
    public void Yen_have_no_cents() =>
        Assert.Equal(1200, Assert.Single(Read("date,channel,clicks,cost\n2026-11-05,A,1,\"¥1,200\"\n", "JPY").Rows).Numbers.SpendMinor);
}
