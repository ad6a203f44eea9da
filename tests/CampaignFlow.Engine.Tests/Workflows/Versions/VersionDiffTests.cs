using CampaignFlow.Engine.Workflows.Definition;
using CampaignFlow.Engine.Workflows.Versions;
using static CampaignFlow.Engine.Tests.Workflows.Versions.Drawing;

namespace CampaignFlow.Engine.Tests.Workflows.Versions;

public class VersionDiffTests
{
    [Fact]
    public void Activities_and_connections_that_came_and_went_are_named()
    {
        var diff = VersionDiff.Of(Flow("a:ask b:ask c:ask", "a>b b>c"), Flow("a:ask c:ask d:gate", "a>c c>d"));
        Assert.Equal(["b removed", "d added"], diff.Activities.Select(d => d.Removed ? $"{d.Before!.Id} removed" : $"{d.After!.Id} added"));
        Assert.Equal(["-a>b", "-b>c", "+a>c", "+c>d"], diff.Connections.Select(c => $"{(c.Added ? '+' : '-')}{c.Source.Id}>{c.Target.Id}"));
    }

    [Fact]
    public void A_changed_input_says_from_what_to_what_in_both_languages()
    {
        static WorkflowDefinition Asks(string title) => Holding("Sequence", "a:task", root => root["activities"]![0]!["title"] = title);
        var change = Assert.Single(Assert.Single(VersionDiff.Of(Asks("Fill the sheet"), Asks("Fill both sheets")).Activities).Changes);
        Assert.Equal(new ValueChange(new("Title", "标题"), Phrase.Same("Fill the sheet"), Phrase.Same("Fill both sheets")), change);
    }

    [Fact]
    public void Another_text_on_the_canvas_is_a_change()
    {
        static WorkflowDefinition Shown(string text) =>
            Holding(
                "Sequence",
                "a:task",
                root => root["activities"]![0]!["metadata"] = new System.Text.Json.Nodes.JsonObject { ["displayText"] = text }
            );
        var changes = Assert.Single(VersionDiff.Of(Shown("Ask"), Shown("Ask again")).Activities).Changes;
        Assert.Contains(new ValueChange(new("Text on the canvas", "画布上的文字"), Phrase.Same("Ask"), Phrase.Same("Ask again")), changes);
    }

    [Fact]
    public void A_literal_that_became_an_expression_and_a_type_that_became_another_are_changes()
    {
        var diff = VersionDiff.Of(
            Holding("Sequence", "a:line b:ask"),
            Holding(
                "Sequence",
                "a:line b:delay",
                root =>
                    root["activities"]![0]!["text"] = System.Text.Json.Nodes.JsonNode.Parse(
                        """{"typeName":"String","expression":{"type":"JavaScript","value":"1 + 1"}}"""
                    )
            )
        );
        Assert.Equal(
            new ValueChange(new("Text", "文本"), Phrase.Same("a"), Phrase.Same("1 + 1")),
            Assert.Single(diff.Activities[0].Changes)
        );
        Assert.Equal(new ValueChange(new("Type", "类型"), new("Event", "等待事件"), new("Delay", "延时")), diff.Activities[1].Changes[0]);
    }

    [Fact]
    public void An_activity_that_moved_into_another_container_is_one_that_moved()
    {
        var diff = VersionDiff.Of(
            Holding("Sequence", "a:line b:line"),
            Holding(
                "Sequence",
                "a:line s:sequence",
                root => root["activities"]![1]!["activities"] = new System.Text.Json.Nodes.JsonArray(Activity("b:line"))
            )
        );
        var moved = Assert.Single(diff.Activities, d => d.Moved);
        Assert.Equal(("b", "root", "s"), (moved.Before!.Id, moved.ContainerBefore!.Id, moved.ContainerAfter!.Id));
    }

    [Fact]
    public void The_order_of_a_sequence_counts_and_places_on_the_canvas_do_not()
    {
        var order = Assert.Single(
            Assert.Single(VersionDiff.Of(Holding("Sequence", "a:line b:line"), Holding("Sequence", "b:line a:line")).Activities).Changes
        );
        Assert.Equal((Phrase.Same("a, b"), Phrase.Same("b, a")), (order.Before!.Value, order.After!.Value));
        Assert.True(
            VersionDiff
                .Of(
                    Flow("a:line b:line", "a>b"),
                    Holding(
                        "Flowchart",
                        "b:line a:line",
                        root =>
                        {
                            root["id"] = "flow";
                            root["connections"] = System.Text.Json.Nodes.JsonNode.Parse(
                                """[{"source":{"activity":"a","port":"Done"},"target":{"activity":"b","port":"In"}}]"""
                            );
                            root["activities"]![0]!["metadata"] = System.Text.Json.Nodes.JsonNode.Parse(
                                """{"designer":{"position":{"x":7,"y":7}}}"""
                            );
                        }
                    )
                )
                .IsEmpty
        );
    }

    [Fact]
    public void A_chosen_pair_is_one_activity_and_only_what_it_says_counts()
    {
        var (old, @new) = (Flow("a:ask b:gate", "a>b"), Flow("a:ask b2:gate", "a>b2"));
        var mapping = ActivityMapping.Of(old, @new, new Dictionary<string, string>(StringComparer.Ordinal) { ["b"] = "b2" });
        var diff = VersionDiff.Of(old, @new, mapping);
        Assert.Empty(diff.Connections);
        Assert.Equal("Title", Assert.Single(Assert.Single(diff.Activities).Changes).What.En);
    }
}
