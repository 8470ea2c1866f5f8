using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests;

/// <summary><c>pyflame record</c> on real processes.</summary>
public sealed class RecordTests
{
    // Long enough to be sampled some dozen times; ends as asked for.
    private const string Spin =
        "import os, sys, time\nend = time.time() + 0.7\nwhile time.time() < end: pass\nsys.stdout.write('its output')\nsys.stdout.flush()\n";

    private static string Id(TargetProgram target) => target.ProcessId.ToString(CultureInfo.InvariantCulture);

    // That the machine is too busy with other things is no fault, and told in one line.
    private static void AssertQuiet(string error) => Assert.Matches("^(pyflame: .* rounds of samples .* did not take place, .*\n)?$", error);

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void A_running_process_is_recorded_and_a_script_hears_nothing(Interpreter interpreter)
    {
        using var folder = new TemporaryFolder();
        using TargetProgram target = TargetProgram.Start(interpreter, "busy.py", "12");
        CommandResult result = PyflameBinary.Run("record", "-p", Id(target), "-d", "0.7", "-o", folder["p.txt"], "--full-filenames", "--nolineno");

        AssertQuiet(result.Error);
        Assert.Equal(string.Empty, result.Output);
        Assert.Equal(0, result.ExitCode);
        IReadOnlyDictionary<string, long> stacks = CollapsedOutput.Parse(File.ReadAllText(folder["p.txt"]));
        string root = $"{target.ScriptPath}:<module>;{target.ScriptPath}:descend;";
        Assert.InRange(stacks.Where(stack => stack.Key.StartsWith(root, StringComparison.Ordinal)).Sum(stack => stack.Value), 1, 70);
        Assert.Equal(["p.txt"], folder.Names);
        Assert.Equal(0, target.End());
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void A_command_keeps_its_output_and_exit_code(Interpreter interpreter)
    {
        using var folder = new TemporaryFolder();
        CommandResult result = PyflameBinary.Run(
            ["record", "-o", folder["p.txt"], "--", .. interpreter.CommandLine("-c", Spin + "sys.exit(7)")]);

        AssertQuiet(result.Error);
        Assert.Equal("its output", result.Output);
        Assert.Equal(7, result.ExitCode);
        IReadOnlyDictionary<string, long> stacks = CollapsedOutput.Parse(File.ReadAllText(folder["p.txt"]));
        Assert.InRange(stacks.GetValueOrDefault("<string>:<module>:3"), 5, 75);
    }

    [Theory]
    [InterpreterData(From = "3.12", OnePerVersion = true)]
    public void A_command_that_a_signal_ends_leaves_its_profile(Interpreter interpreter)
    {
        using var folder = new TemporaryFolder();
        CommandResult result = PyflameBinary.Run(
            ["record", "-o", folder["p.pyflame"], "--", .. interpreter.CommandLine("-c", Spin + "os.kill(os.getpid(), 9)")]);

        Assert.Equal(128 + 9, result.ExitCode);
        CommandResult report = PyflameBinary.Run("report", "--json", folder["p.pyflame"]);
        Assert.Contains("\"file\": \"<string>\"", report.Output, StringComparison.Ordinal);
        Assert.Equal(string.Empty, report.Error);
    }

    [Theory]
    [InterpreterData(From = "3.13", OnePerVersion = true)]
    public void A_disk_that_is_full_costs_no_samples(Interpreter interpreter)
    {
        using var folder = new TemporaryFolder();
        ProcessStartInfo start = PyflameBinary.StartInfo(
            ["record", "-f", "svg", "-o", "/dev/full", "--", .. interpreter.CommandLine("-c", Spin)]);
        start.Environment["TMPDIR"] = folder[string.Empty];
        CommandResult result = CommandRunner.Run(start, TestLimits.Step);

        Assert.Equal(1, result.ExitCode);
        string kept = Assert.Single(folder.Names, name => name.EndsWith(".pyflame", StringComparison.Ordinal));
        Assert.Contains($"The samples are in {folder[kept]}; ", result.Error, StringComparison.Ordinal);
        Assert.Contains("<module> (<string>:1)", PyflameBinary.Run("report", folder[kept]).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InterpreterData(From = "3.13", OnePerVersion = true)]
    public void Ctrl_C_ends_a_recording_well_and_a_signal_writes_what_there_is(Interpreter interpreter)
    {
        using var folder = new TemporaryFolder();
        using TargetProgram target = TargetProgram.Start(interpreter, "busy.py", "12");
        using RunningPyflame pyflame = RunningPyflame.Start("record", "-p", Id(target), "-r", "200", "-o", folder["p.folded"]);
        pyflame.WaitUntilItSamples();
        pyflame.Send("USR1");
        Assert.True(SpinWait.SpinUntil(() => File.Exists(folder["p.folded"]), TestLimits.Step), "no snapshot was written");
        long snapshot = CollapsedOutput.Parse(File.ReadAllText(folder["p.folded"])).Values.Sum();
        pyflame.Send("INT");
        CommandResult result = pyflame.End();

        Assert.Equal(0, result.ExitCode);
        Assert.InRange(CollapsedOutput.Parse(File.ReadAllText(folder["p.folded"])).Values.Sum(), Math.Max(1, snapshot), long.MaxValue);
        Assert.Equal(["p.folded"], folder.Names);
        Assert.Equal(0, target.End());
    }

    [Theory]
    [InterpreterData(From = "3.13", OnePerVersion = true)]
    public void Rolling_files_are_each_a_whole_profile_and_only_the_last_are_kept(Interpreter interpreter)
    {
        using var folder = new TemporaryFolder();
        using TargetProgram target = TargetProgram.Start(interpreter, "busy.py", "12");
        CommandResult result = PyflameBinary.Run(
            "record", "-p", Id(target), "-d", "3.5", "--rotate", "1s", "--keep", "2", "-o", folder["p.pyflame"]);

        AssertQuiet(result.Error);
        Assert.Equal(0, result.ExitCode);
        string[] names = folder.Names;
        Assert.Equal(2, names.Length);
        Assert.All(names, name =>
        {
            CommandResult report = PyflameBinary.Run("report", folder[name]);
            Assert.Equal(string.Empty, report.Error);
            Assert.Contains("descend", report.Output, StringComparison.Ordinal);
        });
        Assert.Equal(0, target.End());
    }

    [Theory]
    [InterpreterData(From = "3.13", OnePerVersion = true)]
    public void JSON_Lines_come_while_it_records(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.Start(interpreter, "busy.py", "12");

        // Nothing else ends this recording than that its reader goes away.
        CommandResult result = CommandRunner.Run(
            "bash",
            ["-c", $"'{PyflameBinary.Location}' record -p {Id(target)} -f json-lines -o - | head -n 40; exit ${{PIPESTATUS[0]}}"],
            TestLimits.Step);

        AssertQuiet(result.Error);
        Assert.Equal(141, result.ExitCode);
        string[] types = [.. result.Output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("type").GetString()!)];
        Assert.Equal(40, types.Length);
        Assert.Equal(["profile", "process", "thread", "frame"], types[..4]);
        Assert.Contains("sample", types);
        Assert.Equal(0, target.End());
    }

    [Theory]
    [InterpreterData(From = "3.13", OnePerVersion = true)]
    public void Waiting_threads_are_left_out_and_an_empty_profile_is_no_error(Interpreter interpreter)
    {
        using var folder = new TemporaryFolder();
        using TargetProgram target = TargetProgram.StartBlocked(interpreter, "blocked.py", out _);
        CommandResult result = PyflameBinary.Run("record", "-p", Id(target), "-d", "0.2", "-o", folder["p.svg"]);
        CommandResult idle = PyflameBinary.Run("record", "-p", Id(target), "-d", "0.2", "-i", "-o", folder["i.svg"]);

        Assert.Equal("pyflame record: no samples: every thread was waiting all the time. Add '--idle' to see where.\n", result.Error);
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("<?xml", File.ReadAllText(folder["p.svg"]), StringComparison.Ordinal);
        AssertQuiet(idle.Error);
        Assert.Contains("blocked.py", File.ReadAllText(folder["i.svg"]), StringComparison.Ordinal);
        Assert.Equal(0, target.End());
    }

    [Fact]
    public void A_command_that_is_not_python_is_told_and_keeps_its_exit_code()
    {
        CommandResult result = PyflameBinary.Run("record", "-f", "collapsed", "-o", "/dev/null", "--", "sh", "-c", "exit 3");

        Assert.StartsWith("pyflame record: sh ended with exit code 3 and was not seen to run Python", result.Error, StringComparison.Ordinal);
        Assert.Equal(3, result.ExitCode);
    }
}
