using Pyflame.Python;
using Pyflame.Recording;

namespace Pyflame.Tests.Python.Snapshots;

/// <summary>Holds a dump of a snapshot against what the process said of itself.</summary>
internal static class SnapshotAssert
{
    /// <summary>Asserts that every thread is as reported: ids, name and each frame.</summary>
    public static void IsAsReported(SnapshotFacts facts, IReadOnlyList<ThreadDump> dumps)
    {
        Assert.Equal(facts.Threads.Count, dumps.Count);
        foreach (SnapshotThread expected in facts.Threads)
        {
            ThreadDump dump = dumps.Single(dump => dump.PthreadId == expected.PthreadId);
            SnapshotThread actual = SnapshotThread.Of(dump);
            Assert.Equal(StackStatus.Complete, dump.Status);
            Assert.Equal((expected.OsThreadId, expected.Name), (actual.OsThreadId, actual.Name));
            Assert.Equal(expected.Frames, actual.Frames);
            // Both wait in a system call, for which they let go of the GIL; free-threaded builds have none.
            Assert.NotEqual(true, dump.HoldsGil);
        }
    }
}
