using System.Runtime.InteropServices;
using Pyflame.Processes;
using Pyflame.Python.Layout;
using Pyflame.Python.Values;

namespace Pyflame.Python.Tasks;

/// <summary>Reads single greenlets of the library <c>greenlet</c>.</summary>
/// <remarks>
/// A <c>PyGreenlet</c> of greenlet 2 and later ends with a pointer to an object of C++ (src/greenlet/TGreenlet.hpp). In it lie, in this
/// order and with others in between that differ by version: what is kept of the C stack, the frame that the greenlet stands at, its main
/// greenlet, its function and its parent. They are told by their types. Before, all is in the <c>PyGreenlet</c> itself (src/greenlet/greenlet.h).
/// </remarks>
internal sealed class GreenletObjects
{
    private const int ImplementationWords = 32;
    private const int MaxFrames = 65_536;

    // PyTypeObject: tp_basicsize, tp_base.
    private const int TypeBasicSize = 32;
    private const int TypeBase = 256;
    private const ulong TypeSubclass = 1UL << 31;

    // PyGreenlet of 2.0 and later: PyObject_HEAD, weakreflist, dict, pimpl.
    private const int NewSize = 40;
    private const int NewImplementation = 32;

    // That of 0.4 and 1.x: PyObject_HEAD, stack_start, stack_stop, stack_copy, stack_saved, stack_prev, parent, run_info, top_frame.
    private const int OldParent = 56;
    private const int OldFrame = 72;

    // PyFrameObject from 3.11 on: PyObject_HEAD, f_back, f_frame.
    private const int FrameOfFrameObject = 24;

    private readonly MemoryReader _memory;
    private readonly StructOffsets _offsets;
    private readonly ValueRenderer _values;
    private readonly Dictionary<RemoteAddress, bool> _types = [];
    private readonly HashSet<RemoteAddress> _seen = [];
    private readonly int _more;
    private int _frameWord;

    public GreenletObjects(MemoryReader memory, StructOffsets offsets, ValueRenderer values)
    {
        _memory = memory;
        _offsets = offsets;
        _values = values;

        // PyObject_HEAD has 16 bytes, in free-threaded and tracing builds more.
        _more = offsets.Objects.VarSize - 16;
    }

    /// <summary>Whether an object is a greenlet.</summary>
    public bool IsGreenlet(RemoteAddress address) =>
        IsPointer(address.Value) && _memory.TryReadAddress(address + _offsets.Objects.Type, out RemoteAddress type) && IsGreenletType(type);

    /// <summary>Whether a type is <c>greenlet.greenlet</c> or one made of it, as gevent's Greenlet and Hub are. Told by its bases, once for each type.</summary>
    public bool IsGreenletType(RemoteAddress type)
    {
        if (!_types.TryGetValue(type, out bool isGreenlet))
        {
            RemoteAddress at = type;
            for (int i = 0; i < 32 && !isGreenlet && IsType(at); i++)
            {
                string name = _values.NameOfType(at);
                isGreenlet = name is "greenlet.greenlet" or "greenlet._greenlet.greenlet";
                if (!_memory.TryReadAddress(at + TypeBase + _more, out at))
                {
                    break;
                }
            }

            if (_types.Count < PythonLimits.CodeObjects)
            {
                _types.Add(type, isGreenlet);
            }
        }

        return isGreenlet;
    }

    // What is looked at may be anything, the C stack for one, where addresses of types lie about.
    private bool IsType(RemoteAddress address) => IsPointer(address.Value)
        && _memory.TryReadAddress(address + _offsets.Objects.Type, out RemoteAddress metatype) && IsPointer(metatype.Value)
        && _memory.TryRead(metatype + _offsets.Objects.TypeFlags, out ulong flags) && (flags & TypeSubclass) != 0;

    /// <summary>Reads where a greenlet stands.</summary>
    /// <returns>False where it cannot be read.</returns>
    public bool TryRead(RemoteAddress address, out GreenletFields fields)
    {
        fields = default;
        if (!_memory.TryReadAddress(address + _offsets.Objects.Type, out RemoteAddress type)
            || !_memory.TryRead(type + TypeBasicSize + _more, out long size))
        {
            return false;
        }

        // What a class adds, such as a __dict__, makes its instances bigger: that of the library's own type tells.
        for (int i = 0; i < 32 && _values.NameOfType(type) is not ("greenlet.greenlet" or "greenlet._greenlet.greenlet"); i++)
        {
            if (!_memory.TryReadAddress(type + TypeBase + _more, out type) || !_memory.TryRead(type + TypeBasicSize + _more, out size))
            {
                return false;
            }
        }

        return size > NewSize + _more ? TryReadOld(address, out fields) : TryReadNew(address, out fields);
    }

