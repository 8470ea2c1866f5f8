using System.Globalization;
using System.Runtime.Versioning;
using System.Text.Json;
using System.Text.RegularExpressions;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests;

/// <summary><c>--subprocesses</c>: a process with all that it starts.</summary>
[SupportedOSPlatform("linux")]
public sealed partial class SubprocessTests
{
    // A small part of what was run before a release; set the variable to run more.
    private static readonly int RestlessRounds =
        int.TryParse(Environment.GetEnvironmentVariable("PYFLAME_RACE_ROUNDS"), out int rounds) ? rounds : 30;

    // Says its id and works for a while.
    private const string Work = """
        import os, sys, time
        os.write(1, ('worker %d\n' % os.getpid()).encode())
        end = time.time() + 0.8
        while time.time() < end:
            pass
        """;

    // Leaves an orphan that ends at once, again and again, and waits until each is gone for good.
    private const string Orphans = """
        import os, sys
        def left(parent):
            for name in os.listdir('/proc'):
                try:
                    stat = open('/proc/%s/stat' % name).read() if name.isdigit() else ''
                except (IOError, OSError):
                    continue
                fields = stat[stat.rfind(')') + 2:].split()
                if fields and fields[0] == 'Z' and int(fields[1]) == parent:
                    return True
        for _ in range(20):
            middle = os.fork()
            if middle == 0:
                os.fork()
                os._exit(0)
            os.waitpid(middle, 0)
            while left(os.getppid()):
                pass
        """;

    [GeneratedRegex("^worker ([0-9]+)$", RegexOptions.Multiline)]
    private static partial Regex Worker { get; }

    private static string Id(TargetProgram target) => target.ProcessId.ToString(CultureInfo.InvariantCulture);

