namespace CampaignFlow.Notifications;

/// <summary>
/// Colours and fonts. Everything that matters is inline; the sheet only adds what inline styles cannot say: narrow screens and dark
/// themes. A program that drops the sheet still shows a readable mail.
/// </summary>
internal static class MailStyle
{
    public const string Font =
        "font-family:-apple-system,BlinkMacSystemFont,'Segoe UI','PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Noto Sans SC',Helvetica,Arial,sans-serif";

    public const string Sheet = """
        <style>
        @media (max-width:560px) {
          .cf-outer { padding:0 !important }
          .cf-card, .cf-band { border-radius:0 !important }
          .cf-card { border-left:0 !important; border-right:0 !important }
          .cf-band, .cf-body, .cf-foot { padding-left:16px !important; padding-right:16px !important }
          .cf-tiles, .cf-tiles tbody, .cf-tiles tr { display:block !important }
          .cf-tiles tr { display:flex !important; flex-wrap:wrap }
          .cf-tile { display:block !important; flex:1 1 40%; box-sizing:border-box }
          .cf-grid thead { display:none }
          .cf-grid, .cf-grid tbody, .cf-row, .cf-grid td { display:block !important; width:auto !important }
          .cf-row { padding:6px 0; border-bottom:1px solid #cfd7e0 }
          .cf-grid td { border-bottom:0 !important; padding:2px 0 !important; text-align:right !important; overflow:hidden }
          .cf-grid td.cf-first { text-align:left !important; font-size:15px; padding-top:6px !important }
          .cf-label { display:inline !important; float:left; color:#5d6b7a }
          .cf-button { display:block !important; text-align:center; margin-right:0 !important }
        }
        @media (prefers-color-scheme:dark) {
          .cf-page { background:#0f151c !important; color:#e4eaf1 !important }
          .cf-card { background:#18212b !important; border-color:#2b3846 !important }
          .cf-band { background:#0e2438 !important }
          .cf-ink { color:#eef3f8 !important }
          .cf-soft, .cf-label { color:#a3b1c0 !important }
          .cf-rule, .cf-row { border-color:#33414f !important }
          .cf-box { background:#212c38 !important; border-color:#18212b !important }
          .cf-ask { background:#2d2817 !important; border-color:#5c4c1d !important }
          .cf-link { color:#8ab8f0 !important }
          .cf-second { background:#18212b !important; color:#8ab8f0 !important; border-color:#46586b !important }
          .cf-good { color:#5fce8f !important }
          .cf-warning { color:#f0c05a !important }
          .cf-bad { color:#ff8f85 !important }
        }
        </style>
        """;

    public static string Ink(Tone tone) =>
        tone switch
        {
            Tone.Good => "#0b6b3a",
            Tone.Warning => "#8a5a00",
            Tone.Bad => "#b3261e",
            Tone.Muted => "#5d6b7a",
            _ => "#1d2733",
        };

    public static string Mark(Tone tone) => tone == Tone.Plain ? "#8796a6" : Ink(tone);

    public static string Class(Tone tone) =>
        tone switch
        {
            Tone.Good => "cf-good",
            Tone.Warning => "cf-warning",
            Tone.Bad => "cf-bad",
            Tone.Muted => "cf-soft",
            _ => "cf-ink",
        };
}
