using System.Globalization;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests;

/// <summary>Classic Pyflame running a command.</summary>
[SupportedOSPlatform("linux")]
public sealed class ClassicTraceTests : IDisposable
{
    // Computes for a while that no machine is too fast for, in a function that a profile cannot miss.
    private const string Work = """
        import sys
        def spin():
            total = 0
            for number in range(20000000):
                total += number
            return total
        spin()
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static void AssertGood(CommandResult result)
    {
        Assert.True(Regex.IsMatch(result.Error, "^(pyflame: .* rounds of samples .* did not take place, .*\n)?$"), result.Error);
        Assert.Equal(0, result.ExitCode);
    }

    private static void AssertSpun(string profile) => Assert.Contains(
        CollapsedOutput.Parse(profile).Keys,
        stack => stack is "<string>:<module>:7;<string>:spin:4" or "<string>:<module>:7;<string>:spin:5");

    [Theory]
    [InterpreterData]
    public void A_command_is_sampled_until_it_ends(Interpreter interpreter)
    {
        // Under chroot, the program that begins is not the one that Python runs in.
        CommandResult result = PyflameBinary.Run(["-t", .. interpreter.CommandLine("-c", Work)]);

        AssertGood(result);
        AssertSpun(result.Output);
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void The_first_instructions_are_in_the_profile(Interpreter interpreter)
    {
        // What runs before the program does: the import system, and from 3.x on frozen modules.
        CommandResult result = PyflameBinary.Run(["-r", "0.0001", "-n", "-t", .. interpreter.CommandLine("-c", "import json, decimal; sum(range(3000000))")]);

        Assert.Equal(0, result.ExitCode);
        Assert.NotEmpty(CollapsedOutput.Parse(result.Output));
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void Every_kind_of_chain_of_programs_is_followed(Interpreter interpreter)
    {
        File.WriteAllText(_folder["wrapper"], "#!/bin/sh\nexec env \"$@\"\n");
        File.SetUnixFileMode(_folder["wrapper"], (UnixFileMode)0b111_101_101);
        CommandResult result = PyflameBinary.Run(
            ["-o", _folder["profile.txt"], "-t", _folder["wrapper"], "A=b", .. interpreter.CommandLine("-c", Work)]);

        AssertGood(result);
        Assert.Equal(string.Empty, result.Output);
        AssertSpun(File.ReadAllText(_folder["profile.txt"]));
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void The_streams_are_the_commands_own(Interpreter interpreter)
    {
        string[] command = [.. interpreter.CommandLine("-c", Work + "\nsys.stdout.write(sys.stdin.read())\nsys.stderr.write('own words\\n')")];
        CommandResult result = CommandRunner.Run(
            "sh",
            ["-c", "echo in | \"$@\"", "sh", PyflameBinary.Location, "-o", _folder["profile.txt"], "-t", .. command],
            TestLimits.Step);

        Assert.Equal("in\n", result.Output);
        Assert.StartsWith("own words\n", result.Error, StringComparison.Ordinal);
        AssertGood(result with { Error = result.Error["own words\n".Length..] });
        Assert.Equal(["profile.txt"], _folder.Names);
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void The_command_takes_its_words_to_the_letter(Interpreter interpreter)
    {
        const string Print = Work + "\nfor word in sys.argv[1:]: print(word)";
        CommandResult result = PyflameBinary.Run(
            ["-o", _folder["p"], "-t", .. interpreter.CommandLine("-c", Print, "-t", "--", "-p", "1", "two words", "", "--help", "日本")]);

        Assert.Equal("-t\n--\n-p\n1\ntwo words\n\n--help\n日本\n", result.Output);
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void A_command_that_fails_is_reported_and_its_profile_written(Interpreter interpreter)
    {
        string[] command = [.. interpreter.CommandLine("-c", Work + "\nsys.exit(3)")];
        CommandResult result = PyflameBinary.Run(["-o", _folder["p"], "-t", .. command]);

        Assert.EndsWith($"pyflame: {command[0]} ended with exit code 3.\n", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
        AssertSpun(File.ReadAllText(_folder["p"]));
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void A_command_that_crashes_leaves_its_profile(Interpreter interpreter)
    {
        string[] command = [.. interpreter.CommandLine("-c", Work + "\nimport os\nos.kill(os.getpid(), 9)")];
        CommandResult result = PyflameBinary.Run(["-o", _folder["p"], "-t", .. command]);

        Assert.EndsWith($"pyflame: {command[0]} ended with signal 9.\n", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
        AssertSpun(File.ReadAllText(_folder["p"]));
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void Threads_and_abi_and_times_may_be_asked_for(Interpreter interpreter)
    {
        string abi = string.Create(CultureInfo.InvariantCulture, $"--abi={interpreter.Version.Major}{interpreter.Version.Minor}");
        CommandResult threads = PyflameBinary.Run(["--threads", abi, "-t", .. interpreter.CommandLine("-c", Work)]);
        AssertGood(threads);
        AssertSpun(threads.Output);

        CommandResult times = PyflameBinary.Run(["-T", "-x", "-t", .. interpreter.CommandLine("-c", Work)]);
        AssertGood(times);
        Assert.Matches(@"\n\d{16}\n<string>:<module>:7;<string>:spin:[45];\n", times.Output);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public void A_signal_reaches_the_command_and_the_profile_is_written(string signal)
    {
        Interpreter interpreter = InterpreterCatalog.All[^1];
        const string Script = """
            import signal, sys, time
            def end(number, frame):
                sys.stdout.write("ended by %d\n" % number)
                sys.exit(5)
            for name in "SIGINT", "SIGTERM", "SIGHUP":
                signal.signal(getattr(signal, name), end)
            while True:
                time.sleep(0.001)
            """;
        string[] command = [.. interpreter.CommandLine("-c", Script)];
        using RunningPyflame pyflame = RunningPyflame.Start(["-o", _folder["p"], "-t", .. command]);
        pyflame.WaitUntilItSamples();
        pyflame.Send(signal);
        CommandResult result = pyflame.End();

        int number = signal switch { "INT" => 2, "TERM" => 15, _ => 1 };
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"ended by {number}\n"), result.Output);
        Assert.EndsWith($"pyflame: {command[0]} ended with exit code 5.\n", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
        Assert.NotEmpty(CollapsedOutput.Parse(File.ReadAllText(_folder["p"])));
    }

    [Fact]
    public void A_command_that_heeds_no_signal_does_not_keep_the_profile_back()
    {
        Interpreter interpreter = InterpreterCatalog.All[^1];
        const string Script = """
            import signal, sys
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            sys.stdin.read()
            """;
        using RunningPyflame pyflame = RunningPyflame.Start(["-o", _folder["p"], "-t", .. interpreter.CommandLine("-c", Script)]);
        pyflame.WaitUntilItSamples();
        pyflame.SendUntilItEnds("TERM");
        CommandResult result = pyflame.End();

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("(idle)", CollapsedOutput.Parse(File.ReadAllText(_folder["p"])).Keys);
    }

    [Theory]
    [InlineData("true", 0)]
    [InlineData("false", 1)]
    public void A_command_that_never_becomes_Python_is_told(string command, int exitCode)
    {
        CommandResult result = PyflameBinary.Run("-t", command);

        Assert.StartsWith(
            string.Create(CultureInfo.InvariantCulture, $"Failed to locate libpython: {command} ended with exit code {exitCode} and was not seen to run Python.\n"),
            result.Error,
            StringComparison.Ordinal);
        Assert.Equal(string.Empty, result.Output);
        Assert.Equal(1, result.ExitCode);
    }

    [Theory]
    [InlineData("/no/such/file", "No such file or directory")]
    [InlineData("no-such-command-anywhere", "No such file or directory")]
    [InlineData("/etc/passwd", "Permission denied")]
    [InlineData("/", "Permission denied")]
    public void A_command_that_cannot_be_run_is_told(string command, string reason)
    {
        CommandResult result = PyflameBinary.Run("-o", _folder["p"], "-t", command);

        Assert.Equal($"Child process exited with status 127: Cannot run '{command}': {reason}.\n", result.Error);
        Assert.Equal(1, result.ExitCode);
        Assert.Empty(_folder.Names);
    }

    [Theory]
    [InlineData("pyflame")]
    [InlineData("/nowhere/pyflame")]
    [InlineData("")]
    [InlineData("link")]
    public void Pyflame_does_not_profile_itself(string name)
    {
        string command = name switch
        {
            "" => PyflameBinary.Location,
            "link" => Path.Combine(Path.GetDirectoryName(PyflameBinary.Location)!, "flame-chart-json"),
            _ => name,
        };
        CommandResult result = PyflameBinary.Run("-t", command, "-p", "1");

        Assert.StartsWith("You tried to pyflame a pyflame", result.Error, StringComparison.Ordinal);
        Assert.Equal(string.Empty, result.Output);
        Assert.Equal(1, result.ExitCode);
    }
}
