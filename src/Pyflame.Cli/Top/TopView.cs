using System.Globalization;
using Pyflame.Cli.Terminal;

namespace Pyflame.Cli.Top;

/// <summary>Draws the screen of <c>pyflame top</c>.</summary>
internal static class TopView
{
    private const int NarrowColumns = 64;
    private const int LowRows = 12;
    private const double Hot = 0.5;
    private const double Warm = 0.1;

    private static readonly string[] s_help =
    [
        "1 2 3 4   sort by own %, total %, own time, total time; again: reverse",
        "l         a row for each function, or for each line",
        "t         threads together, apart, or a row for each thread",
        "p         the same for processes",
        "i         show waiting threads too",
        "g         only threads that hold the GIL",
        "w         shares of the last moments, or of the whole time",
        "/         show only rows that contain a text; Esc: all again",
        "r         count anew from now",
        "space     pause the picture; sampling goes on",
        "↑ ↓ j k   scroll; PgUp, PgDn, Home, End too",
        "q Ctrl-C  quit; a command that top started is interrupted",
        "",
        "100 % is one thread all the time. Own is the function itself, total",
        "with what it calls. Times are since the start, or since r.",
    ];

    /// <summary>How many rows of the table a screen has room for.</summary>
    public static int TableRows(int columns, int rows) => Math.Max(1, rows - HeadRows(rows, columns) - 2);

    /// <summary>Draws.</summary>
    /// <param name="report">What to show.</param>
    /// <param name="state">How; its first row is moved to where there are rows.</param>
    /// <param name="columns">The width of the screen.</param>
    /// <param name="rows">The height of the screen.</param>
    public static CharacterGrid Draw(TopReport report, TopState state, int columns, int rows)
    {
        var grid = new CharacterGrid(columns, rows);
        int head = HeadRows(rows, columns);
        DrawHead(grid, report, state, head);
        if (state.ShowsHelp)
        {
            DrawHelp(grid, head);
        }
        else
        {
            DrawTable(grid, report, state, head);
        }

        DrawFoot(grid, report, state);
        return grid;
    }

    private static int HeadRows(int rows, int columns) => rows < 6 ? 1 : rows < LowRows ? 3 : columns < NarrowColumns ? 4 : 5;

    private static void DrawHead(CharacterGrid grid, TopReport report, TopState state, int head)
    {
        bool isNarrow = grid.Columns < NarrowColumns;
        int column = grid.Write(0, 0, isNarrow ? string.Empty : "pyflame top   ", CellStyle.Bold | CellStyle.Cyan);
        column = grid.Write(0, column, string.Create(CultureInfo.InvariantCulture, $"PID {report.ProcessId}"), CellStyle.Bold);
        string version = report.Version.Length == 0 ? "no Python yet" : $"Python {report.Version}";
        column = grid.Write(0, column, $"   {version}", CellStyle.Bold);
        grid.Write(0, column, $"   {(isNarrow ? string.Empty : "watched for ")}{TopWords.WholeTime(report.Uptime)}");
        if (state.IsPaused)
        {
            grid.WriteRight(0, " PAUSED ", CellStyle.Reverse | CellStyle.Bold);
        }

        if (head == 1)
        {
            return;
        }

        int row = 1;
        if (head > 3)
        {
            grid.Write(row++, 0, TopWords.CutEnd(report.Command, grid.Columns), CellStyle.Dim);
        }

        grid.Write(row++, 0, TopWords.Activity(report, isNarrow));
        bool hasErrors = report.Lost + report.Failed > (report.Lost + report.Failed + 100) / 20;
        column = grid.Write(row, 0, TopWords.Sampling(report, isNarrow), hasErrors ? CellStyle.Red : CellStyle.Normal);
        if (!isNarrow)
        {
            grid.Write(row, column, "   " + Shown(report, state));
        }
    }

