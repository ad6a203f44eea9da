using System.Globalization;
using System.Text;

namespace CampaignFlow.Notifications;

/// <summary>Writes a mail for readers without HTML: short lines, links in full.</summary>
public static class PlainText
{
    public static string Write(string title, IReadOnlyList<Block> blocks, IReadOnlyList<string> footer)
    {
        var text = new StringBuilder();
        text.Append(title).Append('\n').Append('=', Math.Clamp(Width(title), 4, 72)).Append('\n');
        foreach (var block in blocks)
            Write(text, block);
        text.Append("\n-- \n");
        foreach (var line in footer)
            text.Append(line).Append('\n');
        return text.ToString();
    }

    private static void Write(StringBuilder text, Block block)
    {
        switch (block)
        {
            case Block.Heading heading:
                var head = heading.Aside is null ? heading.Text : $"{heading.Text} · {heading.Aside}";
                text.Append('\n').Append(head).Append('\n').Append('-', Math.Clamp(Width(head), 4, 72)).Append('\n');
                break;
            case Block.Paragraph paragraph:
                text.Append('\n').Append(paragraph.Text).Append('\n');
                break;
            case Block.Tiles tiles:
                foreach (var tile in tiles.Items)
                    Line(text, $"{tile.Label}: {tile.Value}", tile.Note);
                break;
            case Block.Grid grid:
                foreach (var row in grid.Rows)
                    Row(text, grid.Columns, row);
                foreach (var note in grid.Notes)
                    text.Append("  ").Append(note).Append('\n');
                break;
            case Block.Bullets bullets:
                foreach (var bullet in bullets.Items)
                {
                    Line(text, bullet.Text, bullet.Aside);
                    if (bullet.Link is not null)
                        text.Append("  ").Append(bullet.Link).Append('\n');
                }
                break;
            case Block.Decision decision:
                text.Append('\n').Append(decision.Title).Append('\n').Append("  ").Append(decision.Why).Append('\n');
                foreach (var fact in decision.Facts)
                    text.Append("  ").Append(fact).Append('\n');
                Links(text, decision.Buttons, "  ");
                break;
            case Block.Actions buttons:
                text.Append('\n');
                Links(text, buttons.Items, "");
                break;
        }
    }

    private static void Row(StringBuilder text, IReadOnlyList<Column> columns, IReadOnlyList<Cell> row)
    {
        text.Append("* ").Append(With(row[0])).Append('\n');
        for (var i = 1; i < row.Count; i++)
            text.Append("    ").Append(columns[i].Title).Append(": ").Append(With(row[i])).Append('\n');
    }

    private static string With(Cell cell) => cell.Small is null ? cell.Text : $"{cell.Text} ({cell.Small})";

    private static void Line(StringBuilder text, string what, string? aside)
    {
        text.Append("* ").Append(what);
        if (aside is not null)
            text.Append(" — ").Append(aside);
        text.Append('\n');
    }

    private static void Links(StringBuilder text, IReadOnlyList<Button> buttons, string indent)
    {
        foreach (var button in buttons)
            text.Append(indent).Append('[').Append(button.Label).Append("] ").Append(button.Url).Append('\n');
    }

    /// <summary>Chinese characters take two columns, so that the rule below a title is as long as the title.</summary>
    private static int Width(string text) =>
        text.Sum(c => char.GetUnicodeCategory(c) == UnicodeCategory.OtherLetter || c is >= '\u3000' and <= '\uFFEF' ? 2 : 1);
}
