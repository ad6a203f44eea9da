using System.Text.Json;

namespace CampaignFlow.Engine.Rules;

/// <summary>What people set beside the rule files: it can only make a rule stricter. Null: nothing set.</summary>
public sealed record GuardLimits
{
    /// <summary>The key under which limits for all rules stand; the others are rule ids.</summary>
    public const string AllRules = "";

    /// <summary>Conversions that each channel of a shift must have in the rule's window.</summary>
    public double? LeastConversions { get; init; }

    public double? Certainty { get; init; }
    public int? IgnoreLastDays { get; init; }
    public int? CooldownDays { get; init; }
    public double? ChangeAtMost { get; init; }
    public double? MoveAtMost { get; init; }
    public int? ChangesPerWeek { get; init; }
    public Mode? Mode { get; init; }

    /// <summary>The kill switch is thrown: the sentence says by whom and why.</summary>
    public Phrase? Stopped { get; init; }

    /// <summary>Both hold: of two values the stricter one.</summary>
    public GuardLimits And(GuardLimits? other) =>
        other is null
            ? this
            : new()
            {
                LeastConversions = Most(LeastConversions, other.LeastConversions),
                Certainty = Most(Certainty, other.Certainty),
                IgnoreLastDays = (int?)Most(IgnoreLastDays, other.IgnoreLastDays),
                CooldownDays = (int?)Most(CooldownDays, other.CooldownDays),
                ChangeAtMost = Least(ChangeAtMost, other.ChangeAtMost),
                MoveAtMost = Least(MoveAtMost, other.MoveAtMost),
                ChangesPerWeek = (int?)Least(ChangesPerWeek, other.ChangesPerWeek),
                Mode = Stricter(Mode, other.Mode),
                Stopped = Stopped ?? other.Stopped,
            };

    /// <summary>The rule as it may act under these limits.</summary>
    public Rule Tighten(Rule rule)
    {
        var guard = rule.Guard;
        return rule with
        {
            Guard = guard with
            {
                Certainty = Most(guard.Certainty, Certainty),
                IgnoreLastDays = Math.Max(guard.IgnoreLastDays, IgnoreLastDays ?? 0),
                CooldownDays = Math.Max(guard.CooldownDays, CooldownDays ?? 0),
                // A cooldown that the file does not have is one of each channel.
                CooldownPerChannel = guard.CooldownDays == 0 || guard.CooldownPerChannel,
                ChangeAtMost = Math.Min(guard.ChangeAtMost, ChangeAtMost ?? 1),
                MoveAtMost = Math.Min(guard.MoveAtMost, MoveAtMost ?? 1),
                LeastConversions = LeastConversions,
                ChangesPerWeek = ChangesPerWeek,
                Stopped = Stopped,
            },
            Mode = (Mode, rule.Mode) switch
            {
                (Rules.Mode.Observe, _) => new AskedMode.Observe(),
                (Rules.Mode.Ask, AskedMode.AskAbove or AskedMode.Auto) => new AskedMode.Ask(),
                _ => rule.Mode, // a limit in money is compared when the amount is known
            },
        };
    }

    /// <summary>Observe before ask before ask above the smaller amount before auto.</summary>
    public static Mode? Stricter(Mode? a, Mode? b) =>
        (a, b) switch
        {
            (null, _) => b,
            (_, null) => a,
            (Mode.AskAbove one, Mode.AskAbove other) => one.Minor <= other.Minor ? one : other,
            _ => Rank(a) <= Rank(b) ? a : b,
        };

    private static int Rank(Mode mode) =>
        mode switch
        {
            Mode.Observe => 0,
            Mode.Ask => 1,
            Mode.AskAbove => 2,
            _ => 3,
        };

    private static double? Most(double? a, double? b) => a is null || b > a ? b ?? a : a;

    private static double? Least(double? a, double? b) => a is null || b < a ? b ?? a : a;

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (
            var (name, number) in new[]
            {
                ("conversions", LeastConversions),
                ("certainty", Certainty),
                ("ignoreLast", IgnoreLastDays),
                ("cooldown", CooldownDays),
                ("change", ChangeAtMost),
                ("move", MoveAtMost),
                ("changes", ChangesPerWeek),
            }
        )
            if (number is { } set)
                writer.WriteNumber(name, set);
        if (Mode is not null)
            writer.WriteString("mode", Mode.GetType().Name);
        if (Mode is Mode.AskAbove above)
            writer.WriteNumber("above", above.Minor);
        if (Stopped is { } why)
        {
            writer.WriteString("stoppedEn", why.En);
            writer.WriteString("stoppedZh", why.Zh);
        }
        writer.WriteEndObject();
    }

    internal static GuardLimits Read(JsonElement json)
    {
        double? Number(string name) => json.TryGetProperty(name, out var value) ? value.GetDouble() : null;
        return new()
        {
            LeastConversions = Number("conversions"),
            Certainty = Number("certainty"),
            IgnoreLastDays = (int?)Number("ignoreLast"),
            CooldownDays = (int?)Number("cooldown"),
            ChangeAtMost = Number("change"),
            MoveAtMost = Number("move"),
            ChangesPerWeek = (int?)Number("changes"),
            Mode = json.TryGetProperty("mode", out var mode)
                ? mode.GetString() switch
                {
                    nameof(Rules.Mode.Observe) => new Mode.Observe(),
                    nameof(Rules.Mode.Ask) => new Mode.Ask(),
                    nameof(Rules.Mode.AskAbove) => new Mode.AskAbove(json.GetProperty("above").GetInt64()),
                    nameof(Rules.Mode.Auto) => new Mode.Auto(),
                    var other => throw new FormatException($"'{other}' is not a mode"),
                }
                : null,
            Stopped = json.TryGetProperty("stoppedEn", out var en)
                ? new(en.GetString() ?? "", json.GetProperty("stoppedZh").GetString() ?? "")
                : null,
        };
    }
}
