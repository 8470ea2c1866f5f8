using System.Runtime.InteropServices;
using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python.Tasks;

/// <summary>Where the fields of <c>TaskObj</c> lie (Modules/_asynciomodule.c), and from 3.14 on the heads of the lists of tasks.</summary>
/// <remarks>
/// From 3.14 on <c>_asyncio</c> describes itself in the section <c>.AsyncioDebug</c>. Before, and where no file with sections is within reach,
/// by version: the tags v3.7.16, v3.8.18, v3.9.18, v3.10.13, v3.11.7, v3.12.1, v3.13.0, v3.14.0 and v3.15.0.
/// </remarks>
internal sealed record TaskOffsets
{
    private const int SectionWords = 13;
    private const int LargestTask = 4096;
    private const int LargestState = 16 << 20;

    /// <summary><c>task_loop</c>, the first field.</summary>
    public required int Loop { get; init; }

    /// <summary><c>task_coro</c>.</summary>
    public required int Coroutine { get; init; }

    /// <summary><c>task_name</c>; absent before 3.8.</summary>
    public required int Name { get; init; }

    /// <summary><c>task_node</c>, a <c>struct llist_node</c>, 3.14+.</summary>
    public int Node { get; init; } = StructOffsets.Absent;

    /// <summary><c>asyncio_tasks_head</c> of an interpreter, 3.14+: tasks whose thread has ended.</summary>
    public int HeadInInterpreter { get; init; } = StructOffsets.Absent;

    /// <summary><c>asyncio_tasks_head</c> of a thread, 3.14+.</summary>
    public int HeadInThread { get; init; } = StructOffsets.Absent;

    /// <summary><c>asyncio_running_task</c> of a thread, 3.14+.</summary>
    public int RunningInThread { get; init; } = StructOffsets.Absent;

    /// <summary>Finds the offsets for a runtime.</summary>
    public static TaskOffsets Of(PythonRuntime runtime)
    {
        StructOffsets offsets = runtime.Offsets;
        int more = offsets.Objects.VarSize - 16;
        int coroutine = offsets.Version switch
        {
            { Major: 3, Minor: < 7 } => 96,
            { Major: 3, Minor: < 9 } => 112,
            { Major: 3, Minor: 9 } => 152,
            { Major: 3, Minor: 10 } => 160,
            { Major: 3, Minor: < 13 } => 136,
            { Major: 3, Minor: 13 } => 120,
            _ => 128,
        };
        var known = new TaskOffsets
        {
            Loop = 16 + more,
            Coroutine = coroutine + more,
            Name = offsets.Version.IsAtLeast(3, 8) ? coroutine + more + 8 : StructOffsets.Absent,
        };
        return offsets.Version.IsAtLeast(3, 14) && TryFindSection(runtime, out RemoteRange section)
            ? Read(runtime.Memory, section, known)
            : known;
    }

    private static bool TryFindSection(PythonRuntime runtime, out RemoteRange section)
    {
        foreach (LoadedModule module in runtime.Target.ReadModules())
        {
            bool isLikely = module.IsMainExecutable || module.Path == runtime.Module.Path
                || module.Path.Contains("_asyncio", StringComparison.Ordinal);
            if (isLikely && module.TryFindSection(".AsyncioDebug", out section))
            {
                return true;
            }
        }

        section = default;
        return false;
    }

    // Py_AsyncioModuleDebugOffsets: of a task size, name, awaited_by, is_task, awaited_by_is_set, coro and node; of an interpreter size
    // and head; of a thread size, running loop, running task and head.
    private static TaskOffsets Read(MemoryReader memory, RemoteRange section, TaskOffsets known)
    {
        Span<ulong> words = stackalloc ulong[SectionWords];
        if (section.Length < SectionWords * sizeof(ulong) || !memory.TryRead(section.Address, MemoryMarshal.AsBytes(words)))
        {
            return known;
        }

        bool isPlausible = words[0] is > 0 and < LargestTask && words[1] < words[0] && words[5] < words[0] && words[6] < words[0]
            && words[7] is > 0 and < LargestState && words[8] < words[7]
            && words[9] is > 0 and < LargestState && words[11] < words[9] && words[12] < words[9];
        return !isPlausible ? known : known with
        {
            Name = (int)words[1],
            Coroutine = (int)words[5],
            Node = (int)words[6],
            HeadInInterpreter = (int)words[8],
            RunningInThread = (int)words[11],
            HeadInThread = (int)words[12],
        };
    }
}
