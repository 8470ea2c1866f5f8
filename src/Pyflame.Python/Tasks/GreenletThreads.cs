using System.Runtime.InteropServices;
using Pyflame.Processes;
using Pyflame.Python.Values;

namespace Pyflame.Python.Tasks;

/// <summary>Finds what greenlet 2 and later keeps of a thread: its main greenlet and the one that runs.</summary>
/// <remarks>
/// That is <c>greenlet::ThreadState</c> (src/greenlet/TThreadState.hpp), to which a variable of the thread's own points. The C library holds the blocks
/// of such variables in a list that the thread's record points to: in glibc a table of pairs (nptl/descr.h, <c>dtv</c>), in musl one of
/// pointers (src/internal/pthread_impl.h). The variable is told by what it points to: two greenlets.
/// </remarks>
public sealed class GreenletThreads
{
    // The second word of struct pthread, in both libraries on x86-64.
    private const int Blocks = 8;
    private const int MaxBlocks = 1024;
    private const int BlockWords = 8;

    private readonly MemoryReader _memory;
    private readonly ImportedModules _modules;
    private readonly GreenletObjects _objects;
    private readonly int _contextVersion;

    /// <summary>Looks in one runtime.</summary>
    public GreenletThreads(PythonRuntime runtime, PythonStrings strings)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        _memory = runtime.Memory;
        _contextVersion = runtime.Offsets.ThreadState.ContextVersion;
        _modules = new ImportedModules(_memory, runtime.Offsets, new DictReader(_memory, runtime.Offsets), strings);
        _objects = new GreenletObjects(_memory, runtime.Offsets, new ValueRenderer(_memory, runtime.Offsets, strings));
    }

    /// <summary>Whether greenlets of a version can be read, as far as the library is 2.0 or later.</summary>
    public static bool CanRead(PythonVersion version) => version.IsAtLeast(3, 7);

    /// <summary>Whether an interpreter has imported <c>greenlet</c>.</summary>
    public bool AreUsedBy(in InterpreterState interpreter) => _modules.Contain(interpreter.Address, "greenlet");

    /// <summary>Finds what is kept of a thread.</summary>
    /// <param name="pthreadId">The thread's <c>pthread_t</c>.</param>
    /// <param name="threadState">Its <c>PyThreadState</c>, in the target.</param>
    /// <returns>Null where the thread uses no greenlets so far.</returns>
    public GreenletParents? Find(ulong pthreadId, RemoteAddress threadState)
    {
        RemoteAddress state = FindState(pthreadId);
        return state.IsNull ? null : new GreenletParents(_memory, _objects, state, threadState + _contextVersion);
    }

    private RemoteAddress FindState(ulong pthreadId)
    {
        if (pthreadId == 0 || !_memory.TryReadAddress(new RemoteAddress(pthreadId) + Blocks, out RemoteAddress table) || table.IsNull)
        {
            return default;
        }

        // glibc: the number of entries lies before the table's own, each of which is a pointer and what to free.
        if (_memory.TryRead(table - 16, out long count) && count is > 0 and <= MaxBlocks && FindIn(table, (int)count, 16) is { IsNull: false } found)
        {
            return found;
        }

        return _memory.TryRead(table, out count) && count is > 0 and <= MaxBlocks ? FindIn(table, (int)count, 8) : default;
    }

    // The pointers to the main greenlet and, behind it, to the one that runs.
    private RemoteAddress FindIn(RemoteAddress table, int count, int entrySize)
    {
        Span<ulong> words = stackalloc ulong[BlockWords];
        for (int i = 1; i <= count; i++)
        {
            if (!_memory.TryReadAddress(table + (i * (long)entrySize), out RemoteAddress block))
            {
                return default;
            }

            // A block may be shorter, and lie at the end of a page.
            if ((block.Value & 7) != 0 || block.Value < 1 << 16 || !_memory.TryRead(block, MemoryMarshal.AsBytes(words)))
            {
                continue;
            }

            foreach (ulong word in words)
            {
                var state = new RemoteAddress(word);
                if (word >= 1 << 16 && (word & 7) == 0
                    && _memory.TryReadAddress(state, out RemoteAddress main) && _objects.IsGreenlet(main)
                    && _memory.TryReadAddress(state + 8, out RemoteAddress current) && _objects.IsGreenlet(current))
                {
                    return state;
                }
            }
        }

        return default;
    }
}
