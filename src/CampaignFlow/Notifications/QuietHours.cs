namespace CampaignFlow.Notifications;

/// <summary>Between 21:00 and 08:00 on the reader's clock only critical mails go out.</summary>
public static class QuietHours
{
    public static readonly TimeOnly From = new(21, 0);
    public static readonly TimeOnly Until = new(8, 0);

    /// <returns><paramref name="now"/> by day; the coming 08:00 of the reader's zone at night.</returns>
    public static DateTimeOffset Next(DateTimeOffset now, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(now, zone).DateTime;
        var time = TimeOnly.FromDateTime(local);
        if (time >= Until && time < From)
            return now;
        var morning = DateOnly.FromDateTime(local).AddDays(time >= From ? 1 : 0).ToDateTime(Until);
        if (zone.IsInvalidTime(morning))
            morning = morning.AddHours(1);
        return new DateTimeOffset(morning, zone.GetUtcOffset(morning)).ToUniversalTime();
    }
}
