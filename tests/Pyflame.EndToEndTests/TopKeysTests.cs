using System.Globalization;
using System.Text.RegularExpressions;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests;

/// <summary>The keys of <c>pyflame top</c>, pressed in a real terminal. Each wait is for the screen to show something, however slow all is.</summary>
public sealed partial class TopKeysTests : IDisposable
{
    private const string Hot = """
        import sys, threading
        def spin():
            total = 0
            for number in range(200000):
                total += number
            return total
        def work():
            while True:
                spin()
        gate = threading.Lock()
        gate.acquire()
        def park():
            gate.acquire()
        helper = threading.Thread(target=park, name='helper')
        helper.daemon = True
        helper.start()
        sys.stdout.write('at work\n')
        sys.stdout.flush()
        try:
            work()
        except KeyboardInterrupt:
            sys.exit(9)
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void Keys_change_the_picture(Interpreter interpreter)
    {
        Assert.SkipWhen(interpreter.IsContained, "The script lies outside of the interpreter's root.");
        Assert.SkipWhen(TerminalWindow.Missing is not null, TerminalWindow.Missing ?? string.Empty);
        string path = _folder["hot.py"];
        File.WriteAllText(path, Hot);
        using var window = new TerminalWindow(160, 30);
        string command = string.Join(' ', interpreter.CommandLine(path).Select(word => $"'{word}'"));
        window.Run($"stty -g > {_folder["before"]}; '{PyflameBinary.Location}' top -d 0.2 -- {command}; echo code $?");

        // What ran while Python started is soon behind the hottest function.
        string[] screen = WaitForRows(window, rows => rows is [var first, ..] && first.What == $"spin ({path}:2)");
        Assert.Matches($@"^pyflame top   PID \d+   Python {Regex.Escape(interpreter.Version.ToString())}   watched for \d+s", screen[0]);
        Assert.EndsWith(path, screen[1], StringComparison.Ordinal);
        Assert.Matches(@"^\d threads?: \d+% active, \d+% waiting for the GIL, \d+% idle   GIL held \d+%$", screen[2]);
        Assert.Matches(@"^Rate \d+(\.\d)? of 100 Hz   \d+ lost, \d+ failed   % of the last \d+s$", screen[3]);
        Assert.Matches(@"^ +%Own▼ +%Total +OwnTime +TotalTime  Function \(file:line\)$", screen[5]);
        Assert.Equal("q quit  ? help  1-4 sort  l by line  t threads  / filter  space pause  r reset", screen[29]);

        // All that spin is called by has its time in total, and none of its own.
        window.Type("2");
        WaitForSorted(window, "%Total▼", row => -row.TotalShare);
        WaitForRows(window, rows => rows.Any(row => row.What == $"work ({path}:7)" && row.OwnShare <= row.TotalShare));
        window.Type("3");
        WaitForSorted(window, "OwnTime▼", row => -row.OwnTime);
        window.Type("4");
        WaitForSorted(window, "TotalTime▼", row => -row.TotalTime);
        window.Type("4");
        WaitForSorted(window, "TotalTime▲", row => row.TotalTime);
        window.Type("1");
        WaitForSorted(window, "%Own▼", row => -row.OwnShare);

        window.Type("l");
        window.WaitFor("Line of function (file:line)");
        WaitForRows(window, rows => rows is [var first, ..] && (first.What == $"spin ({path}:5)" || first.What == $"spin ({path}:4)"));
        WaitForRows(window, rows => rows.Any(row => row.What == $"work ({path}:9)"));
        window.Type("l");
        WaitForRows(window, rows => rows is [var first, ..] && first.What == $"spin ({path}:2)");

        window.Type("t");
        window.WaitFor("Thread                Function (file:line)");
        WaitForRows(window, rows => rows is [var first, ..] && Blanks().IsMatch(first.What) && first.What.EndsWith($"spin ({path}:2)", StringComparison.Ordinal));
        window.Type("t");
        window.WaitFor("TotalTime  Thread");
        WaitForRows(window, rows => rows is [var first, ..] && first.What.Contains("GIL ", StringComparison.Ordinal));
        window.Type("ti");
        WaitForRows(window, rows => rows.Any(row => row.What == $"park ({path}:12)"));
        window.WaitFor("idle too");
        window.Type("i");
        window.WaitFor(text => !text.Contains("idle too", StringComparison.Ordinal));

        window.Type("/wor");
        window.WaitFor("\n/wor");
        window.Type("k");
        window.Press("Enter");
        window.WaitFor(text => Regex.IsMatch(text, @"\n\d+ of \d+ rows contain 'work'\. Esc: all"));
        WaitForRows(window, rows => rows.Count > 0 && rows.All(row => row.What.Contains("work", StringComparison.OrdinalIgnoreCase)));
        window.Press("Escape");
        WaitForRows(window, rows => rows.Any(row => row.What == $"spin ({path}:2)"));

        window.Type("?");
        window.WaitFor("sort by own %, total %, own time, total time");
        window.WaitFor("? back  q quit");
        window.Type("?");
        window.WaitFor("Function (file:line)");

        window.Type(" ");
        window.WaitFor("PAUSED");
        window.Resize(50, 12);
        window.WaitFor(text => text.StartsWith("PID ", StringComparison.Ordinal) && text.Contains("PAUSED", StringComparison.Ordinal));
        window.Resize(20, 4);
        window.WaitFor(text => text.StartsWith("PID ", StringComparison.Ordinal) && text.TrimEnd('\n').Split('\n').Length <= 4);
        window.Resize(80, 24);
        window.WaitFor("watched for");
        Assert.All(window.Screen, line => Assert.InRange(line.Length, 0, 80));
        window.Type(" ");
        window.WaitFor(text => !text.Contains("PAUSED", StringComparison.Ordinal));
        WaitForRows(window, rows => rows is [var first, ..] && first.What == $"spin ({path}:2)");

        // The command is interrupted as by Ctrl-C, and what it wrote while the screen was ours comes now.
        window.Type("q");
        string left = window.WaitFor("code 9");
        Assert.Contains("at work\n", left, StringComparison.Ordinal);
        Assert.DoesNotContain("%Own", left, StringComparison.Ordinal);
        window.AssertIsAsBefore(_folder);
    }

    // The screen once its rows are as expected.
    private static string[] WaitForRows(TerminalWindow window, Func<IReadOnlyList<Row>, bool> expected) =>
        [.. window.WaitFor(text => expected(Rows(text))).Split('\n').Select(line => line.TrimEnd())];

    private static void WaitForSorted(TerminalWindow window, string heading, Func<Row, double> key)
    {
        window.WaitFor(heading);
        WaitForRows(window, rows => rows.Count > 1 && rows.Select(key).SequenceEqual(rows.Select(key).Order()));
    }

    private static IReadOnlyList<Row> Rows(string screen) =>
        [.. screen.Split('\n').Select(line => Numbers().Match(line)).Where(match => match.Success).Select(match => new Row(
            Number(match, 1), Number(match, 2), Number(match, 3), Number(match, 4), match.Groups[5].Value.TrimEnd()))];

    private static double Number(Match match, int group) => double.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^ *(\d+\.\d) +(\d+\.\d) +(\d+\.\d\d)s +(\d+\.\d\d)s  (.*)$")]
    private static partial Regex Numbers();

    // A thread's name, and its function in the next column.
    [GeneratedRegex(@"^\S.{20,}")]
    private static partial Regex Blanks();

    private readonly record struct Row(double OwnShare, double TotalShare, double OwnTime, double TotalTime, string What);
}
