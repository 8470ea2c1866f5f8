using System.Globalization;
using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Recording;
using Pyflame.Testing;
using Pyflame.Tests.Python.Snapshots;

namespace Pyflame.IntegrationTests.Python;

/// <summary>Records <c>Targets/snapshot.py</c> under an interpreter: what a dump reads of it, and what it says of itself.</summary>
internal static class SnapshotRecorder
{
    private const int BlockSize = 256;

    /// <summary>Records all that a dump reads.</summary>
    public static PythonSnapshot Record(Interpreter interpreter)
    {
        using TargetProgram program = TargetProgram.StartBlocked(interpreter, "snapshot.py", out StackReport report);
        using TargetProcess target = TargetProcess.Attach(program.ProcessId);
        var facts = new SnapshotFacts(
            report.Version.ToString(),
            target.ProcessId,
            target.ReadModules()[0].Range.Address.Value,
            [.. target.ReadModules().SelectMany(module => module.Mappings).OrderBy(mapping => mapping.Range.Address).Select(ToMapping)],
            [.. target.ReadThreads().Select(thread => thread.Id)],
            [.. report.Threads.OrderByDescending(thread => thread.IsMain).Select(ToThread)]);
        var recorder = new RecordingMemoryReader(target.Memory);
        PythonSnapshot.Dump(recorder, facts, out _);
        Assert.Equal(0, program.End());
        return new PythonSnapshot(facts, recorder.ToSnapshot());
    }

    /// <summary>The same snapshot without the bytes that do not matter: those that were looked through in search of something.</summary>
    public static PythonSnapshot Reduce(PythonSnapshot snapshot)
    {
        var memory = new ChangeableMemory(snapshot.Memory);
        string whole = Show(memory, snapshot.Facts);
        foreach ((_, byte[] bytes) in memory.Pieces)
        {
            for (int at = 0; at < bytes.Length; at += BlockSize)
            {
                Span<byte> block = bytes.AsSpan(at, Math.Min(BlockSize, bytes.Length - at));
                byte[] before = block.ToArray();
                block.Clear();
                if (before.AsSpan().ContainsAnyExcept((byte)0) && Show(memory, snapshot.Facts) != whole)
                {
                    before.CopyTo(block);
                }
            }
        }

        return snapshot with { Memory = new SnapshotMemory(memory.Pieces) };
    }

    // Everything that a dump says, values of variables included.
    private static string Show(MemoryReader memory, SnapshotFacts facts)
    {
        try
        {
            IReadOnlyList<ThreadDump> dumps = PythonSnapshot.Dump(memory, facts, out PythonRuntime runtime);
            return runtime.Version + "\n" + string.Join('\n', dumps.Select(dump => string.Create(
                CultureInfo.InvariantCulture,
                $"{SnapshotThread.Of(dump)} {dump.Status} {dump.HoldsGil} {dump.IsMain}\n{string.Join('\n', dump.Frames.Select(Frame))}")));
        }
        catch (TargetProcessException exception)
        {
            return exception.Message;
        }
    }

    private static string Frame(DumpedFrame frame) =>
        $"{SnapshotThread.Frame(frame.QualifiedName, frame.FileName, frame.Line)} {frame.Function} {string.Join(", ", frame.Variables)}";

    private static SnapshotThread ToThread(ReportedThread thread) => new(
        thread.Identifier,
        thread.NativeId,
        thread.Name,
        [.. thread.Frames.Reverse().Select(frame => SnapshotThread.Frame(frame.QualifiedName ?? frame.Name, frame.File, frame.Line))]);

    private static SnapshotMapping ToMapping(MemoryMapping mapping) => new(
        mapping.Range.Address.Value,
        mapping.Range.Length,
        (mapping.IsReadable ? "r" : "-") + (mapping.IsWritable ? "w" : "-") + (mapping.IsExecutable ? "x" : "-"),
        mapping.FileOffset,
        mapping.Inode,
        Path.GetFileName(mapping.Path));
}
