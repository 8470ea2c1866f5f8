using System.Text;

namespace Pyflame.Cli.Terminal;

/// <summary>A screen full of characters. What does not fit is cut off, and no control character gets in.</summary>
internal sealed class CharacterGrid
{
    private static readonly GridCell s_blank = new(" ", CellStyle.Normal);
    private static readonly string[] s_ascii = [.. Enumerable.Range(0, 128).Select(code => ((char)code).ToString())];

    private readonly GridCell[] _cells;

    /// <summary>Makes a blank one.</summary>
    public CharacterGrid(int columns, int rows)
    {
        Columns = Math.Max(1, columns);
        Rows = Math.Max(1, rows);
        _cells = new GridCell[Columns * Rows];
        Array.Fill(_cells, s_blank);
    }

    /// <summary>How many characters a line has.</summary>
    public int Columns { get; }

    /// <summary>How many lines there are.</summary>
    public int Rows { get; }

    /// <summary>A line's cells, left to right.</summary>
    public ReadOnlySpan<GridCell> Row(int row) => _cells.AsSpan(row * Columns, Columns);

    /// <summary>Writes a text from a place on to the right.</summary>
    /// <returns>The column behind it.</returns>
    public int Write(int row, int column, string text, CellStyle style = CellStyle.Normal)
    {
        if ((uint)row >= (uint)Rows)
        {
            return column;
        }

        Span<GridCell> line = _cells.AsSpan(row * Columns, Columns);
        foreach (Rune given in text.EnumerateRunes())
        {
            if (DisplayWidth.Safe(given) is not { } character)
            {
                continue;
            }

            int width = DisplayWidth.Of(character);
            if (width == 0)
            {
                PutOnTop(line, column - 1, character);
                continue;
            }

            if (column < 0 || column + width > Columns)
            {
                return Math.Min(column, Columns);
            }

            line[column] = new GridCell(character.IsAscii ? s_ascii[character.Value] : character.ToString(), style);
            if (width == 2)
            {
                line[column + 1] = new GridCell(string.Empty, style);
            }

            column += width;
        }

        return column;
    }

    /// <summary>Writes a text so that it ends at the right edge.</summary>
    public void WriteRight(int row, string text, CellStyle style = CellStyle.Normal) =>
        Write(row, Math.Max(0, Columns - DisplayWidth.Of(text)), text, style);

    /// <summary>Gives a whole line a look.</summary>
    public void Paint(int row, CellStyle style)
    {
        if ((uint)row < (uint)Rows)
        {
            foreach (ref GridCell cell in _cells.AsSpan(row * Columns, Columns))
            {
                cell = cell with { Style = cell.Style | style };
            }
        }
    }

    /// <summary>Makes a line blank.</summary>
    public void Clear(int row)
    {
        if ((uint)row < (uint)Rows)
        {
            _cells.AsSpan(row * Columns, Columns).Fill(s_blank);
        }
    }

    /// <summary>The text of a line, without blanks at its end.</summary>
    public string Text(int row)
    {
        var text = new StringBuilder(Columns);
        foreach (GridCell cell in Row(row))
        {
            text.Append(cell.Text);
        }

        return text.ToString().TrimEnd(' ');
    }

    private static void PutOnTop(Span<GridCell> line, int column, Rune mark)
    {
        const int MostMarks = 4;
        column -= column > 0 && column < line.Length && line[column].Text.Length == 0 ? 1 : 0;
        if ((uint)column < (uint)line.Length && line[column].Text.Length is > 0 and <= MostMarks)
        {
            line[column] = line[column] with { Text = line[column].Text + mark };
        }
    }
}
