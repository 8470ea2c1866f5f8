using Pyflame.Processes;
using Pyflame.Profiles;
using Pyflame.Python;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>A dump of a blocked target is to the letter what the target itself reports.</summary>
public sealed class ThreadDumperTests
{
    [Theory]
    [InterpreterData]
    public void Threads_are_as_reported(Interpreter interpreter) => AssertIsAsReported(interpreter, "blocked.py");

    [Theory]
    [InterpreterData]
    public void Deep_stacks_are_whole(Interpreter interpreter) => AssertIsAsReported(interpreter, "deep.py", "5000");

    [Theory]
    [InterpreterData]
    public void Generators_and_coroutines_are_as_reported(Interpreter interpreter) =>
        AssertIsAsReported(interpreter, "generators_coroutines.py");

    [Theory]
    [InterpreterData]
    public void Names_in_every_width_are_as_reported(Interpreter interpreter) =>
        AssertIsAsReported(interpreter, "unicode_names.py");

    [Theory]
    [InterpreterData]
    public void Every_kind_of_call_is_as_reported(Interpreter interpreter) => AssertIsAsReported(interpreter, "call_kinds.py");

    [Theory]
    [InterpreterData]
    public void Calls_by_trace_functions_are_as_reported(Interpreter interpreter) =>
        AssertIsAsReported(interpreter, "call_kinds.py", "traced");

    [Theory]
    [InterpreterData(OnlyWithGil = true)]
    public void The_thread_that_runs_holds_the_GIL(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "gil_holder.py");
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);
        PythonRuntime runtime = PythonRuntime.Locate(target);
        // The other two may still hold or want the GIL when it says that it is ready.
        Assert.True(SpinWait.SpinUntil(
            () => CountThreadsInRead(program.ProcessId) == 2
                && ThreadDumper.Dump(target, runtime, SamplingMode.Auto).Any(dump => dump.HoldsGil == true),
            TestLimits.Step));

        int held = 0;
        for (int i = 0; i < 100; i++)
        {
            foreach (ThreadDump dump in ThreadDumper.Dump(target, runtime, (SamplingMode)(i % 3)))
            {
                if (dump.HoldsGil == true)
                {
                    held++;
                    Assert.True(dump.Frames.Count == 0 || dump.Frames[0].Function is "spin" or "leaf");
                }
                else
                {
                    // 2.7 lets go of the GIL every hundred instructions, wanted or not.
                    Assert.True(interpreter.Version.Major == 2 || dump.Frames[^1].Function == "<module>" || dump.Frames[0].Function == "wait");
                }
            }
        }

        Assert.True(held > 20, $"the thread that runs held the GIL in {held} of 100 dumps");
        Assert.Equal(0, program.End());
    }

    // Before 3.8 only C code can make a second interpreter.
    [Theory]
    [InterpreterData(From = "3.8")]
    public void Every_interpreter_of_a_process_is_read(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "subinterpreters.py");
        program.WaitUntilBlocked();
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);

        IReadOnlyList<ThreadDump> dumps = ThreadDumper.Dump(target, PythonRuntime.Locate(target), SamplingMode.Auto);

        Assert.Equal(2, dumps.Count);
        Assert.All(dumps, dump => Assert.Equal(program.ProcessId, dump.OsThreadId));
        Assert.All(dumps, dump => Assert.Equal(interpreter.IsFreeThreaded ? null : false, dump.HoldsGil));
        Assert.Equal(
            [("block", "<second>", 6), ("method", "<second>", 10), ("<module>", "<second>", 12)],
            dumps[0].Frames.Take(3).Select(frame => (frame.Function, frame.FileName, frame.Line)));
        Assert.Equal("<module>", Assert.Single(dumps[0].Frames.Skip(3)).Function);
        Assert.Equal(
            [("run", program.ScriptPath, 25), ("<module>", program.ScriptPath, 29)],
            dumps[1].Frames.Select(frame => (frame.Function, frame.FileName, frame.Line)));
        Assert.Equal(0, program.End());
    }

    // The call of a class whose __init__ is Python's runs in a frame of its own there: _Py_InitCleanup (Python/specialize.c). Of the
    // builds without a GIL that of 3.13 does not specialize calls.
    [Theory]
    [InterpreterData(From = "3.13", OnlyWithGil = true)]
    public void The_frame_below_an_inlined_init_is_left_out(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.StartBlocked(interpreter, "call_kinds.py", out StackReport report);
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);
        PythonRuntime runtime = PythonRuntime.Locate(target);
        var profile = new Profile(new Circumstances { StartUtc = DateTimeOffset.UtcNow, Mode = "test", RateHertz = 0 });
        var threads = new List<ThreadStack>();
        var interpreters = new InterpreterState[1];
        Assert.Equal(1, runtime.ReadInterpreters(interpreters));
        new ThreadTable(target, runtime, profile, 0, readNames: false).ReadList(interpreters[0].ThreadsHead, threads);
        ulong wanted = report.Threads.Single(thread => thread.Name == "initialized").Identifier;
        StackReader reader = threads.Single(thread => thread.PthreadId == wanted).Reader;

        Assert.Equal(StackStatus.Complete, new StackProof().ReadStopped(target.Memory, reader));

        var codes = new CodeObjectCache(target.Memory, runtime.Offsets);
        CodeObject[] shims = [.. reader.Frames.ToArray().Where(frame => !frame.Code.IsNull)
            .Select(frame => codes.Get(frame.Code)!).Where(code => code.IsInterpreterShim)];
        CodeObject shim = Assert.Single(shims);
        Assert.Equal(("__init__", "__init__", "__init__", 0), (shim.Name, shim.QualifiedName, shim.FileName, shim.FirstLineNumber));
        Assert.Equal(0, program.End());
    }

    // The number of the system call that a thread is in comes first in its file (proc_pid_syscall(5)); read(2) has 0.
    private static int CountThreadsInRead(int processId) =>
        Directory.GetDirectories($"/proc/{processId}/task")
            .Count(thread => File.ReadAllText($"{thread}/syscall").StartsWith("0 ", StringComparison.Ordinal));

    private static void AssertIsAsReported(Interpreter interpreter, string script, params string[] arguments)
    {
        using TargetProgram program = TargetProgram.StartBlocked(interpreter, script, out StackReport report, arguments);

        Assert.Multiple(
            () => DumpAssert.IsAsReported(program, report, SamplingMode.Auto),
            () => DumpAssert.IsAsReported(program, report, SamplingMode.Nonblocking),
            () => DumpAssert.IsAsReported(program, report, SamplingMode.Blocking));

        Assert.Equal("", program.ErrorOutput);
        Assert.Equal(0, program.End());
    }
}
