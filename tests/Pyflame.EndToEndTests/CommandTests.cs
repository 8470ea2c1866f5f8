using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests;

/// <summary><c>pyflame dump</c> and <c>ps</c> on real processes, and what every command says about mistakes.</summary>
public sealed class CommandTests
{
    private static string Id(TargetProgram target) => target.ProcessId.ToString(CultureInfo.InvariantCulture);

    private static Process Start(IReadOnlyList<string> command) => Process.Start(
        new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    // read(2) has number 0 (proc_pid_syscall(5)).
    private static void WaitUntilItReads(Process worker)
    {
        Assert.Equal("READY", string.Concat(Enumerable.Range(0, 5).Select(_ => (char)worker.StandardOutput.Read())));
        Assert.True(SpinWait.SpinUntil(
            () => File.ReadAllText($"/proc/{worker.Id}/syscall").StartsWith("0 ", StringComparison.Ordinal), TestLimits.Step));
    }

    private static string Frame(ReportedFrame frame) => string.Create(CultureInfo.InvariantCulture, $"{frame.File}:{frame.Name}:{frame.Line}");

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void A_dump_has_every_thread_with_its_frames(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.StartBlocked(interpreter, "blocked.py", out StackReport report);
        CommandResult json = PyflameBinary.Run("dump", "--json", "-p", Id(target));
        CommandResult text = PyflameBinary.Run("dump", "-p", Id(target));

        Assert.Equal(string.Empty, json.Error);
        Assert.Equal(0, json.ExitCode);
        using JsonDocument document = JsonDocument.Parse(json.Output);
        JsonElement process = Assert.Single(document.RootElement.GetProperty("processes").EnumerateArray());
        Assert.Equal(target.ProcessId, process.GetProperty("pid").GetInt32());
        Assert.StartsWith(
            string.Create(CultureInfo.InvariantCulture, $"{interpreter.Version.Major}.{interpreter.Version.Minor}."),
            process.GetProperty("python").GetString(),
            StringComparison.Ordinal);
        Assert.Equal(
            report.Threads.Select(thread => string.Join('|', thread.Frames.Reverse().Select(Frame))).Order(StringComparer.Ordinal),
            process.GetProperty("threads").EnumerateArray()
                .Select(thread => string.Join('|', thread.GetProperty("frames").EnumerateArray().Select(frame => string.Create(
                    CultureInfo.InvariantCulture,
                    $"{frame.GetProperty("file").GetString()}:{frame.GetProperty("function").GetString()}:{frame.GetProperty("line").GetInt32()}"))))
                .Order(StringComparer.Ordinal));
        Assert.StartsWith($"Process {target.ProcessId}, Python {process.GetProperty("python").GetString()}: ", text.Output, StringComparison.Ordinal);
        Assert.Equal(report.Threads.Count, text.Output.Split('\n').Count(line => line.StartsWith("Thread ", StringComparison.Ordinal)));
        Assert.Equal(0, target.End());
    }

    [Theory]
    [InterpreterData(From = "3.12", Below = "3.14", OnePerVersion = true)]
    public void Equal_stacks_of_several_processes_are_shown_once(Interpreter interpreter)
    {
        // The scripts lie in folders of their own, so that only what they have in common folds: here nothing does.
        using TargetProgram first = TargetProgram.StartBlocked(interpreter, "blocked.py", out StackReport report);
        using TargetProgram second = TargetProgram.StartBlocked(interpreter, "blocked.py", out _);
        CommandResult result = PyflameBinary.Run("dump", "-p", Id(first), Id(second), "4194305");

        Assert.Equal("pyflame dump: There is no process 4194305.\n", result.Error);
        Assert.Equal(1, result.ExitCode);
        string[] lines = result.Output.Split('\n');
        Assert.StartsWith($"Process {first.ProcessId}, ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"Process {second.ProcessId}, ", lines[1], StringComparison.Ordinal);
        Assert.Equal(2 * report.Threads.Count, lines.Count(line => line.StartsWith("  process ", StringComparison.Ordinal)));
        Assert.Equal(0, first.End());
        Assert.Equal(0, second.End());
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void Workers_that_hang_at_one_place_are_shown_as_one(Interpreter interpreter)
    {
        Assert.SkipWhen(interpreter.IsContained, "The script lies outside of the interpreter's root.");
        using var folder = new TemporaryFolder();
        string script = folder["worker.py"];
        File.WriteAllText(script, "import os, threading\ndef hang():\n    os.write(1, b'READY')\n    os.read(0, 1)\ndef other():\n    hang()\nimport sys\n(other if len(sys.argv) > 1 else hang)()\n");
        Process[] workers = [.. Enumerable.Range(0, 4).Select(index => Start(interpreter.CommandLine(index == 0 ? [script, "other"] : [script])))];
        try
        {
            Assert.All(workers, WaitUntilItReads);
            CommandResult result = PyflameBinary.Run(["dump", "-p", .. workers.Select(worker => worker.Id.ToString(CultureInfo.InvariantCulture))]);

            Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
            string stacks = result.Output[result.Output.IndexOf("\n\n", StringComparison.Ordinal)..];
            string Threads(IEnumerable<Process> of) => string.Concat(of.Select(worker => string.Create(
                CultureInfo.InvariantCulture, $"  process {worker.Id}, thread {worker.Id} \"MainThread\" (input or output)\n")));
            Assert.Equal(
                $"\n\n3 threads:\n{Threads(workers.Skip(1))}    hang ({script}:4)\n    <module> ({script}:8)\n"
                    + $"\n1 thread:\n{Threads(workers.Take(1))}    hang ({script}:4)\n    other ({script}:6)\n    <module> ({script}:8)\n",
                stacks);
        }
        finally
        {
            Array.ForEach(workers, worker => worker.StandardInput.Close());
            Assert.All(workers, worker => worker.WaitForExit());
            Array.ForEach(workers, worker => worker.Dispose());
        }
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void Ps_lists_a_process_with_version_and_threads(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.StartBlocked(interpreter, "blocked.py", out StackReport report);
        CommandResult result = PyflameBinary.Run("ps", "--json");

        Assert.Equal(string.Empty, result.Error);
        using JsonDocument document = JsonDocument.Parse(result.Output);
        JsonElement process = document.RootElement.EnumerateArray().Single(entry => entry.GetProperty("pid").GetInt32() == target.ProcessId);
        Assert.StartsWith(
            string.Create(CultureInfo.InvariantCulture, $"{interpreter.Version.Major}.{interpreter.Version.Minor}."),
            process.GetProperty("version").GetString(),
            StringComparison.Ordinal);
        Assert.Equal(report.Threads.Count, process.GetProperty("threads").GetInt32());
        Assert.Contains(target.ScriptPath, process.GetProperty("command").EnumerateArray().Select(word => word.GetString()));
        Assert.InRange(process.GetProperty("age_seconds").GetDouble(), 0, 240);
        Assert.Equal(0, target.End());
    }

    [Theory]
    [InlineData("pyflame: there is no command 'recrod'. Did you mean 'pyflame record'?", "recrod")]
    [InlineData("pyflame record: there is no option '--dutation'. Did you mean '--duration'?", "record", "--dutation", "3")]
    [InlineData("pyflame record: 'often' is not a rate: give samples a second, up to 100000, such as 100, 250hz or 1khz.", "record", "-r", "often")]
    [InlineData("pyflame record: 'python3' is no option. If it is the command to run, put -- in front of it.", "record", "python3", "a.py")]
    [InlineData("pyflame record: option '--output' needs a value.", "record", "--output")]
    [InlineData("pyflame record: options '--nonblocking' and '--blocking' contradict each other.", "record", "-p", "1", "--nonblocking", "--blocking")]
    [InlineData("pyflame dump: '-1' is not a process id, which is a whole number above 0.", "dump", "--pid=-1")]
    [InlineData("pyflame convert: OUT is missing.", "convert", "a.pyflame")]
    [InlineData("pyflame report: there is one word too many: 'b'.", "report", "a", "b")]
    public void Wrong_words_are_told_in_a_line_with_exit_code_2(string error, params string[] arguments)
    {
        CommandResult result = PyflameBinary.Run(arguments);

        Assert.Equal(error, result.Error.Split('\n')[0]);
        Assert.InRange(result.Error.TrimEnd('\n').Split('\n').Length, 1, 2);
        Assert.Equal(string.Empty, result.Output);
        Assert.Equal(2, result.ExitCode);
    }

    [Fact]
    public void An_unknown_format_is_told_with_those_that_there_are()
    {
        CommandResult result = PyflameBinary.Run("record", "-f", "speedscpe", "-o", "/tmp/x", "-p", "1");

        Assert.StartsWith("pyflame record: there is no format 'speedscpe'. Did you mean speedscope? The formats are ", result.Error, StringComparison.Ordinal);
        Assert.Equal(2, result.ExitCode);
    }

    [Fact]
    public void Failures_are_told_in_a_line_with_exit_code_1()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["bad.pyflame"], "no profile at all");
        string[][] commands =
        [
            ["record", "-o", "/no/such/folder/p.svg", "--", "true"],
            ["record", "-o", folder["new.pyflame"], "-p", "4194305"],
            ["dump", "-p", "4194305"],
            ["report", folder["bad.pyflame"]],
            ["convert", folder["none.pyflame"], folder["p.svg"]],
            ["diff", folder["bad.pyflame"], folder["bad.pyflame"]],
        ];

        Assert.All(commands, command =>
        {
            CommandResult result = PyflameBinary.Run(command);
            Assert.StartsWith($"pyflame {command[0]}: ", result.Error, StringComparison.Ordinal);
            Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
            Assert.Equal(string.Empty, result.Output);
            Assert.Equal(1, result.ExitCode);
        });
        Assert.Equal(["bad.pyflame"], folder.Names);
    }

    [Fact]
    public void A_file_that_is_not_there_is_told()
    {
        CommandResult result = PyflameBinary.Run("report", "/no/such.pyflame");

        Assert.Equal("pyflame report: cannot read /no/such.pyflame: There is no such folder.\n", result.Error);
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public void A_process_that_is_not_python_is_told()
    {
        using Process cat = Process.Start(new ProcessStartInfo("cat") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        CommandResult result = PyflameBinary.Run("dump", "-p", cat.Id.ToString(CultureInfo.InvariantCulture));
        cat.StandardInput.Close();
        cat.WaitForExit();

        Assert.StartsWith("pyflame dump: ", result.Error, StringComparison.Ordinal);
        Assert.Equal(1, result.ExitCode);
    }
}
