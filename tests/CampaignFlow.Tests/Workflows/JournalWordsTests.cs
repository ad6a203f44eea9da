using CampaignFlow.Shell;
using CampaignFlow.Workflows;

namespace CampaignFlow.Tests.Workflows;

public sealed class JournalWordsTests
{
    [Theory]
    [InlineData("timer until 2026-10-10 01:10:00Z", "timer until 10 Oct 2026, 09:10", "定时，至 2026年10月10日 09:10")]
    [InlineData("task 0198-ab until 2026-10-10 01:10:00Z", "task until 10 Oct 2026, 09:10", "任务，至 2026年10月10日 09:10")]
    [InlineData("event rules-due", "event rules-due", "事件 rules-due")]
    [InlineData(
        "gate C3_STRATEGY until 2026-12-31 20:00:00Z",
        "gate C3_STRATEGY until 1 Jan 2027, 04:00",
        "关口 C3_STRATEGY，至 2027年1月1日 04:00"
    )]
    [InlineData("signature 7", "signature 7", "signature 7")]
    public void A_wait_is_told_in_the_readers_words_and_in_the_campaigns_zone(string written, string english, string chinese)
    {
        Assert.Equal(english, JournalWords.Of("Suspended", written, Words.For("en"), "Asia/Shanghai"));
        Assert.Equal(chinese, JournalWords.Of("Resumed", written, Words.For("zh-CN"), "Asia/Shanghai"));
        Assert.Equal(english, JournalWords.Of("Suspended", written, Words.For("en", "Asia/Shanghai"), null));
    }

    [Theory]
    [InlineData("Message", "timer until 2026-10-10 01:10:00Z")]
    [InlineData("Completed", null)]
    public void What_tells_of_no_wait_stays_as_it_was_written(string what, string? written) =>
        Assert.Equal(written, JournalWords.Of(what, written, Words.For("zh-CN"), null));
}
