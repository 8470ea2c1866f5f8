using System.Globalization;
using System.Text;

namespace Pyflame.Cli.Terminal;

/// <summary>
/// Turns one screen after another into what a terminal must be sent: only what has changed, so that nothing flickers and a slow line is
/// enough. The sequences are those of ECMA-48 and the few of xterm that every terminal of today knows.
/// </summary>
internal sealed class TerminalScreen
{
    private readonly bool _colours;
    private readonly StringBuilder _text = new();
    private CharacterGrid? _shown;
    private CellStyle _style;

    /// <summary>Makes one whose terminal shows nothing of ours yet.</summary>
    /// <param name="colours">Whether to use colours.</param>
    public TerminalScreen(bool colours) => _colours = colours;

    /// <summary>Begins: the other screen of the terminal, without cursor, and lines that do not wrap.</summary>
    public static string Enter => "\e[?1049h\e[?25l\e[?7l\e[0m\e[2J";

    /// <summary>Ends: everything as it was before <see cref="Enter"/>.</summary>
    public static string Leave => "\e[0m\e[?7h\e[?25h\e[?1049l";

    /// <summary>What makes the terminal show <paramref name="next"/>; empty where it does already.</summary>
    public string Show(CharacterGrid next)
    {
        _text.Clear();
        CharacterGrid? shown = _shown;
        if (shown is null || shown.Columns != next.Columns || shown.Rows != next.Rows)
        {
            _text.Append("\e[0m\e[2J");
            _style = CellStyle.Normal;
            shown = new CharacterGrid(next.Columns, next.Rows);
        }

        for (int row = 0; row < next.Rows; row++)
        {
            ReadOnlySpan<GridCell> old = shown.Row(row);
            ReadOnlySpan<GridCell> cells = next.Row(row);
            if (!old.SequenceEqual(cells))
            {
                ShowRow(row, old, cells);
            }
        }

        _shown = next;
        return _text.ToString();
    }

    private static bool IsPlain(ReadOnlySpan<GridCell> cells)
    {
        foreach (GridCell cell in cells)
        {
            if (cell.Text.Length != 1 || cell.Text[0] > '~')
            {
                return false;
            }
        }

        return true;
    }

    private void ShowRow(int row, ReadOnlySpan<GridCell> old, ReadOnlySpan<GridCell> cells)
    {
        int first = 0;
        int last = cells.Length - 1;
        bool plain = IsPlain(old) && IsPlain(cells);
        if (plain)
        {
            first = old.CommonPrefixLength(cells);
            while (old[last] == cells[last])
            {
                last--;
            }
        }
        else
        {
            // Terminals disagree on how wide some characters are, so what stands there is wiped first.
            MoveTo(row, 0);
            SetStyle(CellStyle.Normal);
            _text.Append("\e[2K");
            while (last >= 0 && cells[last] == new GridCell(" ", CellStyle.Normal))
            {
                last--;
            }
        }

        bool isPlaced = false;
        for (int column = first; column <= last; column++)
        {
            string text = cells[column].Text;
            if (text.Length == 0 || (plain && old[column] == cells[column] && CanSkip(old, cells, column, last)))
            {
                isPlaced = false;
                continue;
            }

            if (!isPlaced)
            {
                MoveTo(row, column);
            }

            SetStyle(cells[column].Style);
            _text.Append(text);

            // For the same reason the next character is put in its place.
            isPlaced = text.Length == 1 && text[0] <= '~';
        }
    }

    // To move the cursor takes about as much as eight characters.
    private static bool CanSkip(ReadOnlySpan<GridCell> old, ReadOnlySpan<GridCell> cells, int column, int last)
    {
        const int WorthMoving = 8;
        int end = Math.Min(last + 1, column + WorthMoving);
        int begin = column;
        while (begin > 0 && column - begin < WorthMoving && old[begin - 1] == cells[begin - 1])
        {
            begin--;
        }

        return end - begin >= WorthMoving && old[begin..end].CommonPrefixLength(cells[begin..end]) >= WorthMoving;
    }

    private void MoveTo(int row, int column) => _text.Append(CultureInfo.InvariantCulture, $"\e[{row + 1};{column + 1}H");

    private void SetStyle(CellStyle style)
    {
        style &= _colours ? (CellStyle)0xFF : ~CellStyle.Colours;
        if (style == _style)
        {
            return;
        }

        _text.Append("\e[0");
        Append(style, CellStyle.Bold, ";1");
        Append(style, CellStyle.Dim, ";2");
        Append(style, CellStyle.Reverse, ";7");
        Append(style, CellStyle.Red, ";31");
        Append(style, CellStyle.Yellow, ";33");
        Append(style, CellStyle.Cyan, ";36");
        Append(style, CellStyle.Green, ";32");
        _text.Append('m');
        _style = style;
    }

    private void Append(CellStyle style, CellStyle flag, string code)
    {
        if ((style & flag) != 0)
        {
            _text.Append(code);
        }
    }
}
