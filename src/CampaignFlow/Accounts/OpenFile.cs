namespace CampaignFlow.Accounts;

/// <summary>
/// Marks endpoints of files that everybody may have. Whoever asks is not looked up: that would renew the cookie with every file, and a
/// browser keeps nothing that comes with a cookie.
/// </summary>
public sealed class OpenFile
{
    private OpenFile() { }

    public static OpenFile Mark { get; } = new();
}
