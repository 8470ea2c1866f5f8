using Pyflame.Python;
using Pyflame.Recording;
using Pyflame.Testing;
using Pyflame.Tests.Python.Snapshots;

namespace Pyflame.IntegrationTests.Python;

/// <summary>A recorded process reads as the process itself does.</summary>
public sealed class SnapshotRecorderTests
{
    [Theory]
    [InterpreterData]
    public void A_snapshot_reads_as_the_process_did(Interpreter interpreter)
    {
        PythonSnapshot snapshot = SnapshotRecorder.Record(interpreter);

        IReadOnlyList<ThreadDump> dumps = PythonSnapshot.Dump(snapshot.Memory, snapshot.Facts, out PythonRuntime runtime);

        Assert.Equal(snapshot.Facts.Version, runtime.Version.ToString());
        SnapshotAssert.IsAsReported(snapshot.Facts, dumps);
    }

    /// <summary>Not a test: <c>./build.sh snapshots</c> runs it to record the snapshots of tests/Pyflame.Tests again.</summary>
    [Theory(Explicit = true)]
    [InterpreterData(OnePerVersion = true)]
    public void Record(Interpreter interpreter)
    {
        string? folder = Environment.GetEnvironmentVariable("PYFLAME_SNAPSHOTS");
        Assert.SkipWhen(string.IsNullOrEmpty(folder), "PYFLAME_SNAPSHOTS does not name a folder.");
        string name = $"{interpreter.Version.Major}.{interpreter.Version.Minor}";
        string? wanted = Environment.GetEnvironmentVariable("PYFLAME_SNAPSHOT_VERSION");
        Assert.SkipUnless(string.IsNullOrEmpty(wanted) || wanted == name, $"Only {wanted} is wanted.");
        PythonSnapshot snapshot = SnapshotRecorder.Reduce(SnapshotRecorder.Record(interpreter));
        SnapshotAssert.IsAsReported(snapshot.Facts, PythonSnapshot.Dump(snapshot.Memory, snapshot.Facts, out _));
        snapshot.Save(folder, "cpython-" + name);
    }
}