    private static int[] Workers(string output) =>
        [.. Worker.Matches(output).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))];

    /// <summary>How many samples stand on the frame of a process.</summary>
    private static long SamplesOf(string path, int processId) => CollapsedOutput.Parse(File.ReadAllText(path))
        .Where(stack => stack.Key.StartsWith(string.Create(CultureInfo.InvariantCulture, $"process {processId}: "), StringComparison.Ordinal))
        .Sum(stack => stack.Value);

    // That the machine is too busy with other things is no fault, and told in one line.
    private static void AssertQuiet(string error) => Assert.Matches("^(pyflame: .* rounds of samples .* did not take place, .*\n)?$", error);

    private static Interpreter Newest => InterpreterCatalog.All.Last(interpreter => !interpreter.IsContained);

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void A_command_that_starts_python_is_recorded_and_keeps_its_exit_code(Interpreter interpreter)
    {
        using var folder = new TemporaryFolder();
        CommandResult result = PyflameBinary.Run(
            ["record", "--subprocesses", "-o", folder["p.txt"], "--", "sh", "-c", "\"$@\" & \"$@\"; wait; exit 6", "sh", .. interpreter.CommandLine("-c", Work)]);

        AssertQuiet(result.Error);
        Assert.Equal(6, result.ExitCode);
        int[] workers = Workers(result.Output);
        Assert.Equal(2, workers.Length);
        Assert.All(workers, worker => Assert.InRange(SamplesOf(folder["p.txt"], worker), 5, long.MaxValue));
        Assert.DoesNotContain(": sh", File.ReadAllText(folder["p.txt"]), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_command_leaves_running_is_recorded_to_its_end()
    {
        using var folder = new TemporaryFolder();
        CommandResult result = PyflameBinary.Run(
            ["record", "-s", "-o", folder["p.txt"], "--", "sh", "-c", "\"$@\" & exit 3", "sh", .. Newest.CommandLine("-c", Work)]);

        AssertQuiet(result.Error);
        Assert.Equal(3, result.ExitCode);
        int worker = Assert.Single(Workers(result.Output));

        // There is one process only, which needs no frame.
        Assert.InRange(CollapsedOutput.Parse(File.ReadAllText(folder["p.txt"])).Values.Sum(), 20, long.MaxValue);
        Assert.DoesNotContain($"process {worker}", File.ReadAllText(folder["p.txt"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Orphans_are_no_zombies_for_long()
    {
        CommandResult result = PyflameBinary.Run(["record", "-s", "-o", "/dev/null", "-f", "collapsed", "--", .. Newest.CommandLine("-c", Orphans)]);

        AssertQuiet(result.Error);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public void Every_format_tells_the_processes_apart()
    {
        using var folder = new TemporaryFolder();
        using TargetProgram target = TargetProgram.Start(Newest, "process_tree.py", "multiprocessing-fork");
        target.WriteLine("more");
        string[] lines = [target.Preamble.Count > 0 ? target.Preamble[0] : target.ReadLine(), target.ReadLine()];
        int[] workers = Workers(string.Join('\n', lines.Select(line => string.Join(' ', line.Split(' ').Take(2)))));
        CommandResult result = PyflameBinary.Run("record", "-s", "-p", Id(target), "-d", "1", "-o", folder["p.pyflame"]);

        AssertQuiet(result.Error);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(2, workers.Length);
        foreach (string name in new[] { "p.txt", "p.svg", "p.speedscope.json", "p.jsonl", "p.trace.json", "p.cpuprofile", "p.firefox.json", "p.pb.gz" })
        {
            CommandResult converted = PyflameBinary.Run("convert", folder["p.pyflame"], folder[name]);
            Assert.Equal((0, string.Empty), (converted.ExitCode, converted.Error));
            string text = ReadAll(folder[name]);
            Assert.All(workers, worker => Assert.Matches($"(process |\"pid\": ?\"?|\"id\": ?){worker}\\b", text));
        }

        Assert.Equal(0, PyflameBinary.Run("convert", folder["p.pyflame"], folder["p.html"]).ExitCode);
        Assert.Contains(" · 3 processes · ", ReadAll(folder["p.html"]), StringComparison.Ordinal);
        Assert.All(workers, worker => Assert.InRange(SamplesOf(folder["p.txt"], worker), 5, long.MaxValue));
        CommandResult report = PyflameBinary.Run("report", folder["p.pyflame"]);
        Assert.All(workers, worker => Assert.Matches($"\n *[0-9.]+ +[0-9.]+ s  process {worker}: ", report.Output));
        Assert.Equal(0, target.End());
    }

    [Fact]
    public void A_dump_shows_the_whole_tree()
    {
        using TargetProgram target = TargetProgram.Start(Newest, "process_tree.py", "chain");
        int worker = Workers(string.Join(' ', (target.Preamble.Count > 0 ? target.Preamble[0] : target.ReadLine()).Split(' ').Take(2)))[0];
        CommandResult text = PyflameBinary.Run("dump", "--subprocesses", "-p", Id(target));
        CommandResult json = PyflameBinary.Run("dump", "-s", "--json", "-p", Id(target));

        Assert.Equal((0, string.Empty), (text.ExitCode, text.Error));
        Assert.Equal((0, string.Empty), (json.ExitCode, json.Error));
        string[] heads = [.. text.Output.Split('\n').TakeWhile(line => line.Length > 0)];
        Assert.Equal([$"Process {target.ProcessId}, ", $"Process {worker}, "], heads.Select(head => head[..(head.IndexOf(',', StringComparison.Ordinal) + 2)]));
        Assert.Contains("spin (", text.Output, StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(json.Output);
        Assert.Equal(
            [target.ProcessId, worker],
            document.RootElement.GetProperty("processes").EnumerateArray().Select(process => process.GetProperty("pid").GetInt32()));
        Assert.Equal(0, target.End());
    }

    [Fact]
    public void Top_shows_every_process()
    {
        using TargetProgram target = TargetProgram.Start(Newest, "process_tree.py", "subprocess");
        int worker = Workers(string.Join(' ', (target.Preamble.Count > 0 ? target.Preamble[0] : target.ReadLine()).Split(' ').Take(2)))[0];
        CommandResult attached = PyflameBinary.Run("top", "-s", "-i", "--once", "-p", Id(target));
        CommandResult command = PyflameBinary.Run(
            ["top", "-s", "--interval", "0.2", "--", "sh", "-c", "\"$@\" & \"$@\"; wait; exit 5", "sh", .. Newest.CommandLine("-c", Work)]);

        Assert.Equal((0, string.Empty), (attached.ExitCode, attached.Error));
        Assert.Contains(" threads of 2 processes: ", attached.Output, StringComparison.Ordinal);
        Assert.Matches($"\n[0-9. s]+  {target.ProcessId} .*: main \\(.*process_tree.py", attached.Output);
        Assert.Matches($"\n[0-9. s]+  {worker} .*: spin \\(.*process_tree.py", attached.Output);
        Assert.Equal((5, string.Empty), (command.ExitCode, command.Error));
        int[] workers = Workers(command.Output);
        Assert.Equal(2, workers.Length);
        Assert.All(workers, id => Assert.Matches($"\n[0-9. s]+  {id} .*: <module> \\(<string>:1\\)", command.Output));
        Assert.Equal(0, target.End());
    }

    [Fact]
    public void Restless_trees_end_as_they_would_and_leave_a_profile()
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Targets", "restless_tree.py");
        using var folder = new TemporaryFolder();
        for (int seed = 0; seed < RestlessRounds; seed++)
        {
            // What the first process does is the same for each seed.
            string[] command = [.. Newest.CommandLine(script, seed.ToString(CultureInfo.InvariantCulture), "3")];
            CommandResult bare = CommandRunner.Run("sh", ["-c", "\"$@\"; exit $?", "sh", .. command], TestLimits.Step);
            CommandResult result = PyflameBinary.Run(["record", "-s", "-r", "1000", "-o", folder["p.pyflame"], "--", .. command]);
            Assert.True(bare.ExitCode == result.ExitCode, $"seed {seed}: {result.ExitCode} in place of {bare.ExitCode}\n{result.Error}");
            AssertQuiet(result.Error);
            CommandResult report = PyflameBinary.Run("report", folder["p.pyflame"]);
            Assert.Equal((0, string.Empty), (report.ExitCode, report.Error));
        }
    }

    [Fact]
    public void Processes_in_a_pid_namespace_of_their_own_are_recorded()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Takes root, to make namespaces.");
        using var folder = new TemporaryFolder();
        CommandResult result = PyflameBinary.Run(
            ["record", "-s", "-o", folder["p.jsonl"], "--", "unshare", "--pid", "--fork", "--kill-child", "sh", "-c", "\"$@\" & \"$@\"; wait; exit 4", "sh", .. Newest.CommandLine("-c", Work)]);

        AssertQuiet(result.Error);
        Assert.Equal(4, result.ExitCode);
        JsonElement[] processes = [.. File.ReadLines(folder["p.jsonl"])
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("type").GetString() == "process")];

        // What they say is how they see themselves.
        Assert.Equal(
            Workers(result.Output).Order(),
            processes.Select(process => process.GetProperty("namespace_pid").GetInt32()).Order());
    }

    [Fact]
    public void A_process_that_may_not_be_read_is_told_and_the_others_are_recorded()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "Takes root, to become someone who may not.");
        Interpreter interpreter = InterpreterCatalog.All.FirstOrDefault(candidate => candidate.Origin == InterpreterOrigin.System)!;
        Assert.SkipWhen(interpreter is null, "Takes the system's Python, which everybody may run.");
        using var folder = new TemporaryFolder();
        File.SetUnixFileMode(folder["."], (UnixFileMode)0b111_111_111);

        // A copy that runs as root whoever starts it.
        File.Copy(interpreter!.Executable, folder["python-as-root"]);
        File.SetUnixFileMode(folder["python-as-root"], UnixFileMode.SetUser | (UnixFileMode)0b111_101_101);
        File.Copy(PyflameBinary.Location, folder["pyflame"]);
        CommandResult result = CommandRunner.Run(
            "setpriv",
            ["--reuid=65534", "--regid=65534", "--clear-groups", folder["pyflame"], "record", "-s", "-o", folder["p.txt"], "--",
                "sh", "-c", "$0 -c \"$2\" & $1 -c \"$2\"; wait; exit 5", folder["python-as-root"], interpreter.Executable, Work],
            TestLimits.Step);

        Assert.Equal(5, result.ExitCode);
        int[] workers = Workers(result.Output);
        Assert.Equal(2, workers.Length);
        Match told = Regex.Match(result.Error, "^pyflame record: process ([0-9]+) \\(.*python-as-root -c .*\\) was not sampled: .*$", RegexOptions.Multiline);
        Assert.True(told.Success, result.Error);
        Assert.Contains(int.Parse(told.Groups[1].Value, CultureInfo.InvariantCulture), workers);
        Assert.InRange(CollapsedOutput.Parse(File.ReadAllText(folder["p.txt"])).Values.Sum(), 20, long.MaxValue);
    }

    [Fact]
    public void Ctrl_C_ends_a_recording_of_several_processes_and_SIGTERM_one_whose_command_has_ended()
    {
        using var folder = new TemporaryFolder();
        using TargetProgram target = TargetProgram.Start(Newest, "process_tree.py", "subprocess");
        using (RunningPyflame pyflame = RunningPyflame.Start("record", "-s", "-p", Id(target), "-o", folder["p.txt"]))
        {
            pyflame.WaitUntilItSamples();
            pyflame.Send("INT");
            CommandResult result = pyflame.End();
            Assert.Equal(0, result.ExitCode);
            Assert.NotEmpty(CollapsedOutput.Parse(File.ReadAllText(folder["p.txt"])));
        }

        // The command leaves a child that does not end before its input does.
        using (RunningPyflame pyflame = RunningPyflame.Start(
            [
                "record", "-s", "-o", folder["q.txt"], "--", "sh", "-c", "exec 3<&0; \"$@\" <&3 >/dev/null 2>&1 & wait", "sh",
                .. Newest.CommandLine("-c", "import select\nwhile not select.select([0], [], [], 0)[0]: pass"),
            ]))
        {
            pyflame.WaitUntilItSamples();
            pyflame.Send("TERM");
            Assert.Equal(128 + 15, pyflame.End().ExitCode);
            Assert.NotEmpty(CollapsedOutput.Parse(File.ReadAllText(folder["q.txt"])));
        }

        Assert.Equal(0, target.End());
    }

    private static string ReadAll(string path)
    {
        using Stream file = File.OpenRead(path);
        using Stream stream = path.EndsWith(".gz", StringComparison.Ordinal)
            ? new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionMode.Decompress)
            : file;
        using var reader = new StreamReader(stream, System.Text.Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
