using System.Text.Json.Nodes;
using CampaignFlow.Engine.Workflows;
using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Versions;
using static CampaignFlow.Engine.Tests.Workflows.Versions.Drawing;

namespace CampaignFlow.Engine.Tests.Workflows.Versions;

public class MigrationTests
{
    private const string ThreeAsks = "a:ask b:ask c:ask";
    private const string InRow = "a>b b>c";

    private static MigrationOutcome Carry(
        WorkflowDefinition old,
        WorkflowDefinition @new,
        RunState state,
        params (string, string)[] chosen
    ) =>
        new Migration(ActivityMapping.Of(old, @new, chosen.ToDictionary(c => c.Item1, c => c.Item2, StringComparer.Ordinal))).Carry(
            state,
            Sample.Now
        );

    [Theory]
    [InlineData("", ChangePlace.Before, "a b g c")] // it will meet the gate
    [InlineData("a", ChangePlace.Before, "a b g c")]
    [InlineData("a b", ChangePlace.After, "a b c")] // it is past it
    public void A_run_meets_a_gate_that_is_put_in_before_it_and_no_other(string answered, ChangePlace place, string completed)
    {
        var (old, @new) = (Flow(ThreeAsks, InRow), Flow("a:ask b:ask g:gate c:ask", "a>b b>g g>c"));
        var run = new Drive(old);
        foreach (var answer in answered.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            run.Answer(answer);

        var outcome = Carry(old, @new, run.State);
        run.GoOnWith(@new, Allowed(outcome));
        run.ToTheEnd();

        Assert.Equal(place, outcome.Place);
        Assert.Equal(completed, string.Join(' ', run.Completed.Where(c => c != "flow")));
        Assert.Equal(RunStatus.Finished, run.State.Status);
    }

    public static TheoryData<string, string, string, string, string, string, string> Refused() =>
        new()
        {
            // why, old, its connections, answered, new, its connections + mapping, what the sentence says
            { "a wait without a successor", ThreeAsks, InRow, "a", "a:ask c:ask", "a>c", "'b', which the newer version does not have" },
            { "a wait of another type", ThreeAsks, InRow, "a", "a:ask b:delay c:ask", InRow, "'b', which is a Delay" },
            { "mapped past an old gate", "a:ask g:gate c:ask", "a>g g>c", "", "g:gate c:ask d:ask", "g>d d>c a=d", "'d' stands after 'g'" },
            { "moved behind an old gate", "a:ask b:ask g:gate", "a>b b>g", "", "g:gate a:ask b:ask", "g>a a>b", "'a' stands after 'g'" },
            { "mapped past a new gate", ThreeAsks, InRow, "a", "a:ask g:gate n:ask c:ask", "a>g g>n n>c b=n", "'n' stands after 'g'" },
            { "finished comes again", ThreeAsks, InRow, "a", "b:ask a:ask c:ask", "b>a a>c", "it would be done twice" },
            {
                "open comes again",
                "f:fork a:ask b:ask j:all",
                "f>a f>b a>j b>j",
                "",
                "f:fork a:ask b:ask j:all",
                "f>a f>b a>b b>j",
                "done twice"
            },
            {
                "a join that cannot be reached",
                "f:fork a:ask b:ask j:all",
                "f>a f>b a>j b>j",
                "a",
                "f:fork a:ask b:ask n:ask j:all",
                "f>a f>b f>n a>j b>j n>j",
                "'j' waits for 'n'"
            },
            {
                "a gate beside the run",
                "f:fork a:ask b:ask j:any",
                "f>a f>b a>j b>j",
                "",
                "f:fork a:ask b:ask g:gate j:any",
                "f>a f>b f>g a>j b>j g>j",
                "has 'g' on a branch beside"
            },
            {
                "a finished branch that goes nowhere",
                "f:fork a:ask b:ask j:all",
                "f>a f>b a>j b>j",
                "a",
                "f:fork a:ask b:ask j:all",
                "f>a f>b b>j",
                "finished 'a' and waits"
            },
            {
                "a finished branch with two ways",
                "f:fork a:ask b:ask j:all",
                "f>a f>b a>j b>j",
                "a",
                "f:fork a:ask b:ask j:all x:line y:line",
                "f>a f>b b>j a>x a>y x>j y>j",
                "finished 'a' and waits"
            },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_kept_is_refused_with_a_sentence(
        string why,
        string old,
        string oldConnections,
        string answered,
        string @new,
        string newConnections,
        string sentence
    )
    {
        var before = Flow(old, oldConnections);
        var chosen = newConnections.Split(' ').Where(c => c.Contains('=', StringComparison.Ordinal)).ToList();
        var after = Flow(@new, string.Join(' ', newConnections.Split(' ').Except(chosen)));
        var run = new Drive(before);
        foreach (var answer in answered.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            run.Answer(answer);

        var outcome = Carry(before, after, run.State, [.. chosen.Select(c => c.Split('=')).Select(c => (c[0], c[1]))]);

        Assert.True(outcome.State is null, why);
        Assert.Contains(outcome.Refusals, r => r.En.Contains(sentence, StringComparison.Ordinal));
        Assert.All(outcome.Refusals, r => Assert.NotEqual(r.En, r.Zh));
    }

    [Fact]
    public void A_wait_keeps_its_bookmark_its_due_time_and_its_number_under_a_new_id()
    {
        var (old, @new) = (Flow("a:delay b:line", "a>b"), Flow("first:delay b:line", "first>b"));
        var run = new Drive(old);
        var before = Assert.Single(run.Bookmarks);

        var state = Allowed(Carry(old, @new, run.State, ("a", "first")));

        var execution = Assert.Single(state.Executions, e => e.Bookmarks.Count > 0);
        Assert.Equal("first", execution.Activity);
        Assert.Equal(before, Assert.Single(execution.Bookmarks));
        Assert.Equal("a", run.State.Executions.Single(e => e.Bookmarks.Count > 0).Activity); // the given state is left as it is
    }

    [Theory]
    [InlineData("f:fork a:ask b:ask n:line j:all", "f>a f>b a>n n>j b>j", "n b j")] // put in where a branch waits: it goes on there at once
    [InlineData("f:fork b:ask j:all x:line", "f>b f>j b>j j>x", "b j x")] // a finished activity is taken out
    [InlineData("f:fork a:ask b:ask j:all", "f>a f>b a>j b>j", "b j")]
    [InlineData("f:fork a:ask b:ask j:all x:line", "f>a f>b a>j b>x j>x", "j b x")] // the join need not wait any more
    public void A_branch_that_has_arrived_goes_on_where_it_now_leads(string @new, string connections, string then)
    {
        var (old, after) = (Flow("f:fork a:ask b:ask j:all", "f>a f>b a>j b>j"), Flow(@new, connections));
        var run = new Drive(old).Answer("a");
        run.Completed.Clear();

        run.GoOnWith(after, Allowed(Carry(old, after, run.State)));
        run.ToTheEnd();

        Assert.Equal(then, string.Join(' ', run.Completed.Where(c => c != "flow")));
        Assert.Equal(RunStatus.Finished, run.State.Status);
    }

    [Fact]
    public void What_starts_at_once_is_foretold()
    {
        var (old, @new) = (
            Flow("f:fork a:ask b:ask j:all", "f>a f>b a>j b>j"),
            Flow("f:fork a:ask b:ask n:task j:all", "f>a f>b a>n n>j b>j")
        );
        var outcome = Carry(old, @new, new Drive(old).Answer("a").State);
        Assert.True(outcome.GoesOn);
        Assert.Equal("n", Assert.Single(outcome.Starts).Id);
        Assert.False(Carry(old, @new, new Drive(old).State).GoesOn);
    }

    [Theory]
    [InlineData("x:line a:ask b:ask c:ask", "a", "a b c")]
    [InlineData("a:ask x:line b:ask c:ask", "a", "a x b c")]
    [InlineData("a:ask b:ask x:line", "a b", null)] // stands at c, which is gone
    [InlineData("b:ask c:ask", "a", "a b c")]
    public void A_sequence_goes_on_after_the_child_it_stands_at(string children, string answered, string? completed)
    {
        var (old, @new) = (Holding("Sequence", ThreeAsks), Holding("Sequence", children));
        var run = new Drive(old);
        foreach (var answer in answered.Split(' ').SkipLast(completed is null ? 0 : 1))
            run.Answer(answer);
        if (completed is not null && answered == "a" && children.StartsWith('b'))
            run.Answer("a");

        var outcome = Carry(old, @new, run.State);
        if (completed is null)
        {
            Assert.Null(outcome.State);
            return;
        }
        run.GoOnWith(@new, Allowed(outcome));
        run.ToTheEnd();
        Assert.Equal(completed, string.Join(' ', run.Completed.Where(c => c != "root")));
    }

    [Fact]
    public void A_parallel_that_has_begun_takes_no_new_branch_but_may_lose_a_finished_one()
    {
        var old = Holding("Parallel", ThreeAsks);
        var run = new Drive(old).Answer("a");
        Assert.Null(Carry(old, Holding("Parallel", "a:ask b:ask c:ask d:ask"), run.State).State);
        var smaller = Holding("Parallel", "b:ask c:ask");
        run.GoOnWith(smaller, Allowed(Carry(old, smaller, run.State)));
        run.ToTheEnd();
        Assert.Equal(RunStatus.Finished, run.State.Status);
    }

    [Fact]
    public void A_loop_goes_on_with_its_own_list_and_index()
    {
        static Action<JsonObject> Body(string id, params int[] items) =>
            root =>
            {
                root.Remove("activities");
                root["items"] = new JsonObject
                {
                    ["typeName"] = "Object",
                    ["expression"] = new JsonObject
                    {
                        ["type"] = "Object",
                        ["value"] = new JsonArray([.. items.Select(i => (JsonNode)i)]).ToJsonString(),
                    },
                };
                root["body"] = Activity(id + ":ask");
            };
        var (old, @new) = (Holding("ForEach", "x:line", Body("a", 1, 2, 3)), Holding("ForEach", "x:line", Body("b", 7)));
        var run = new Drive(old).Answer("a");

        run.GoOnWith(@new, Allowed(Carry(old, @new, run.State, ("a", "b"))));

        Assert.Equal("b", Assert.Single(run.Waiting));
        run.ToTheEnd();
        Assert.Equal(["a", "b", "b", "root"], run.Completed); // the list was read once, at the start
    }

    [Fact]
    public void Cases_of_a_switch_that_are_still_to_come_follow_their_ids()
    {
        static Action<JsonObject> Cases(params string[] ids) =>
            root =>
            {
                root.Remove("activities");
                root["mode"] = "MatchAny";
                root["cases"] = new JsonArray([
                    .. ids.Select(id =>
                        (JsonNode)
                            new JsonObject
                            {
                                ["label"] = id,
                                ["condition"] = new JsonObject { ["type"] = "Literal", ["value"] = true },
                                ["activity"] = Activity(id + ":ask"),
                            }
                    ),
                ]);
            };
        var (old, @new) = (Holding("Switch", "x:line", Cases("a", "b", "c")), Holding("Switch", "x:line", Cases("a", "c2")));
        var run = new Drive(old);

        run.GoOnWith(@new, Allowed(Carry(old, @new, run.State, ("c", "c2"))));
        run.ToTheEnd();

        Assert.Equal(["a", "c2", "root"], run.Completed); // b was taken out before its turn
    }

    [Fact]
    public void Variables_are_kept_renamed_by_id_retyped_added_and_left_out()
    {
        static JsonObject Variable(string id, string name, string type, JsonNode? value) =>
            new()
            {
                ["id"] = id,
                ["name"] = name,
                ["typeName"] = type,
                ["value"] = value,
            };
        var old = Flow(
            "a:ask",
            "",
            [
                Variable("1", "Kept", "Int32", 5),
                Variable("2", "Was", "String", "x"),
                Variable("3", "Number", "String", "12"),
                Variable("4", "Gone", "String", "y"),
            ]
        );
        var @new = Flow(
            "a:ask",
            "",
            [
                Variable("1", "Kept", "Int32", 9),
                Variable("2", "Is", "String", null),
                Variable("3", "Number", "Int32", 0),
                Variable("5", "Added", "String", "z"),
            ]
        );
        var state = Allowed(Carry(old, @new, new Drive(old).State));
        Assert.Equal("""{"Kept":5,"Is":"x","Number":12,"Added":"z"}""", System.Text.Json.JsonSerializer.Serialize(state.Variables[""]));

        var worse = Flow("a:ask", "", [Variable("2", "Was", "Int32", null)]);
        Assert.Equal("""Variable 'Was': "x" is not a whole number.""", Assert.Single(Carry(old, worse, new Drive(old).State).Refusals).En);
    }

    [Fact]
    public void A_run_that_has_not_begun_begins_in_the_newer_version_and_one_that_is_over_stays()
    {
        var (old, @new) = (Flow(ThreeAsks, InRow), Flow("n:ask", ""));
        Assert.NotNull(Carry(old, @new, new RunState()).State);
        Assert.Null(Carry(old, @new, new RunState { Status = RunStatus.Finished, Next = 9 }).State);
    }

    [Theory]
    [InlineData("b", "x", "no activity 'x'")]
    [InlineData("x", "b2", "no activity 'x'")]
    [InlineData("b", "d", "only activities of one type")]
    [InlineData("b", "a", "cannot both become 'a'")]
    public void A_mapping_that_cannot_be_is_told(string from, string to, string sentence)
    {
        var mapping = ActivityMapping.Of(
            Flow(ThreeAsks, InRow),
            Flow("a:ask b2:ask c:ask d:line", "a>b2 b2>c c>d"),
            new Dictionary<string, string>(StringComparer.Ordinal) { [from] = to }
        );
        Assert.Contains(sentence, Assert.Single(mapping.Problems).En, StringComparison.Ordinal);
    }

    [Fact]
    public void Renamed_activities_are_suggested_by_type_and_likeness()
    {
        var mapping = ActivityMapping.Of(
            Flow("brief-task:task check:gate x:line", "brief-task>check"),
            Flow("briefing-task:task checking:gate y:line z:ask", "briefing-task>checking")
        );
        Assert.Equal(
            ["brief-task=briefing-task", "check=checking"],
            MappingSuggestions.For(mapping).Select(s => $"{s.From}={s.To}").Order(StringComparer.Ordinal)
        );
    }

    private static RunState Allowed(MigrationOutcome outcome)
    {
        Assert.Empty(outcome.Refusals.Select(r => r.En));
        return outcome.State!;
    }
}
