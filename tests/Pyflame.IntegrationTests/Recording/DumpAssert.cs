using System.Globalization;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Recording;
using Pyflame.Testing;

namespace Pyflame.IntegrationTests.Recording;

/// <summary>Holds a dump against what the target says of itself.</summary>
internal static class DumpAssert
{
    /// <summary>Dumps a blocked target and asserts that every thread is as reported, frame by frame.</summary>
    /// <returns>The dump.</returns>
    public static IReadOnlyList<ThreadDump> IsAsReported(TargetProgram program, StackReport report, SamplingMode mode)
    {
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);
        IReadOnlyList<ThreadDump> dumps =
            ThreadDumper.Dump(target, PythonRuntime.Locate(target), new DumpOptions { Mode = mode, Names = true });

        Assert.Equal(
            report.Threads.Select(thread => thread.Identifier).Order(), dumps.Select(dump => dump.PthreadId).Order());
        foreach (ReportedThread thread in report.Threads)
        {
            ThreadDump dump = dumps.Single(dump => dump.PthreadId == thread.Identifier);
            Assert.Equal(StackStatus.Complete, dump.Status);
            AssertFrames(thread, dump);
            Assert.Equal(thread.NativeId, dump.OsThreadId);
            Assert.Equal((thread.Name, thread.IsMain), (dump.Name, dump.IsMain));
            // Every thread is in a system call, and has let go of the GIL for it where there is one.
            Assert.Equal(program.Interpreter.IsFreeThreaded ? null : false, dump.HoldsGil);
        }

        return dumps;
    }

    private static void AssertFrames(ReportedThread thread, ThreadDump dump)
    {
        string[] expected = [.. thread.Frames.Select(
            frame => Line(frame.File, frame.Line, frame.Name, frame.QualifiedName ?? frame.Name))];
        string[] actual = [.. dump.Frames.Reverse().Select(
            frame => Line(frame.FileName, frame.Line, frame.Function, frame.QualifiedName))];
        int same = 0;
        while (same < expected.Length && same < actual.Length && expected[same] == actual[same])
        {
            same++;
        }

        if (same < expected.Length || same < actual.Length)
        {
            Assert.Fail(
                $"Thread {thread.Name}: of {expected.Length} frames expected and {actual.Length} read, the first {same} are the same.\n"
                + $"Expected then:\n{Lines(expected, same)}\nRead:\n{Lines(actual, same)}");
        }
    }

    private static string Line(string file, int line, string name, string qualifiedName) =>
        string.Create(CultureInfo.InvariantCulture, $"{qualifiedName} ({name}) at {file}:{line}");

    private static string Lines(string[] lines, int from) => string.Join('\n', lines.Skip(Math.Max(0, from - 2)).Take(8));
}
