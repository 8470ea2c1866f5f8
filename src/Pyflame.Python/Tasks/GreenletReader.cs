using System.Buffers.Binary;
using Pyflame.Processes;
using Pyflame.Python.Layout;
using Pyflame.Python.Values;

namespace Pyflame.Python.Tasks;

/// <summary>Finds the greenlets of a process and the stacks of those that are switched away from.</summary>
/// <remarks>
/// The library lists its greenlets nowhere, but each is allocated as an object that the garbage collector knows: they are found in its
/// generations.
/// </remarks>
public sealed class GreenletReader
{
    private const int MaxObjects = 1 << 24;

    // PyGC_Head, two words before the object. The low bits of the links are marks of the collector.
    private const int GcHead = 16;
    private const ulong GcMarks = 3;

    // struct _gc_runtime_state (Include/internal/pycore_mem.h, 3.9+ pycore_gc.h) has the heads of the generations before collecting. Where
    // exactly differs, and so does how they are aligned, so that they are told by what they are: links that lead back to themselves.
    private const int HeadsBeforeCollecting = 320;
    private const int HeadAlignment = 4;

    private readonly PythonRuntime _runtime;
    private readonly MemoryReader _memory;
    private readonly StructOffsets _offsets;
    private readonly ValueRenderer _values;
    private readonly ImportedModules _modules;
    private readonly GreenletObjects _objects;

    /// <summary>Reads the greenlets of one runtime.</summary>
    public GreenletReader(PythonRuntime runtime, PythonStrings strings, ValueRenderer values)
    {
        ArgumentNullException.ThrowIfNull(runtime);
        _runtime = runtime;
        _memory = runtime.Memory;
        _offsets = runtime.Offsets;
        _values = values;
        _modules = new ImportedModules(_memory, _offsets, new DictReader(_memory, _offsets), strings);
        _objects = new GreenletObjects(_memory, _offsets, values);
    }

    /// <summary>
    /// Whether the greenlets of an interpreter can be read: it has imported <c>greenlet</c>, and its collector has lists of its objects, as those of 3.7
    /// and later have but for free-threaded ones.
    /// </summary>
    public bool CanRead(in InterpreterState interpreter) =>
        !_offsets.FreeThreaded && _runtime.Version.IsAtLeast(3, 7)
        && _modules.Contain(interpreter.Address, "greenlet");

    /// <summary>Reads all greenlets that have begun and not ended, with the stacks of those that are switched away from.</summary>
    public IReadOnlyList<Greenlet> ReadAll(in InterpreterState interpreter)
    {
        RemoteAddress collecting = _offsets.InterpreterState.GcCollecting >= 0
            ? interpreter.Address + _offsets.InterpreterState.GcCollecting
            : _runtime.RuntimeAddress + _offsets.RuntimeState.GcCollecting;
        Span<byte> bytes = stackalloc byte[HeadsBeforeCollecting];
        var found = new List<Greenlet>();
        RemoteAddress first = collecting - HeadsBeforeCollecting;
        if (!_memory.TryRead(first, bytes))
        {
            return found;
        }

        for (int i = 0; i + GcHead <= bytes.Length; i += HeadAlignment)
        {
            RemoteAddress head = first + i;
            ulong next = BinaryPrimitives.ReadUInt64LittleEndian(bytes[i..]) & ~GcMarks;
            if (next > 1 << 16 && next != head.Value
                && _memory.TryRead(new RemoteAddress(next) + 8, out ulong back) && (back & ~GcMarks) == head.Value)
            {
                ReadGeneration(head, found);
            }
        }

        return found;
    }

    private void ReadGeneration(RemoteAddress head, List<Greenlet> found)
    {
        // The link and, behind the head, the object's type in one read.
        Span<ulong> words = stackalloc ulong[4];
        if (!_memory.TryRead(head, out ulong next))
        {
            return;
        }

        for (int i = 0; i < MaxObjects; i++)
        {
            var node = new RemoteAddress(next & ~GcMarks);
            if (node == head || node.IsNull
                || !_memory.TryRead(node, System.Runtime.InteropServices.MemoryMarshal.AsBytes(words)))
            {
                return;
            }

            next = words[0];
            if (_objects.IsGreenletType(new RemoteAddress(words[3])) && TryRead(node + GcHead, out Greenlet? greenlet))
            {
                found.Add(greenlet);
            }
        }
    }

    private bool TryRead(RemoteAddress address, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Greenlet? greenlet)
    {
        greenlet = null;
        if (!_objects.TryRead(address, out GreenletFields fields) || fields.FrameObject.IsNull)
        {
            return false;
        }

        var frames = new List<RawFrame>();
        _objects.ReadFrames(fields, frames);
        RemoteAddress main = fields.Main.IsNull && fields.Implementation.Length > 0 ? address : fields.Main;
        greenlet = new Greenlet(address, fields.Parent, main, _values.TypeName(address), frames);
        return true;
    }
}
