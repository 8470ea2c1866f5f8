using Pyflame.Cli.Terminal;

namespace Pyflame.Cli.Top;

/// <summary>Which columns the table has room for, and where they stand.</summary>
internal sealed class TopColumns
{
    private const int TwoPairs = 60;
    private const int OwnerColumns = 22;

    private static readonly (TopColumn Column, string Heading, int Width)[] s_numbers =
    [
        (TopColumn.OwnShare, "%Own", 6), (TopColumn.TotalShare, "%Total", 8),
        (TopColumn.OwnTime, "OwnTime", 10), (TopColumn.TotalTime, "TotalTime", 11),
    ];

    private readonly List<(TopColumn Column, string Heading, int Width)> _shown = [];
    private readonly TopState _state;
    private readonly int _owners;
    private readonly int _columns;

    /// <summary>Chooses them for a width.</summary>
    public TopColumns(int columns, TopState state)
    {
        _state = state;
        _columns = columns;

        // Where there is room for one pair only, it is the pair that the rows are sorted by.
        bool byTime = state.Sort is TopColumn.OwnTime or TopColumn.TotalTime;
        _shown.AddRange(columns >= TwoPairs ? s_numbers : byTime ? s_numbers[2..] : s_numbers[..2]);
        _owners = state.Grouping.IsApart ? Math.Min(OwnerColumns, Math.Max(0, NameColumns / 2)) : 0;
    }

    private int NumberColumns => _shown.Sum(column => column.Width) + 2;

    private int NameColumns => _columns - NumberColumns;

    /// <summary>Draws the headings.</summary>
    public void DrawHeading(CharacterGrid grid, int row)
    {
        grid.Paint(row, CellStyle.Reverse);
        int column = 0;
        foreach ((TopColumn number, string heading, int width) in _shown)
        {
            bool isSorted = number == _state.Sort;
            string text = isSorted ? heading + (_state.IsReversed ? "▲" : "▼") : heading;
            grid.Write(row, column + width - text.Length, text, CellStyle.Reverse | (isSorted ? CellStyle.Bold : CellStyle.Normal));
            column += width;
        }

        column += 2;
        if (_owners > 0)
        {
            grid.Write(row, column, _state.Grouping.OwnerHeading, CellStyle.Reverse);
            column += _owners;
        }

        string lines = _state.LineNumbers ? "file:line" : "file";
        string what = _state.Grouping switch
        {
            { HasNoFunctions: true } => _state.Grouping.OwnerHeading,
            { ByLine: true } => $"Line of function ({lines})",
            _ => $"Function ({lines})",
        };
        grid.Write(row, column, what, CellStyle.Reverse);
    }

    /// <summary>Draws a row.</summary>
    public void DrawLine(CharacterGrid grid, int row, TopLine line, CellStyle style)
    {
        int column = 0;
        foreach ((TopColumn number, _, int width) in _shown)
        {
            string text = Number(line, number);
            CellStyle numberStyle = number == TopColumn.OwnShare ? style : style & CellStyle.Dim;
            grid.Write(row, column + width - text.Length, text, numberStyle);
            column += width;
        }

        column += 2;
        if (_owners > 0)
        {
            grid.Write(row, column, TopWords.CutEnd(line.Owner ?? string.Empty, _owners - 1), style & CellStyle.Dim);
            column += _owners;
        }

        string title = line.Name.Length == 0 && _state.Grouping.HasNoFunctions ? line.Owner ?? string.Empty : line.Name;
        (string name, string place) = TopWords.Fit(title, line.Place, _columns - column, _state.Grouping.ByLine);
        column = grid.Write(row, column, name, (style & CellStyle.Dim) | (line.OwnShare > 0 ? CellStyle.Bold : CellStyle.Normal));
        grid.Write(row, column, place, CellStyle.Cyan | (style & CellStyle.Dim));
    }

    private static string Number(TopLine line, TopColumn column) => column switch
    {
        TopColumn.OwnShare => TopWords.Percent(line.OwnShare),
        TopColumn.TotalShare => TopWords.Percent(line.TotalShare),
        TopColumn.OwnTime => TopWords.Time(line.OwnTime),
        _ => TopWords.Time(line.TotalTime),
    };
}
