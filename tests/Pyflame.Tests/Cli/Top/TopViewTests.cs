using Pyflame.Cli.Terminal;
using Pyflame.Cli.Top;

namespace Pyflame.Tests.Cli.Top;

public sealed class TopViewTests
{
    private readonly TopState _state = new();

    private static TopReport Report(params TopLine[] lines) => new()
    {
        ProcessId = 4711,
        Command = "python3 /srv/shop/app.py --port 8080",
        Version = "3.13.0",
        Uptime = TimeSpan.FromSeconds(83),
        Threads = 8,
        GilShare = 0.871,
        WaitingShare = 0.125,
        IdleShare = 0.625,
        RateAsked = 100,
        RateReached = 99.6,
        Lost = 3,
        Failed = 0,
        ShareTime = TimeSpan.FromSeconds(5),
        Lines = lines,
        RowCount = 30,
    };

    private static TopLine Line(double own, double total, double ownSeconds, double totalSeconds, string name, string place, string? thread = null) =>
        new(own, total, TimeSpan.FromSeconds(ownSeconds), TimeSpan.FromSeconds(totalSeconds), thread, name, place);

    private static readonly TopLine[] s_lines =
    [
        Line(0.934, 1, 12.34, 13.2, "spin", "/srv/shop/app.py:12"),
        Line(0.05, 0.066, 61, 3723, "Thread.run", "/usr/lib/python3.13/threading.py:981"),
        Line(0, 0.5, 0, 360000, "Handler.dispatch_every_request_to_its_place", "/srv/shop/web/handlers/base.py:204"),
        Line(0, 0, 0, 0, "计算一个非常长的名字用于测试屏幕的宽度是否正确", "/srv/计算.py:1"),
    ];

    private string[] Draw(TopReport report, int columns, int rows)
    {
        CharacterGrid grid = TopView.Draw(report, _state, columns, rows);
        return [.. Enumerable.Range(0, rows).Select(grid.Text)];
    }

    [Theory]
    [InlineData(70, false, "JSONDecoder.raw_decode", " (/usr/lib/python3.11/json/decoder.py:353)")]
    [InlineData(47, false, "JSONDecoder.raw_decode", " (…/json/decoder.py:353)")]
    [InlineData(40, false, "JSONDecoder.raw_decode", " (decoder.py:353)")]
    [InlineData(30, false, "JSONDecoder.raw_decode", ":353")]
    [InlineData(23, false, "JSONDecoder.raw_decode", "")]
    [InlineData(23, true, "JSONDecoder.raw_de…", ":353")]
    [InlineData(20, false, "JSONDecoder.raw_dec…", "")]
    [InlineData(7, true, "JSONDe…", "")]
    public void A_row_says_what_there_is_room_for(int columns, bool isLine, string name, string place) => Assert.Equal(
        (name, place), TopWords.Fit("JSONDecoder.raw_decode", "/usr/lib/python3.11/json/decoder.py:353", columns, isLine));

    [Fact]
    public void The_screen_of_80_by_24()
    {
        string[] screen = Draw(Report(s_lines), 80, 24);

        Assert.Equal(
            [
                "pyflame top   PID 4711   Python 3.13.0   watched for 1m23s",
                "python3 /srv/shop/app.py --port 8080",
                "8 threads: 25% active, 13% waiting for the GIL, 63% idle   GIL held 87%",
                "Rate 100 of 100 Hz   3 lost, 0 failed   % of the last 5s",
                "",
                " %Own▼  %Total   OwnTime  TotalTime  Function (file:line)",
                "  93.4   100.0    12.34s     13.20s  spin (/srv/shop/app.py:12)",
                "   5.0     6.6     1m01s      1h02m  Thread.run (…/python3.13/threading.py:981)",
                "   0.0    50.0     0.00s      4d04h  Handler.dispatch_every_request_to_its_place",
                "   0.0     0.0     0.00s      0.00s  计算一个非常长的名字用于测试屏幕的宽度是否…",
            ],
            screen[..10]);
        Assert.All(screen[10..23], line => Assert.Equal(string.Empty, line));
        Assert.Equal("q quit  ? help  1-4 sort  l by line  t threads  / filter  space pause  r reset", screen[23]);
    }

    [Fact]
    public void The_screen_of_40_by_10()
    {
        _state.IsReversed = true;
        Assert.Equal(
            [
                "PID 4711   Python 3.13.0   1m23s",
                "8 threads: 25% active  GIL 87%",
                "100 of 100 Hz  3 lost, 0 failed",
                " %Own▲  %Total  Function (file:line)",
                "  93.4   100.0  spin (…/shop/app.py:12)",
                "   5.0     6.6  Thread.run:981",
                "   0.0    50.0  Handler.dispatch_every_…",
                "   0.0     0.0  计算一个非常长的名字用…",
                "",
                "q quit  ? help  1-4 sort  l by line",
            ],
            Draw(Report(s_lines), 40, 10));
    }

    [Fact]
    public void The_screen_of_200_by_60()
    {
        TopLine[] lines = [.. Enumerable.Range(0, 60).Select(i => Line(0, 0.5, 0, i, "f", "/srv/x.py:1"))];
        string[] screen = Draw(Report([s_lines[1], .. lines]), 200, 60);

        Assert.Equal("   5.0     6.6     1m01s      1h02m  Thread.run (/usr/lib/python3.13/threading.py:981)", screen[6]);
        Assert.Equal("   0.0    50.0     0.00s      0.00s  f (/srv/x.py:1)", screen[7]);
        Assert.Equal("   0.0    50.0     0.00s     51.00s  f (/srv/x.py:1)", screen[58]);
        Assert.Equal("q quit  ? help  1-4 sort  l by line  t threads  / filter  space pause  r reset", screen[59]);
    }

