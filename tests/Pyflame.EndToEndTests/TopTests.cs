using System.Globalization;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests;

/// <summary><c>pyflame top</c>, in a real terminal and without one.</summary>
public sealed class TopTests : IDisposable
{
    private const string Brief = """
        import sys
        def spin():
            total = 0
            for number in range(8000000):
                total += number
            return total
        spin()
        sys.stdout.write('last words\n')
        sys.exit(7)
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static TerminalWindow Open(int columns = 80, int rows = 24)
    {
        Assert.SkipWhen(TerminalWindow.Missing is not null, TerminalWindow.Missing ?? string.Empty);
        return new TerminalWindow(columns, rows);
    }

    private static string Quote(IEnumerable<string> words) => string.Join(' ', words.Select(word => $"'{word}'"));

    private string Script(Interpreter interpreter, string text, out string[] command)
    {
        string path = _folder["hot.py"];
        File.WriteAllText(path, text);
        command = [.. interpreter.CommandLine(path)];
        return path;
    }

    [Theory]
    [InlineData("kill -TERM")]
    [InlineData("kill -HUP")]
    [InlineData("kill -INT")]
    [InlineData("kill -QUIT")]
    [InlineData("q")]
    [InlineData("C-c")]
    public void The_terminal_is_given_back_on_every_way_out(string way)
    {
        Interpreter interpreter = InterpreterCatalog.All[^1];
        using TargetProgram target = TargetProgram.Start(interpreter, "busy.py", "12");
        using TerminalWindow window = Open();
        string id = target.ProcessId.ToString(CultureInfo.InvariantCulture);
        window.Run($"stty -g > {_folder["before"]}; sh -c 'echo $$ > {_folder["pid"]}; exec {PyflameBinary.Location} top -p {id}'; echo code $?");
        window.WaitFor("leaf (");
        if (way.StartsWith("kill", StringComparison.Ordinal))
        {
            CommandRunner.Run("sh", ["-c", $"{way} {File.ReadAllText(_folder["pid"])}"], TestLimits.Step);
        }
        else
        {
            window.Press(way);
        }

        Assert.DoesNotContain("%Own", window.WaitFor("code 0"), StringComparison.Ordinal);
        window.AssertIsAsBefore(_folder);
        Assert.False(target.HasExited);
        Assert.Equal(0, target.End());
    }

    [Fact]
    public void The_terminal_is_given_back_when_the_target_dies()
    {
        using TargetProgram target = TargetProgram.Start(InterpreterCatalog.All[^1], "busy.py", "12");
        using TerminalWindow window = Open();
        string id = target.ProcessId.ToString(CultureInfo.InvariantCulture);
        window.Run($"stty -g > {_folder["before"]}; {PyflameBinary.Location} top -p {id}; echo code $?");
        window.WaitFor("leaf (");
        CommandRunner.Run("sh", ["-c", $"kill -KILL {id}"], TestLimits.Step);

        // The last picture stays until it has been seen.
        Assert.Contains("leaf (", window.WaitFor("The process has ended. q quits."), StringComparison.Ordinal);
        window.Type("q");
        window.WaitFor("code 0");
        window.AssertIsAsBefore(_folder);
    }

    [Fact]
    public void The_last_picture_stays_until_it_was_seen_and_the_exit_code_is_the_commands()
    {
        Interpreter interpreter = InterpreterCatalog.All.Last(i => !i.IsContained);
        string path = Script(interpreter, Brief, out string[] command);
        using TerminalWindow window = Open(100);
        window.Run($"stty -g > {_folder["before"]}; {Quote([PyflameBinary.Location, "top", "--", .. command])}; echo left with $?");

        Assert.Contains($"spin ({path}:2)", window.WaitFor("The command has ended with exit code 7. q quits."), StringComparison.Ordinal);
        window.Type("q");
        Assert.Contains("last words\n", window.WaitFor("left with 7"), StringComparison.Ordinal);
        window.AssertIsAsBefore(_folder);
    }

    [Fact]
    public void Without_a_terminal_pictures_are_plain_text()
    {
        Interpreter interpreter = InterpreterCatalog.All.Last(i => !i.IsContained);
        string path = Script(interpreter, Brief, out string[] command);
        CommandResult result = PyflameBinary.Run(["top", "--interval", "0.1", "--", .. command]);

        Assert.Equal((7, string.Empty), (result.ExitCode, result.Error));
        Assert.Contains("last words\n", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', result.Output);
        string[] pictures = result.Output.Split("\n\n");
        Assert.InRange(pictures.Length, 2, 10_000);
        Assert.Contains($"spin ({path}:2)\n", pictures[^1], StringComparison.Ordinal);
        Assert.EndsWith("\nThe command has ended with exit code 7.\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void One_picture_of_a_running_process_on_wish()
    {
        using TargetProgram target = TargetProgram.Start(InterpreterCatalog.All[^1], "busy.py", "12");
        CommandResult result = PyflameBinary.Run(
            "top", "--once", "--lines", "-p", target.ProcessId.ToString(CultureInfo.InvariantCulture));

        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        Assert.Single(result.Output.Split('\n'), line => line.Contains("%Own", StringComparison.Ordinal));
        Assert.Matches($@"\n +\d+\.\d +\d+\.\d +\d+\.\d\ds +\d+\.\d\ds  loop \({target.ScriptPath}:2[0-7]\)\n", result.Output);
        Assert.Equal(0, target.End());
    }

    [Fact]
    public void A_command_that_is_no_python_gives_the_terminal_back_and_its_exit_code()
    {
        using TerminalWindow window = Open();
        window.Run($"stty -g > {_folder["before"]}; {PyflameBinary.Location} top -- sh -c 'exit 3'; echo code $?");
        window.WaitFor("code 3");
        Assert.Contains("seen to run Python", window.WaitFor("not seen"), StringComparison.Ordinal);
        window.AssertIsAsBefore(_folder);
    }
}
