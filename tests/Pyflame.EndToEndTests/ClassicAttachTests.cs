using System.Globalization;
using Pyflame.Testing;

namespace Pyflame.EndToEndTests;

/// <summary>Classic Pyflame on a running process, with every interpreter.</summary>
public sealed class ClassicAttachTests
{
    private const int Depth = 12;

    private static string Id(TargetProgram target) => target.ProcessId.ToString(CultureInfo.InvariantCulture);

    /// <summary>Every stack that busy.py at <see cref="Depth"/> can have, with its lines, as classic Pyflame writes it.</summary>
    private static bool IsBusyStack(TargetProgram target, string stack, bool withLines = true)
    {
        string file = target.ScriptPath;
        string Frame(string function, int line) => withLines ? $"{file}:{function}:{line}" : $"{file}:{function}";
        string outer = string.Join(';', [
            Frame("<module>", 40), .. Enumerable.Repeat(Frame("descend", 34), Depth - 4), Frame("descend", 32)]);
        return stack.StartsWith(outer, StringComparison.Ordinal)
            && Array.Exists(
                [
                    .. Enumerable.Range(18, 10).Select(line => ";" + Frame("loop", line)),
                    $";{Frame("loop", 21)};{Frame("leaf", 14)}",

                    // A function that has just been entered stands at its first line.
                    $";{Frame("loop", 21)};{Frame("leaf", 13)}",
                ],
                inner => stack[outer.Length..] == inner);
    }

    private static string Collapsed(ReportedThread thread) =>
        string.Join(';', thread.Frames.Select(frame => string.Create(CultureInfo.InvariantCulture, $"{frame.File}:{frame.Name}:{frame.Line}")));

