using CampaignFlow.Engine;

namespace CampaignFlow.Shell;

/// <summary>What a colour means; always shown with an icon and a word as well.</summary>
public enum Tone
{
    Quiet,

    /// <summary>Green: holds.</summary>
    Holds,

    /// <summary>Amber: needs a look.</summary>
    Look,

    /// <summary>Red: blocks.</summary>
    Blocks,

    /// <summary>Blue: a person's turn.</summary>
    YourTurn,
}

public static class Tones
{
    extension(Tone tone)
    {
        /// <summary>CSS class suffix: <c>tone-holds</c>.</summary>
        public string Css => tone == Tone.YourTurn ? "tone-turn" : "tone-" + tone.ToString().ToLowerInvariant();

        /// <summary>Tabler icon name without the <c>ti-</c>.</summary>
        public string Icon =>
            tone switch
            {
                Tone.Holds => "circle-check",
                Tone.Look => "alert-triangle",
                Tone.Blocks => "hand-stop",
                Tone.YourTurn => "user-circle",
                _ => "circle-dot",
            };

        public Phrase Word =>
            tone switch
            {
                Tone.Holds => new("Holds", "正常"),
                Tone.Look => new("Needs a look", "需留意"),
                Tone.Blocks => new("Blocks", "受阻"),
                Tone.YourTurn => new("Your turn", "待处理"),
                _ => new("Quiet", "无"),
            };
    }
}