    [Fact]
    public void Threads_have_a_column_when_they_stand_apart()
    {
        _state.Grouping = new TopGrouping(true, ThreadGrouping.Apart, false, false);
        string[] screen = Draw(Report(Line(0.5, 0.5, 1, 2, "spin", "/srv/shop/app.py:12", "MainThread (4711)")), 80, 24);

        Assert.Equal(" %Own▼  %Total   OwnTime  TotalTime  Thread               Line of function (file", screen[5]);
        Assert.Equal("  50.0    50.0     1.00s      2.00s  MainThread (4711)    spin (app.py:12)", screen[6]);
    }

    [Fact]
    public void A_thread_has_a_row_of_its_own()
    {
        _state.Grouping = new TopGrouping(false, ThreadGrouping.Only, false, false);
        string[] screen = Draw(Report(Line(0.5, 0.5, 1, 1, string.Empty, string.Empty, "MainThread (4711)")), 80, 24);

        Assert.Equal(" %Own▼  %Total   OwnTime  TotalTime  Thread", screen[5]);
        Assert.Equal("  50.0    50.0     1.00s      1.00s  MainThread (4711)", screen[6]);
    }

    [Fact]
    public void A_narrow_screen_shows_times_when_they_are_sorted_by()
    {
        _state.Sort = TopColumn.TotalTime;
        Assert.Equal("   OwnTime TotalTime▼  Function (file:li", Draw(Report(s_lines), 40, 10)[3]);
    }

    [Fact]
    public void A_pause_is_plain_to_see()
    {
        _state.IsPaused = true;
        Assert.EndsWith("  PAUSED", Draw(Report(s_lines), 80, 24)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_filter_is_seen_while_it_is_typed_and_later()
    {
        _state.Filter = "spin";
        _state.IsTyping = true;
        Assert.Equal("/spin", Draw(Report(s_lines), 80, 24)[23]);
        _state.IsTyping = false;
        Assert.Equal("4 of 30 rows contain 'spin'. Esc: all", Draw(Report(s_lines), 80, 24)[23]);
        Assert.Equal("No row contains that text.", Draw(Report(), 80, 24)[6]);
    }

    [Fact]
    public void A_note_takes_the_last_line() => Assert.Equal(
        " The process has ended. q quits.", Draw(Report(s_lines) with { Note = "The process has ended. q quits." }, 80, 24)[23]);

    [Fact]
    public void Where_nothing_is_active_it_says_how_to_see_more() =>
        Assert.Equal("No thread is active. i shows waiting ones too.", Draw(Report(), 80, 24)[6]);

    [Fact]
    public void Scrolling_ends_at_the_last_row()
    {
        TopLine[] lines = [.. Enumerable.Range(0, 30).Select(i => Line(0, 0.5, 0, i, "f", "x.py:1"))];
        _state.FirstRow = int.MaxValue;
        string[] screen = Draw(Report(lines), 80, 24);

        Assert.Equal(13, _state.FirstRow);
        Assert.Equal("   0.0    50.0     0.00s     13.00s  f (x.py:1)", screen[6]);
        Assert.Equal("   0.0    50.0     0.00s     29.00s  f (x.py:1)", screen[22]);
    }

    [Fact]
    public void Help_tells_every_key()
    {
        _state.ShowsHelp = true;
        string[] screen = Draw(Report(s_lines), 80, 24);

        Assert.Equal(" Keys", screen[5]);
        Assert.Equal(" l         a row for each function, or for each line", screen[7]);
        Assert.Equal("? back  q quit", screen[23]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    [InlineData(10, 4)]
    [InlineData(25, 6)]
    public void The_smallest_screens_are_drawn_too(int columns, int rows)
    {
        foreach (ThreadGrouping threads in Enum.GetValues<ThreadGrouping>())
        {
            _state.Grouping = new TopGrouping(false, threads, false, false);
            Assert.Equal(rows, Draw(Report(s_lines), columns, rows).Length);
        }
    }

    [Fact]
    public void Names_cannot_command_the_terminal() => Assert.Equal(
        "  93.4   100.0    12.34s     13.20s  a?[2Jb (x?.py:1)",
        Draw(Report(Line(0.934, 1, 12.34, 13.2, "a\e[2Jb", "x\n.py:1")), 80, 24)[6]);

    [Fact]
    public void Plain_text_has_everything_on_lines()
    {
        Assert.Equal(
            """
            PID 4711  Python 3.13.0  1m23s  python3 /srv/shop/app.py --port 8080
            8 threads: 25% active, 13% waiting for the GIL, 63% idle   GIL held 87%
            Rate 100 of 100 Hz   3 lost, 0 failed
              %Own  %Total   OwnTime  TotalTime  Function (file:line)
              93.4   100.0    12.34s     13.20s  spin (/srv/shop/app.py:12)
               5.0     6.6     1m01s      1h02m  Thread.run (/usr/lib/python3.13/threading.py:981)
            The process has ended.

            """,
            TopText.Write(Report(s_lines) with { Note = "The process has ended." }, _state, 2));
    }
}