    private static string Shown(TopReport report, TopState state)
    {
        string span = state.WholeTime ? "% of the whole time" : $"% of the last {TopWords.WholeTime(report.ShareTime)}";
        string which = state.Grouping.GilOnly ? ", GIL only" : state.Grouping.CpuOnly ? ", CPU only" : state.Grouping.Idle ? ", idle too" : string.Empty;
        return span + which;
    }

    private static void DrawTable(CharacterGrid grid, TopReport report, TopState state, int head)
    {
        int room = TableRows(grid.Columns, grid.Rows);
        state.FirstRow = Math.Clamp(state.FirstRow, 0, Math.Max(0, report.Lines.Count - room));
        var layout = new TopColumns(grid.Columns, state);
        layout.DrawHeading(grid, head);
        for (int index = 0; index < room && state.FirstRow + index < report.Lines.Count; index++)
        {
            TopLine line = report.Lines[state.FirstRow + index];
            CellStyle style = line.OwnShare >= Hot ? CellStyle.Bold | CellStyle.Red
                : line.OwnShare >= Warm ? CellStyle.Yellow
                : line.TotalShare <= 0 ? CellStyle.Dim
                : CellStyle.Normal;
            layout.DrawLine(grid, head + 1 + index, line, style);
        }

        if (report.Lines.Count == 0)
        {
            string why = state.Filter.Length > 0 ? "No row contains that text."
                : state.Grouping is { Idle: false, GilOnly: false } && report.Threads > 0 ? "No thread is active. i shows waiting ones too."
                : report.Threads > 0 ? "No thread holds the GIL."
                : "Nothing sampled yet.";
            grid.Write(head + 1, 0, TopWords.CutEnd(why, grid.Columns), CellStyle.Dim);
        }
    }

    private static void DrawHelp(CharacterGrid grid, int head)
    {
        grid.Write(head, 0, " Keys");
        grid.Paint(head, CellStyle.Reverse);
        for (int index = 0; index < s_help.Length && head + 1 + index < grid.Rows - 1; index++)
        {
            grid.Write(head + 1 + index, 0, TopWords.CutEnd(" " + s_help[index], grid.Columns));
        }
    }

    private static void DrawFoot(CharacterGrid grid, TopReport report, TopState state)
    {
        int row = grid.Rows - 1;
        if (row == 0)
        {
            return;
        }

        if (state.IsTyping)
        {
            // The end of what is typed is what must be seen.
            string text = state.Filter;
            while (text.Length > 0 && DisplayWidth.Of(text) > grid.Columns - 2)
            {
                text = text[(char.IsHighSurrogate(text[0]) && text.Length > 1 ? 2 : 1)..];
            }

            int column = grid.Write(row, 0, "/" + text, CellStyle.Bold);
            grid.Write(row, column, " ", CellStyle.Reverse);
            return;
        }

        if (report.Note.Length > 0)
        {
            grid.Write(row, 0, TopWords.CutEnd($" {report.Note} ", grid.Columns), CellStyle.Reverse | CellStyle.Bold);
            return;
        }

        if (state.Filter.Length > 0)
        {
            string of = string.Create(CultureInfo.InvariantCulture, $"{report.Lines.Count} of {report.RowCount} rows contain ");
            grid.Write(row, 0, TopWords.CutEnd($"{of}'{state.Filter}'. Esc: all", grid.Columns), CellStyle.Bold);
            return;
        }

        string[] keys = state.ShowsHelp
            ? ["? back", "q quit"]
            : ["q quit", "? help", "1-4 sort", $"l by {(state.Grouping.ByLine ? "function" : "line")}", "t threads", "/ filter", "space pause", "r reset"];
        string foot = string.Empty;
        foreach (string key in keys)
        {
            foot = foot.Length + key.Length + 2 <= grid.Columns ? $"{foot}{(foot.Length > 0 ? "  " : string.Empty)}{key}" : foot;
        }

        grid.Write(row, 0, foot, CellStyle.Dim);
    }
}
