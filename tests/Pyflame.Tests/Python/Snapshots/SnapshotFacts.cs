namespace Pyflame.Tests.Python.Snapshots;

/// <summary>What is recorded of a process beside its memory: what the system said of it, and what it said of itself.</summary>
/// <param name="Version">The version that it has, as <c>sys.version_info</c> says.</param>
/// <param name="ProcessId">The process.</param>
/// <param name="MainProgram">An address in the mapping of its program.</param>
/// <param name="Mappings">The mapped files.</param>
/// <param name="OsThreads">Its threads, the main one first.</param>
/// <param name="Threads">Its stacks, as the interpreter itself reported them.</param>
internal sealed record SnapshotFacts(
    string Version,
    int ProcessId,
    ulong MainProgram,
    IReadOnlyList<SnapshotMapping> Mappings,
    IReadOnlyList<int> OsThreads,
    IReadOnlyList<SnapshotThread> Threads);
