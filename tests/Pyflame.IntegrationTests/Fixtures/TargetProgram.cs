using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Pyflame.Testing;

/// <summary>
/// A script of <c>Targets/</c> that runs under an interpreter, ready to be profiled. Ready is what the script says on
/// its standard output, never a matter of time. Every wait has a limit, and so has the life of the target; what goes
/// wrong is thrown with all that the target wrote to its standard error.
/// </summary>
public sealed class TargetProgram : IDisposable
{
    private const string Ready = "READY";

    // Says its id and becomes the target. A shell stays in between: .NET looks after its own children with waitpid(2) at any
    // time, and takes a child that ptrace has stopped at that moment for one that has ended.
    private const string Launcher = "sh -c 'echo $$; exec \"$@\"' sh \"$@\"; exit $?";

    private readonly Process process;
    private readonly string folder;
    private readonly Timer lifeTimer;
    private readonly BlockingCollection<string> lines = [];
    private readonly StringBuilder error = new();
    private bool livedTooLong;

    private TargetProgram(Interpreter interpreter, Process process, string folder, string scriptPath)
    {
        Interpreter = interpreter;
        this.process = process;
        this.folder = folder;
        ScriptPath = scriptPath;
        process.OutputDataReceived += (_, line) => TakeLine(line.Data);
        process.ErrorDataReceived += (_, line) => TakeErrorLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        lifeTimer = new Timer(_ => EndLife(), null, TestLimits.Life, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What runs it.</summary>
    public Interpreter Interpreter { get; }

    /// <summary>Its process id as we see it. It is no child of ours, but a grandchild.</summary>
    public int ProcessId { get; private set; }

    /// <summary>The script's path as the target sees it: <c>co_filename</c> of its module.</summary>
    public string ScriptPath { get; }

    /// <summary>The lines that it printed before it said that it was ready.</summary>
    public IReadOnlyList<string> Preamble { get; private set; } = [];

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => process.HasExited;

    /// <summary>What it wrote to its standard error so far.</summary>
    public string ErrorOutput
    {
        get
        {
            lock (error)
            {
                return error.ToString();
            }
        }
    }

    /// <summary>Starts a script of <c>Targets/</c> and returns once it has printed READY.</summary>
    /// <param name="interpreter">What runs it.</param>
    /// <param name="script">The name of the file in <c>Targets/</c>.</param>
    /// <param name="arguments">The script's arguments.</param>
    public static TargetProgram Start(Interpreter interpreter, string script, params IEnumerable<string> arguments) =>
        StartUnder(static command => command, interpreter, script, arguments);

    /// <summary>Starts a script by way of other commands: as another user, in namespaces of its own.</summary>
    /// <param name="wrap">
    /// Makes the command that runs a command so. <see cref="ProcessId"/> is that of the first program, which need not be the last one.
    /// </param>
    /// <param name="interpreter">What runs it.</param>
    /// <param name="script">The name of the file in <c>Targets/</c>.</param>
    /// <param name="arguments">The script's arguments.</param>
    public static TargetProgram StartUnder(
        Func<IReadOnlyList<string>, IReadOnlyList<string>> wrap, Interpreter interpreter, string script, params IEnumerable<string> arguments)
    {
        string folder = CopyTargets(interpreter, out string folderInTarget);
        string scriptPath = $"{folderInTarget}/{script}";
        ProcessStartInfo startInfo = interpreter.StartInfo([scriptPath, .. arguments]);
        IReadOnlyList<string> command = wrap([startInfo.FileName, .. startInfo.ArgumentList]);
        startInfo.FileName = "/bin/sh";
        startInfo.ArgumentList.Clear();
        foreach (string argument in new[] { "-c", Launcher, "sh" }.Concat(command))
        {
            startInfo.ArgumentList.Add(argument);
        }

        startInfo.RedirectStandardInput = true;
        startInfo.RedirectStandardOutput = true;
        startInfo.RedirectStandardError = true;
        TargetProgram target = new(interpreter, Process.Start(startInfo)!, folder, scriptPath);
        try
        {
            target.ProcessId = int.Parse(target.ReadLine(), CultureInfo.InvariantCulture);
            target.Preamble = target.ReadPreamble();
            return target;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Starts a script that reports its stacks (see <c>Targets/stack_report.py</c>) and returns once all of its threads
    /// are blocked where the report says.
    /// </summary>
    public static TargetProgram StartBlocked(
        Interpreter interpreter,
        string script,
        out StackReport report,
        params IEnumerable<string> arguments)
    {
        TargetProgram target = Start(interpreter, script, arguments);
        try
        {
            report = StackReport.Parse(target.Preamble);
            target.WaitUntilBlocked();
            return target;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Returns once every thread sleeps in the kernel. A thread that has announced that it blocks next, and that no
    /// other thread makes wait on the way there, then is where it said.
    /// </summary>
    public void WaitUntilBlocked()
    {
        if (!SpinWait.SpinUntil(() => process.HasExited || AllThreadsSleep(), TestLimits.Step) || process.HasExited)
        {
            throw Failure("did not block");
        }
    }

    /// <summary>Writes a line to its standard input.</summary>
    public void WriteLine(string line)
    {
        process.StandardInput.WriteLine(line);
        process.StandardInput.Flush();
    }

    /// <summary>Reads the next line of its standard output.</summary>
    public string ReadLine()
    {
        // False also when the output has ended.
        return lines.TryTake(out string? line, TestLimits.Step) ? line : throw Failure("printed no further line");
    }

    /// <summary>Closes its standard input, which is how the scripts are told to end, and returns its exit status.</summary>
    public int End()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(TestLimits.Step))
        {
            throw Failure("did not end when told");
        }

        return process.ExitCode;
    }

    /// <summary>Kills it with its children, unless it has ended, and removes its files.</summary>
    public void Dispose()
    {
        lifeTimer.Dispose();
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }

        process.WaitForExit();
        if (ErrorOutput is { Length: > 0 } text)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"stderr of target {ProcessId}:\n{text}");
        }

        process.Dispose();
        lines.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    // All scripts, since they import each other, into a folder of the target's own world.
    private static string CopyTargets(Interpreter interpreter, out string folderInTarget)
    {
        string temporary = interpreter.ToHostPath("/tmp");
        string folder = Path.Combine(temporary, $"pyflame-{Guid.NewGuid():N}");
        Directory.CreateDirectory(folder);
        foreach (string source in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Targets"), "*.py"))
        {
            File.Copy(source, Path.Combine(folder, Path.GetFileName(source)));
        }

        folderInTarget = interpreter.IsContained ? folder[interpreter.Root.Length..] : folder;
        return folder;
    }

    private List<string> ReadPreamble()
    {
        List<string> preamble = [];
        for (string line = ReadLine(); line != Ready; line = ReadLine())
        {
            preamble.Add(line);
        }

        return preamble;
    }

    private bool AllThreadsSleep()
    {
        string[] threads;
        try
        {
            threads = Directory.GetDirectories($"/proc/{ProcessId}/task");
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }

        return Array.TrueForAll(threads, thread => ReadThreadState(thread) == 'S');
    }

    // The field after the name in parentheses, which may hold any character (proc_pid_stat(5)).
    private static char ReadThreadState(string threadFolder)
    {
        try
        {
            string stat = File.ReadAllText($"{threadFolder}/stat", Encoding.Latin1);
            return stat[stat.LastIndexOf(')') + 2];
        }
        catch (IOException)
        {
            return 'X';
        }
    }

    private void TakeLine(string? line)
    {
        if (line is null)
        {
            lines.CompleteAdding();
        }
        else
        {
            lines.Add(line);
        }
    }

    private void TakeErrorLine(string? line)
    {
        lock (error)
        {
            error.AppendLine(line);
        }
    }

    private void EndLife()
    {
        livedTooLong = true;
        process.Kill(entireProcessTree: true);
    }

    private InvalidOperationException Failure(string what)
    {
        string state = livedTooLong ? $"was killed, {TestLimits.Life.TotalSeconds} s old"
            : process.HasExited ? string.Create(CultureInfo.InvariantCulture, $"has ended with status {process.ExitCode}")
            : "still runs";
        return new InvalidOperationException($"The target {process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)} {what}; it {state}.\nstderr: {ErrorOutput}");
    }
}
