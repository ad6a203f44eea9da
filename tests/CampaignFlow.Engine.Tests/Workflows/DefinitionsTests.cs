using CampaignFlow.Engine.Workflows;

namespace CampaignFlow.Engine.Tests.Workflows;

public class DefinitionsTests
{
    [Theory]
    [InlineData("flow-straight-line", "Finished", "1|2")]
    [InlineData("flow-without-start-activity", "Finished", "1|2")] // the activity nothing leads to comes first
    [InlineData("flow-empty", "Finished", "")]
    [InlineData("flow-decision", "Finished", "review")]
    [InlineData("flow-outcome-without-connection", "Finished", "")] // False leads nowhere: that branch ends
    [InlineData("flow-merge-after-decision", "Finished", "yes|after")] // the way not taken is not waited for
    [InlineData("flow-implicit-join-waits-for-every-active-branch", "Finished", "a|b|after")] // once, after both
    [InlineData("join-wait-all", "Finished", "b|a|after")]
    [InlineData("join-wait-all-not-reached", "Finished", "b")] // one branch took another way
    [InlineData("join-wait-all-active-goes-on-without-the-dead-branch", "Finished", "b|after")]
    [InlineData("join-wait-any-cancels-the-slower-branch", "Finished", "late|after")] // no signal comes, so time is first
    [InlineData("join-wait-any-keeps-branches-that-do-not-lead-to-it", "Finished", "a|after|still")]
    [InlineData("loop-back-to-an-earlier-activity", "Finished", "round 1|round 2|round 3|end")]
    [InlineData("loop-back-of-one-branch-keeps-the-join-waiting", "Finished", "b|after 2")]
    [InlineData("flow-switch", "Finished", "small")]
    [InlineData("flow-switch-match-any", "Finished", "big|small|after")]
    [InlineData("flow-end-completes-only-its-flowchart", "Finished", "outside")]
    [InlineData("finish-cancels-everything", "Finished", "1")]
    [InlineData("sequence", "Finished", "1|2|3")]
    [InlineData("sequence-nested-with-own-variable", "Finished", "inner 7|outer 1")] // the inner N hides the outer one
    [InlineData("if-then-else", "Finished", "large")]
    [InlineData("switch", "Finished", "b|default")]
    [InlineData("for-each", "Finished", "千川 千川 0|百度 百度 1")]
    [InlineData("for-each-break", "Finished", "1|2|after")]
    [InlineData("while", "Finished", "1|2|3")]
    [InlineData("while-break-in-flowchart", "Finished", "1|2|after")]
    [InlineData("for-counts", "Finished", "1|2|3|4|2")]
    [InlineData("parallel", "Finished", "now|fast|slow|after")]
    [InlineData("parallel-for-each", "Finished", "item 1|item 2|item 3|after")]
    [InlineData("fault", "Faulted", "1")]
    [InlineData("complete-ends-its-workflow", "Finished", "1")] // from inside containers too
    [InlineData("set-output-and-names", "Finished", "double11")]
    [InlineData("event-waits", "Suspended", "")]
    [InlineData("event-from-another-branch", "Finished", "Li")]
    [InlineData("local-event", "Finished", "hello")]
    [InlineData("timer-cron-and-start-at", "Finished", "timer|cron|start at|past")]
    [InlineData("other-workflows", "Finished", "dispatched|executed")] // no host: simulated
    [InlineData("run-task", "Suspended", "")]
    [InlineData("product-activity", "Finished", "approved")] // simulated by its first outcome
    [InlineData("failing-expression", "Faulted", "1")]
    [InlineData("wrong-type-at-run-time", "Faulted", "")]
    [InlineData("rule-condition", "Finished", "low")]
    [InlineData("rule-unknown-stops", "Faulted", "")] // a missing score is neither below nor above
    [InlineData("rule-decides-in-spite-of-a-gap", "Finished", "fine")] // the other half is no
    [InlineData("rule-reads-inputs-and-outputs", "Faulted", "")] // simulated: nobody said who reviewed
    [InlineData("rule-in-a-switch", "Finished", "small")]
    [InlineData("javascript-reads-everything", "Finished", "double11/double11/double11|order-7|B|1+2")]
    [InlineData("uses-a-workflow", "Finished", "Wang greets|WANG/WANG")]
    [InlineData("uses-a-workflow-with-outcomes", "Finished", "large")]
    [InlineData("uses-a-workflow-that-waits", "Finished", "inner hello")] // its own variable, not the user's
    [InlineData("uses-a-workflow-that-uses-another", "Finished", "inner Li greets|inner Wang greets|Wang")]
    [InlineData("uses-a-workflow-that-finishes", "Finished", "inside")] // Finish ends the whole run
    [InlineData("http-endpoint-waits", "Suspended", "")]
    [InlineData("http-endpoint-starts", "Finished", "by hand")] // started by hand it begins at Start
    [InlineData("send-http-request-leaves-by-its-outcomes", "Finished", "unmatched|done")] // simulated: there is no status
    [InlineData("send-http-request-runs-what-stands-in-it", "Finished", "unmatched|after")]
    [InlineData("event-starts", "Suspended", "")]
    [InlineData("several-starts", "Finished", "on time")] // by hand: the first start waits for its time
    [InlineData("flow-without-a-first-activity-begins-with-the-first", "Suspended", "a")]
    [InlineData("flow-in-a-flow", "Finished", "1|2|after")]
    [InlineData("fork-and-join-wait-all", "Finished", "right|left|after")]
    [InlineData("explicit-join-in-a-loop", "Finished", "a|b|a|b|end")]
    [InlineData("break-leaves-sequences-up-to-the-loop", "Finished", "x|after")]
    [InlineData("parallel-for-each-that-waits", "Finished", "1@1|2@2|3@0|after")]
    [InlineData("state-outgrows-its-limit", "Faulted", "once")]
    [InlineData("unwrapped-inputs", "Finished", "plain|from variable|Wang")]
    public void A_definition_runs_as_in_Elsa(string name, string status, string output)
    {
        var result = new MemoryRun(Sample.Read(name)).Start(Sample.Inputs, Sample.Now);

        Assert.Equal(status, result.Status.ToString());
        Assert.Equal(output, string.Join("|", result.Output));
    }
}