    private static void AssertGood(CommandResult result)
    {
        // That the machine is too busy with other things is no fault, and told in one line.
        Assert.Matches("^(pyflame: .* rounds of samples .* did not take place, .*\n)?$", result.Error);
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [InterpreterData]
    public void A_busy_thread_is_sampled_with_exact_stacks(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.Start(interpreter, "busy.py", "12");
        CommandResult result = PyflameBinary.Run("-x", "-s", "0.5", "-r", "0.01", "-p", Id(target));

        AssertGood(result);
        IReadOnlyDictionary<string, long> stacks = CollapsedOutput.Parse(result.Output);
        Assert.NotEmpty(stacks);
        Assert.All(stacks.Keys, stack => Assert.True(IsBusyStack(target, stack), stack));
        Assert.InRange(stacks.Values.Sum(), 1, 50);
        Assert.Equal(0, target.End());
    }

    [Theory]
    [InterpreterData]
    public void Blocked_threads_are_idle_for_the_gil_and_exact_with_threads(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.StartBlocked(interpreter, "blocked.py", out StackReport report);

        if (!interpreter.IsFreeThreaded)
        {
            CommandResult idle = PyflameBinary.Run("-s", "0.1", "-r", "0.01", "-p", Id(target));
            AssertGood(idle);
            IReadOnlyDictionary<string, long> idleStacks = CollapsedOutput.Parse(idle.Output);
            Assert.Equal(["(idle)"], idleStacks.Keys);
            Assert.InRange(idleStacks["(idle)"], 1, 10);

            CommandResult excluded = PyflameBinary.Run("-x", "-s", "0.1", "-p", Id(target));
            AssertGood(excluded);
            Assert.Equal(string.Empty, excluded.Output);
        }

        CommandResult threads = PyflameBinary.Run("--threads", "-s", "0", "-p", Id(target));
        AssertGood(threads);
        Assert.Equal(
            report.Threads.ToDictionary(Collapsed, _ => 1L),
            CollapsedOutput.Parse(threads.Output));
        if (interpreter.IsFreeThreaded)
        {
            // Where there is no GIL, every thread is sampled anyway.
            Assert.Equal(CollapsedOutput.Parse(threads.Output), CollapsedOutput.Parse(PyflameBinary.Run("-s", "0", "-p", Id(target)).Output));
        }

        Assert.Equal(0, target.End());
    }

    [Theory]
    [InterpreterData]
    public void A_dump_has_every_thread_innermost_frame_first(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.StartBlocked(interpreter, "blocked.py", out StackReport report);
        CommandResult result = PyflameBinary.Run("-d", "-p", Id(target));

        AssertGood(result);
        string[] expected = [.. report.Threads.Select(thread => string.Create(CultureInfo.InvariantCulture, $"{thread.Identifier}:\n")
            + string.Concat(thread.Frames.Reverse().Select(frame => string.Create(CultureInfo.InvariantCulture, $"{frame.File}:{frame.Name}:{frame.Line}\n"))))];
        Assert.Equal(expected.Order(StringComparer.Ordinal), result.Output.Replace("\n\n", "\n\0", StringComparison.Ordinal).Split('\0').Order(StringComparer.Ordinal));
        Assert.Equal(0, target.End());
    }

    [Theory]
    [InterpreterData(OnePerVersion = true, OnlyWithGil = true)]
    public void The_thread_that_holds_the_gil_has_a_star(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.Start(interpreter, "busy.py", "5");

        // Between two bytecodes the thread may be about to look at its standard input, without the GIL.
        Assert.True(
            Enumerable.Range(0, 50).Any(_ => PyflameBinary.Run("-d", "-p", Id(target)).Output.Split('\n')[0].EndsWith("*:", StringComparison.Ordinal)),
            "none of 50 dumps showed the busy thread with the GIL");
        Assert.Equal(0, target.End());
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void Lines_are_left_out_where_they_are_not_wanted(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.Start(interpreter, "busy.py", "12");
        CommandResult result = PyflameBinary.Run("-xn", "-s", "0.3", "-r", "0.01", "-p", Id(target));

        AssertGood(result);
        IReadOnlyDictionary<string, long> stacks = CollapsedOutput.Parse(result.Output);
        Assert.NotEmpty(stacks);
        Assert.All(stacks.Keys, stack => Assert.True(IsBusyStack(target, stack, withLines: false), stack));
        Assert.Equal(0, target.End());
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void Names_in_any_script_are_written_in_utf8(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.StartBlocked(interpreter, "unicode_names.py", out StackReport report);
        CommandResult result = PyflameBinary.Run("--threads", "-s", "0", "-p", Id(target));

        AssertGood(result);
        string line = Assert.Single(CollapsedOutput.Parse(result.Output).Keys);
        string expected = string.Join(';', report.MainThread.Frames.Select(frame =>
            string.Create(CultureInfo.InvariantCulture, $"{frame.File.Replace(';', ':')}:{frame.Name}:{frame.Line}")));
        Assert.Equal(expected, line);
        Assert.Equal(0, target.End());
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void A_stack_of_2500_frames_is_whole(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.StartBlocked(interpreter, "deep.py", out StackReport report, "2500");
        CommandResult result = PyflameBinary.Run("--threads", "-s", "0", "-p", Id(target));

        AssertGood(result);
        Assert.Equal(Collapsed(report.MainThread), Assert.Single(CollapsedOutput.Parse(result.Output).Keys));
        Assert.Equal(0, target.End());
    }

    [Theory]
    [InterpreterData(OnePerVersion = true)]
    public void The_abi_may_be_forced(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.StartBlocked(interpreter, "blocked.py", out StackReport report);
        string abi = string.Create(CultureInfo.InvariantCulture, $"{interpreter.Version.Major}{interpreter.Version.Minor}");
        CommandResult result = PyflameBinary.Run("--abi", abi, "--threads", "-s0", "-p", Id(target));

        AssertGood(result);
        Assert.Equal(report.Threads.Select(Collapsed).Order(StringComparer.Ordinal), CollapsedOutput.Parse(result.Output).Keys.Order(StringComparer.Ordinal));
        Assert.Equal(0, target.End());
    }

    [Theory]
    [InterpreterData(OnePerVersion = true, OnlyWithGil = true)]
    public void A_single_sample_is_one_line_and_a_bare_pid_warns(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.StartBlocked(interpreter, "blocked.py", out _);
        CommandResult result = PyflameBinary.Run("-s", "0", Id(target));

        Assert.Equal("(idle) 1\n", result.Output);
        Assert.StartsWith("WARNING: ", result.Error, StringComparison.Ordinal);
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(0, target.End());
    }

    [Theory]
    [InterpreterData(OnePerVersion = true, OnlyWithGil = true)]
    public void A_target_that_ends_early_leaves_its_profile(Interpreter interpreter)
    {
        using TargetProgram target = TargetProgram.StartBlocked(interpreter, "blocked.py", out _);
        using RunningPyflame pyflame = RunningPyflame.Start("-s", "3600", "-p", Id(target));
        pyflame.WaitUntilItSamples();
        Assert.Equal(0, target.End());
        CommandResult result = pyflame.End();

        AssertGood(result);
        Assert.Contains("(idle)", CollapsedOutput.Parse(result.Output).Keys);
    }
}
