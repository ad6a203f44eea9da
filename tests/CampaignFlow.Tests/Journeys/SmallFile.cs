using System.Globalization;
using System.Text;

namespace CampaignFlow.Tests.Journeys;

/// <summary>A made-up campaign of three weeks: a strong, a middling and a weak channel and one too small to judge.</summary>
internal static class SmallFile
{
    public const int Days = 21;

    /// <summary>Minor units, so that the file's total is known without reading it back.</summary>
    public const long DailyTotal = 1_000_00 + 900_00 + 800_00 + 10_00;

    private static readonly (string Name, int Spend, double Return, int Orders)[] Channels =
    [
        ("search", 1000, 4.0, 80),
        ("social", 900, 2.2, 60),
        ("video", 800, 0.6, 40),
        ("niche", 10, 0.2, 0),
    ];

    public static string Text(int seed = 1)
    {
        var text = new StringBuilder("date,channel,impressions,clicks,cost,orders,revenue\n");
        for (var day = 0; day < Days; day++)
        {
            foreach (var c in Channels)
            {
                var wave = 1 + (0.1 * Math.Sin((day * 1.7) + seed));
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{new DateOnly(2026, 3, 2).AddDays(day):yyyy-MM-dd},{c.Name},{c.Spend * 40},{c.Spend},{c.Spend}.00,{c.Orders},{c.Spend * c.Return * wave:0.00}\n"
                );
            }
        }
        return text.ToString();
    }

    /// <returns>The written file.</returns>
    public static string Write(string folder, string? text = null)
    {
        var file = Path.Combine(folder, "spring.csv");
        File.WriteAllText(file, text ?? Text());
        return file;
    }
}
