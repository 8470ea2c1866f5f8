using System.Text;
using Pyflame.Cli.Terminal;

namespace Pyflame.Cli.Top;

/// <summary>How the user wants to see it.</summary>
internal sealed class TopState
{
    private const int LongestFilter = 200;

    /// <summary>Which samples, and what has a row.</summary>
    public TopGrouping Grouping { get; set; }

    /// <summary>What the rows are sorted by.</summary>
    public TopColumn Sort { get; set; }

    /// <summary>Whether the smallest comes first.</summary>
    public bool IsReversed { get; set; }

    /// <summary>Whether line numbers are shown.</summary>
    public bool LineNumbers { get; set; } = true;

    /// <summary>Whether shares are of the whole time, and not of the last moments.</summary>
    public bool WholeTime { get; set; }

    /// <summary>Whether the picture stands still.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Whether help is shown.</summary>
    public bool ShowsHelp { get; set; }

    /// <summary>What a row must contain, whatever its case; empty for all rows.</summary>
    public string Filter { get; set; } = string.Empty;

    /// <summary>Whether the filter is being typed.</summary>
    public bool IsTyping { get; set; }

    /// <summary>The row of the table that is at the top of the screen, counted from 0.</summary>
    public int FirstRow { get; set; }

    /// <summary>Does what a key is for.</summary>
    /// <param name="key">The key.</param>
    /// <param name="page">How many rows the screen has room for.</param>
    public TopAction Press(Key key, int page)
    {
        switch (key.Kind)
        {
            case KeyKind.Interrupt:
                return TopAction.Quit;
            case KeyKind.Redraw:
                return TopAction.Redraw;
            case KeyKind.Up:
                Scroll(-1);
                return TopAction.None;
            case KeyKind.Down:
                Scroll(1);
                return TopAction.None;
            case KeyKind.PageUp:
                Scroll(-page);
                return TopAction.None;
            case KeyKind.PageDown:
                Scroll(page);
                return TopAction.None;
            case KeyKind.Home:
                FirstRow = 0;
                return TopAction.None;
            case KeyKind.End:
                FirstRow = int.MaxValue;
                return TopAction.None;
        }

        if (IsTyping)
        {
            Type(key);
            return TopAction.None;
        }

        return key.Kind == KeyKind.Escape ? Escape() : PressLetter(key);
    }

    private TopAction Escape()
    {
        if (!ShowsHelp)
        {
            Filter = string.Empty;
        }

        ShowsHelp = false;
        return TopAction.None;
    }

    private TopAction PressLetter(Key key)
    {
        if (key.Kind != KeyKind.Character)
        {
            return TopAction.None;
        }

        switch (key.Character.Value)
        {
            case 'q' or 'Q':
                return TopAction.Quit;
            case 'r' or 'R':
                FirstRow = 0;
                return TopAction.Reset;
            case >= '1' and <= '4':
                var column = (TopColumn)(key.Character.Value - '1');
                IsReversed = column == Sort && !IsReversed;
                Sort = column;
                FirstRow = 0;
                break;
            case 'l' or 'L':
                Grouping = Grouping with { ByLine = !Grouping.ByLine };
                FirstRow = 0;
                break;
            case 't' or 'T':
                Grouping = Grouping with { Threads = Grouping.NextByThread };
                FirstRow = 0;
                break;
            case 'p' or 'P':
                Grouping = Grouping with { Threads = Grouping.NextByProcess };
                FirstRow = 0;
                break;
            case 'i' or 'I':
                Grouping = Grouping with { Idle = !Grouping.Idle };
                break;
            case 'g' or 'G':
                Grouping = Grouping with { GilOnly = !Grouping.GilOnly };
                break;
            case 'w' or 'W':
                WholeTime = !WholeTime;
                break;
            case ' ':
                IsPaused = !IsPaused;
                break;
            case '/':
                IsTyping = true;
                ShowsHelp = false;
                break;
            case '?' or 'h' or 'H':
                ShowsHelp = !ShowsHelp;
                break;
            case 'j':
                Scroll(1);
                break;
            case 'k':
                Scroll(-1);
                break;
        }

        return TopAction.None;
    }

    private void Type(Key key)
    {
        FirstRow = 0;
        switch (key.Kind)
        {
            case KeyKind.Enter:
                IsTyping = false;
                break;
            case KeyKind.Escape:
                IsTyping = false;
                Filter = string.Empty;
                break;
            case KeyKind.ClearLine:
                Filter = string.Empty;
                break;
            case KeyKind.Backspace when Filter.Length > 0:
                Filter = Filter[..^LastCharacter().Utf16SequenceLength];
                break;
            case KeyKind.Character when Filter.Length < LongestFilter:
                Filter += key.Character.ToString();
                break;
        }
    }

    private Rune LastCharacter()
    {
        Rune.DecodeLastFromUtf16(Filter, out Rune last, out _);
        return last;
    }

    private void Scroll(int rows) => FirstRow = (int)Math.Clamp((long)FirstRow + rows, 0, int.MaxValue);
}
