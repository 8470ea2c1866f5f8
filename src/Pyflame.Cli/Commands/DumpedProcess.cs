using Pyflame.Processes;
using Pyflame.Python;
using Pyflame.Recording;

namespace Pyflame.Cli.Commands;

/// <summary>What all threads of a process were doing at one moment.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="CommandLine">Its command line, words separated by spaces.</param>
/// <param name="Version">Its Python's version.</param>
/// <param name="Executable">The program that it runs; null where that cannot be told.</param>
/// <param name="Threads">Its threads, oldest first.</param>
internal sealed record DumpedProcess(
    int ProcessId, string CommandLine, PythonVersion Version, string? Executable, IReadOnlyList<ThreadDump> Threads)
{
    /// <summary>Its tasks of <c>asyncio</c>; null where they were not asked for.</summary>
    public IReadOnlyList<TaskDump>? Tasks { get; init; }

    /// <summary>Its greenlets that are switched away from; null where it uses none.</summary>
    public IReadOnlyList<GreenletDump>? Greenlets { get; init; }

    /// <summary>Looks at a process.</summary>
    /// <param name="processId">The process.</param>
    /// <param name="options">What is wanted of its threads.</param>
    /// <param name="withTasks">Whether its tasks are wanted.</param>
    /// <exception cref="TargetProcessException">It is not there, may not be looked at, or is not Python.</exception>
    public static DumpedProcess Read(int processId, DumpOptions options, bool withTasks)
    {
        using TargetProcess target = TargetProcess.Attach(processId);
        return Read(target, options, withTasks);
    }

    /// <summary>Looks at a process of a tree.</summary>
    /// <returns>Null where it has not got a memory of its own yet, between vfork(2) and the program that it will run.</returns>
    /// <exception cref="TargetProcessException">It is not there, may not be looked at, or is not Python.</exception>
    public static DumpedProcess? Read(TreeProcess process, bool isRoot, DumpOptions options, bool withTasks)
    {
        using TargetProcess target = TargetProcess.Attach(process.ProcessId);
        return !isRoot && target.SharesMemoryWith(process.ParentProcessId) ? null : Read(target, options, withTasks);
    }

    private static DumpedProcess Read(TargetProcess target, DumpOptions options, bool withTasks)
    {
        PythonRuntime runtime = PythonRuntime.Locate(target);
        IReadOnlyList<ThreadDump> threads = ThreadDumper.Dump(target, runtime, options);

        // CPython puts new threads in front.
        return new DumpedProcess(
            target.ProcessId,
            string.Join(' ', target.ReadCommandLine()),
            runtime.Version,
            target.ReadExecutablePath(),
            [.. threads.Reverse()])
        {
            Greenlets = GreenletDumper.Dump(runtime, threads, options),
            Tasks = withTasks ? TaskDumper.Dump(runtime, threads, options) : null,
        };
    }
}
