namespace CampaignFlow.Notifications;

public enum Tone
{
    Plain,
    Good,
    Warning,
    Bad,
    Muted,
}

/// <summary>
/// A piece of a mail, already in the reader's language. HTML (<c>MailBlock.razor</c>) and plain text (<see cref="PlainText"/>) are
/// written from the same blocks, so the two never say different things.
/// </summary>
public abstract record Block
{
    private Block() { }

    public sealed record Heading(string Text, string? Aside = null) : Block;

    public sealed record Paragraph(string Text, Tone Tone = Tone.Plain) : Block;

    /// <summary>The few numbers that matter, large.</summary>
    public sealed record Tiles(IReadOnlyList<Tile> Items) : Block;

    /// <param name="Notes">Printed small below: formulas and what the marks mean.</param>
    public sealed record Grid(IReadOnlyList<Column> Columns, IReadOnlyList<IReadOnlyList<Cell>> Rows, IReadOnlyList<string> Notes) : Block;

    public sealed record Bullets(IReadOnlyList<Bullet> Items) : Block;

    /// <summary>Something a person has to decide.</summary>
    public sealed record Decision(string Title, string Why, IReadOnlyList<string> Facts, IReadOnlyList<Button> Buttons) : Block;

    public sealed record Actions(IReadOnlyList<Button> Items) : Block;
}

public sealed record Tile(string Label, string Value, string? Note = null, Tone Tone = Tone.Plain);

public sealed record Column(string Title, bool Number = false);

public sealed record Cell(string Text, string? Small = null, Tone Tone = Tone.Plain);

public sealed record Bullet(string Text, string? Aside = null, Tone Tone = Tone.Plain, string? Link = null);

/// <param name="Url">Full address.</param>
public sealed record Button(string Label, string Url, bool Primary = false);
