using System.Globalization;
using System.Text.Json;
using CampaignFlow.Engine.Expressions;

namespace CampaignFlow.Engine.Rules;

/// <summary>Verdicts as canonical JSON.</summary>
internal static class VerdictWriter
{
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<Verdict> verdicts)
    {
        writer.WriteStartArray();
        foreach (var verdict in verdicts)
        {
            writer.WriteStartObject();
            writer.WriteString("rule", verdict.Rule);
            writer.WriteString("hash", verdict.RuleHash);
            writer.WriteStartObject("subject");
            foreach (var (role, code) in verdict.Subject.OrderBy(s => s.Key, StringComparer.Ordinal))
                writer.WriteString(role, code);
            writer.WriteEndObject();
            writer.WriteString("kind", verdict.Kind.ToString());
            if (verdict.BlockedBy is { } by)
                writer.WriteString("by", by);
            Say(writer, "why", verdict.Why);
            writer.WriteString("mode", Mode(verdict.Mode));
            writer.WriteStartArray("clauses");
            foreach (var clause in verdict.Clauses)
                Write(writer, clause);
            writer.WriteEndArray();
            writer.WriteStartArray("actions");
            foreach (var action in verdict.Actions)
                Write(writer, action);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static string Mode(Mode mode) =>
        mode switch
        {
            Rules.Mode.AskAbove above => string.Create(CultureInfo.InvariantCulture, $"ask above {above.Minor}"),
            Rules.Mode.Observe => "observe",
            Rules.Mode.Auto => "auto",
            _ => "ask",
        };

    private static void Write(Utf8JsonWriter writer, Clause clause)
    {
        writer.WriteStartObject();
        writer.WriteString("text", clause.Text);
        if (clause.Holds is { } holds)
            writer.WriteBoolean("holds", holds);
        Number(writer, "left", clause.Left);
        Number(writer, "right", clause.Right);
        Number(writer, "gap", clause.Gap);
        Say(writer, "sentence", clause.Sentence);
        if (clause.Outlook is { } outlook)
            Say(writer, "outlook", outlook);
        writer.WriteEndObject();
    }

    /// <summary>Twelve digits: the last of a double may differ with the order in which a processor adds.</summary>
    private static void Number(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } known && double.IsFinite(known))
            writer.WriteNumber(
                name,
                decimal.Parse(known.ToString("G12", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture)
            );
    }

    private static void Write(Utf8JsonWriter writer, RuleAction action)
    {
        writer.WriteStartObject();
        writer.WriteString("do", action.GetType().Name);
        switch (action)
        {
            case RuleAction.Shift shift:
                Move(writer, shift.From, shift.To, shift.AmountMinor);
                break;
            case RuleAction.Lift lift:
                Move(writer, null, lift.Channel, lift.AmountMinor);
                break;
            case RuleAction.Cut cut:
                Move(writer, cut.Channel, null, cut.AmountMinor);
                break;
            case RuleAction.Revert revert:
                Move(writer, revert.From, revert.To, revert.AmountMinor);
                writer.WriteString("rule", revert.Rule);
                writer.WriteString("day", RecordWriter.Day(revert.Day));
                break;
            case RuleAction.Pause pause:
                writer.WriteString("channel", pause.Channel);
                break;
            case RuleAction.Resume resume:
                writer.WriteString("channel", resume.Channel);
                break;
            case RuleAction.Mark mark:
                About(writer, mark.Channel, Phrase.Same(mark.Word));
                break;
            case RuleAction.Notify notify:
                writer.WriteString("whom", notify.Whom);
                Say(writer, "what", notify.Message);
                break;
            case RuleAction.Ask ask:
                writer.WriteString("whom", ask.Whom);
                Say(writer, "what", ask.Question);
                writer.WriteNumber("minutes", (long)ask.Within.TotalMinutes);
                writer.WriteString("else", ask.Otherwise);
                break;
            case RuleAction.Task task:
                writer.WriteString("whom", task.Whom);
                Say(writer, "what", task.What);
                writer.WriteNumber("minutes", (long)task.Within.TotalMinutes);
                break;
            case RuleAction.Issue issue:
                About(writer, issue.Channel, issue.Title);
                break;
            case RuleAction.Experiment experiment:
                About(writer, experiment.Channel, experiment.Question);
                break;
            case RuleAction.Start start:
                writer.WriteString("what", start.Workflow);
                break;
            case RuleAction.Signal signal:
                writer.WriteString("what", signal.Event);
                break;
            case RuleAction.Hold hold:
                About(writer, hold.Channel, Phrase.Same(hold.What));
                break;
            case RuleAction.Advance advance:
                writer.WriteString("what", advance.To);
                break;
            default:
                throw new InvalidOperationException($"{action.GetType().Name} cannot be recorded.");
        }
        writer.WriteEndObject();
    }

    private static void Move(Utf8JsonWriter writer, string? from, string? to, long amount)
    {
        writer.WriteString("from", from ?? BudgetChange.Reserve);
        writer.WriteString("to", to ?? BudgetChange.Reserve);
        writer.WriteNumber("amount", amount);
    }

    private static void About(Utf8JsonWriter writer, string? channel, Phrase what)
    {
        if (channel is not null)
            writer.WriteString("channel", channel);
        Say(writer, "what", what);
    }

    private static void Say(Utf8JsonWriter writer, string name, Phrase phrase)
    {
        writer.WriteStartObject(name);
        writer.WriteString("en", phrase.En);
        writer.WriteString("zh", phrase.Zh);
        writer.WriteEndObject();
    }
}