    /// <summary>Reads the frames that a greenlet stands at.</summary>
    /// <param name="fields">Where it stands.</param>
    /// <param name="frames">Receives the frames, outermost first.</param>
    /// <param name="ranges">Receives what was read for them; null where that is not wanted.</param>
    public void ReadFrames(in GreenletFields fields, List<RawFrame> frames, List<RemoteRange>? ranges = null)
    {
        int from = frames.Count;
        RemoteAddress frame = fields.FrameObject;
        if (frame.IsNull)
        {
            return;
        }

        if (_offsets.HasInterpreterFrames)
        {
            RemoteAddress pointer = frame + FrameOfFrameObject + _more;
            ranges?.Add(new RemoteRange(pointer, 8));
            if (!_memory.TryReadAddress(pointer, out frame))
            {
                return;
            }
        }

        FrameOffsets o = _offsets.Frame;
        int first = Math.Min(o.Code, Math.Min(o.Previous, o.Instruction));
        int end = Math.Max(o.Code, Math.Max(o.Previous, o.Instruction)) + 8;
        _seen.Clear();
        while (!frame.IsNull && _seen.Add(frame) && frames.Count - from < MaxFrames)
        {
            // From 3.12 on some lie on the C stack, where another greenlet's may lie now.
            RemoteAddress at = fields.WhereKept(frame);
            ranges?.Add(new RemoteRange(at + first, (ulong)(end - first)));
            if (!CoroutineReader.TryReadFrame(_memory, _offsets, at, out RawFrame raw) || !_memory.TryReadAddress(at + o.Previous, out RemoteAddress previous))
            {
                break;
            }

            frames.Add(raw with { Address = frame });
            frame = previous;
        }

        frames.Reverse(from, frames.Count - from);
    }

    private static bool IsPointer(ulong word) => word >= 1 << 16 && (word & 7) == 0;

    private bool TryReadNew(RemoteAddress address, out GreenletFields fields)
    {
        fields = default;
        Span<ulong> words = stackalloc ulong[ImplementationWords];
        if (!_memory.TryReadAddress(address + NewImplementation + _more, out RemoteAddress implementation)
            || !_memory.TryRead(implementation, MemoryMarshal.AsBytes(words)))
        {
            return false;
        }

        fields = new GreenletFields { Implementation = new RemoteRange(implementation, ImplementationWords * sizeof(ulong)) };
        for (int i = 0; i < words.Length; i++)
        {
            var pointer = new RemoteAddress(words[i]);
            if (pointer == address || !IsPointer(words[i]) || !_memory.TryReadAddress(pointer + _offsets.Objects.Type, out RemoteAddress type))
            {
                continue;
            }

            if (fields.FrameObject.IsNull && i >= 6 && _values.NameOfType(type) == "frame")
            {
                // Before it: _stack_start, stack_stop, stack_copy, _stack_saved, stack_prev, _context.
                _frameWord = i;
                fields = fields with
                {
                    FrameObject = pointer,
                    StackStart = words[i - 6],
                    StackCopy = new RemoteAddress(words[i - 4]),
                    StackSaved = words[i - 3],
                };
            }
            else if (IsGreenletType(type))
            {
                // _main_greenlet, _run_callable, _parent
                fields = fields with
                {
                    Main = pointer,
                    Parent = i + 2 < words.Length && IsGreenlet(new RemoteAddress(words[i + 2])) ? new RemoteAddress(words[i + 2]) : pointer,
                };
                break;
            }
        }

        // What has not begun or has ended has no _stack_start.
        fields = fields with { IsRunning = fields.FrameObject.IsNull && (_frameWord == 0 || words[_frameWord - 6] != 0) };
        return true;
    }

    private bool TryReadOld(RemoteAddress address, out GreenletFields fields)
    {
        fields = default;
        if (!_memory.TryReadAddress(address + OldParent + _more, out RemoteAddress parent)
            || !_memory.TryReadAddress(address + OldFrame + _more, out RemoteAddress frame))
        {
            return false;
        }

        fields = new GreenletFields { FrameObject = frame, Parent = parent };
        return true;
    }
}
