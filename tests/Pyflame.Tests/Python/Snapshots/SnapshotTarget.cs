using Pyflame.Processes;
using Pyflame.Processes.Linux;

namespace Pyflame.Tests.Python.Snapshots;

/// <summary>A process of which there is nothing but memory and the facts beside it: no files, nothing to pause.</summary>
internal sealed class SnapshotTarget(MemoryReader memory, SnapshotFacts facts) : TargetProcess
{
    private readonly MemoryMapping[] _mappings = [.. facts.Mappings.Select(ToMapping)];
    private List<LoadedModule> _modules = [];

    public override int ProcessId => facts.ProcessId;

    public override int NamespaceProcessId => facts.ProcessId;

    public override MemoryReader Memory => memory;

    public override string MemoryMethod => "snapshot";

    public override bool HasExited => HasEnded;

    /// <summary>Whether it counts as ended; its memory can be read all the same, as that of a process that got its id.</summary>
    public bool HasEnded { get; set; }

    public override ulong StartTimeTicks => 1;

    public override int PageSize => 4096;

    public override ulong ReadProgramStamp() => 1;

    public override bool SharesMemoryWith(int processId) => false;

    public override IReadOnlyList<MemoryMapping> ReadMappings() => _mappings;

    public override IReadOnlyList<LoadedModule> ReadModules() =>
        _modules = ModuleList.Build(_mappings, memory, null, new RemoteAddress(facts.MainProgram), (ulong)PageSize, _modules);

    public override int ReadThreads(Span<NativeThread> destination)
    {
        int count = Math.Min(destination.Length, facts.OsThreads.Count);
        for (int i = 0; i < count; i++)
        {
            destination[i] = ToThread(facts.OsThreads[i]);
        }

        return count;
    }

    public override bool TryReadThread(int threadId, out NativeThread thread)
    {
        thread = ToThread(threadId);
        return facts.OsThreads.Contains(threadId);
    }

    public override ThreadActivityReader OpenActivityReader() => throw new NotSupportedException("A snapshot does nothing.");

    public override string? ReadThreadName(int threadId) => null;

    public override bool TryPauseThread(int threadId, out ProcessPause pause)
    {
        pause = default;
        return false;
    }

    public override void ReleaseStragglers()
    {
    }

    public override IReadOnlyList<string> ReadCommandLine() => [];

    public override string? ReadExecutablePath() => null;

    public override string? ReadContainerId() => null;

    public override string? ReadWorkingDirectory() => null;

    public override Stream? TryOpenFile(string pathInTarget) => null;

    protected override void Dispose(bool disposing)
    {
    }

    private static NativeThread ToThread(int id) => new(id, id, NativeThreadState.Sleeping, TimeSpan.Zero);

    private static MemoryMapping ToMapping(SnapshotMapping mapping) => new(
        new RemoteRange(new RemoteAddress(mapping.Start), mapping.Length),
        (mapping.Access[0] == 'r' ? MappingAccess.Read : 0)
            | (mapping.Access[1] == 'w' ? MappingAccess.Write : 0)
            | (mapping.Access[2] == 'x' ? MappingAccess.Execute : 0),
        mapping.FileOffset,
        1,
        mapping.Inode,
        "/" + mapping.Name,
        false);
}
