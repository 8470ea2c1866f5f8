using System.Globalization;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Binaries;

/// <summary>Processes that were forked from one that ran Python already: their interpreter began its life in another process.</summary>
public sealed class ForkTests
{
    [Theory]
    [InterpreterData]
    public void A_child_of_Pythons_own_fork(Interpreter interpreter) => AssertRead(interpreter, "known");

    [Theory]
    [InterpreterData]
    public void A_child_that_was_forked_behind_Pythons_back(Interpreter interpreter) => AssertRead(interpreter, "behind");

    private static void AssertRead(Interpreter interpreter, string how)
    {
        using TargetProgram program = TargetProgram.Start(interpreter, "forked.py", how);
        int child = int.Parse(Assert.Single(program.Preamble), CultureInfo.InvariantCulture);
        using TargetProcess target = TargetProcess.Attach(child);

        ThreadDump dump = Assert.Single(ThreadDumper.Dump(target, PythonRuntime.Locate(target), SamplingMode.Blocking));

        Assert.Equal(StackStatus.Complete, dump.Status);
        Assert.Equal(["wait", "<module>"], dump.Frames.Select(frame => frame.Function));
        Assert.Equal((child, true), (dump.OsThreadId, dump.IsMain));
        Assert.Equal(7, program.End());
    }
}
