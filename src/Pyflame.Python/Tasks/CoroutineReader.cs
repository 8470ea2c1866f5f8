using Pyflame.Processes;
using Pyflame.Python.Layout;
using Pyflame.Python.Values;

namespace Pyflame.Python.Tasks;

/// <summary>Follows a suspended coroutine through everything that it awaits.</summary>
/// <remarks>
/// Coroutines, generators and async generators have one layout (<c>PyGenObject</c>, Include/genobject.h up to 3.10, then
/// Include/cpython/genobject.h, Include/internal/pycore_interpframe_structs.h from 3.14 on). What they await is on top of their value stack
/// (<c>_PyGen_yf</c>, Objects/genobject.c).
/// </remarks>
public sealed class CoroutineReader
{
    private const int MaxAwaits = 4096;

    private readonly MemoryReader _memory;
    private readonly StructOffsets _offsets;
    private readonly CodeObjectCache _codes;
    private readonly ValueRenderer _values;
    private readonly int _first;
    private readonly int _state;
    private readonly int _frame;

    /// <summary>Reads coroutines of one interpreter.</summary>
    public CoroutineReader(MemoryReader memory, StructOffsets offsets, CodeObjectCache codes, ValueRenderer values)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        _memory = memory;
        _offsets = offsets;
        _codes = codes;
        _values = values;

        // PyObject_HEAD has 16 bytes, in free-threaded and tracing builds more.
        _first = offsets.Objects.VarSize;
        int more = _first - 16;

        // gi_running up to 3.9, the frame's f_state in 3.10, gi_frame_state later; gi_frame, then gi_iframe.
        (_state, _frame) = offsets.Version switch
        {
            { Major: 3, Minor: < 10 } => (24 + more, 16 + more),
            { Major: 3, Minor: 10 } => (108 + more, 16 + more),
            { Major: 3, Minor: 11 } => (75 + more, 80 + more),
            _ => (67 + more, 72 + more),
        };
    }

    /// <summary>How a coroutine stands.</summary>
    /// <param name="coroutine">The coroutine, in the target.</param>
    /// <param name="frame">Its frame; null where it has ended.</param>
    public CoroutineState StateOf(RemoteAddress coroutine, out RemoteAddress frame)
    {
        frame = default;
        if (!IsCoroutine(_values.TypeName(coroutine)))
        {
            return CoroutineState.Unknown;
        }

        byte state;
        if (_offsets.HasInterpreterFrames)
        {
            frame = coroutine + _frame;
            return _memory.TryRead(coroutine + _state, out state) ? StateOf((sbyte)state) : CoroutineState.Unknown;
        }

        if (!_memory.TryReadAddress(coroutine + _frame, out frame))
        {
            return CoroutineState.Unknown;
        }

        if (frame.IsNull)
        {
            return CoroutineState.Ended;
        }

        if (_offsets.Version.IsAtLeast(3, 10))
        {
            return _memory.TryRead(frame + _state, out state) ? StateOf((sbyte)state) : CoroutineState.Unknown;
        }

        return !_memory.TryRead(coroutine + _state, out state) ? CoroutineState.Unknown
            : state != 0 ? CoroutineState.Running
            : CoroutineState.Suspended;
    }

    /// <summary>Reads the frames of a suspended coroutine and of the coroutines that it awaits.</summary>
    /// <param name="coroutine">The coroutine, in the target.</param>
    /// <param name="frames">Receives the frames, outermost first.</param>
    /// <returns>What the innermost one awaits that is no coroutine: a future, a task, or an object of C; null where there is none.</returns>
    public RemoteAddress ReadSuspended(RemoteAddress coroutine, List<RawFrame> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        for (int i = 0; i < MaxAwaits && !coroutine.IsNull; i++)
        {
            string type = _values.TypeName(coroutine);
            if (IsCoroutine(type))
            {
                CoroutineState state = StateOf(coroutine, out RemoteAddress frame);
                if (state is not (CoroutineState.Suspended or CoroutineState.Created) || !TryReadFrame(_memory, _offsets, frame, out RawFrame raw))
                {
                    return default;
                }

                frames.Add(raw);
                coroutine = state == CoroutineState.Suspended ? Awaited(raw) : default;
            }
            else if (IsWrapper(type))
            {
                // cw_coroutine, ags_gen, agt_gen, wrapped: the first field of each (Objects/genobject.c).
                if (!_memory.TryReadAddress(coroutine + _first, out coroutine))
                {
                    return default;
                }
            }
            else if (type.EndsWith("FutureIter", StringComparison.Ordinal))
            {
                return _memory.TryReadAddress(coroutine + _first, out RemoteAddress future) ? future : default;
            }
            else
            {
                return coroutine;
            }
        }

        return default;
    }

    private static bool IsCoroutine(string type) => type is "coroutine" or "generator" or "async_generator";

    private static bool IsWrapper(string type) =>
        type is "coroutine_wrapper" or "async_generator_asend" or "async_generator_athrow" or "anext_awaitable";

    // FRAME_CREATED and so on (Include/internal/pycore_frame.h; 3.10: Include/internal/pycore_frame.h too), numbered anew in 3.15.
    private CoroutineState StateOf(sbyte state) => _offsets.Version.IsAtLeast(3, 15)
        ? state switch
        {
            0 => CoroutineState.Created,
            >= 1 and <= 3 => CoroutineState.Suspended,
            4 => CoroutineState.Running,
            _ => CoroutineState.Ended,
        }
        : state switch
        {
            -1 => CoroutineState.Suspended,
            0 => CoroutineState.Running,
            > 0 => CoroutineState.Ended,
            -2 when _offsets.Version.IsAtLeast(3, 13) => CoroutineState.Suspended,
            _ => CoroutineState.Created,
        };

    /// <summary>Reads a frame that does not run.</summary>
    internal static bool TryReadFrame(MemoryReader memory, StructOffsets offsets, RemoteAddress frame, out RawFrame raw)
    {
        raw = default;
        FrameOffsets o = offsets.Frame;
        if (!memory.TryReadAddress(frame + o.Code, out RemoteAddress code))
        {
            return false;
        }

        ulong instruction;
        if (offsets.HasInterpreterFrames)
        {
            if (!memory.TryRead(frame + o.Instruction, out instruction))
            {
                return false;
            }
        }
        else if (memory.TryRead(frame + o.Instruction, out int last))
        {
            instruction = unchecked((ulong)last);
        }
        else
        {
            return false;
        }

        raw = new RawFrame(frame, Untagged(offsets, code), instruction);
        return true;
    }

    // From 3.14 on a _PyStackRef, whose low bits are no part of the address.
    private static RemoteAddress Untagged(StructOffsets offsets, RemoteAddress reference) =>
        offsets.Version.IsAtLeast(3, 14) ? new RemoteAddress(reference.Value & ~3UL) : reference;

    private RemoteAddress Awaited(in RawFrame frame)
    {
        FrameOffsets o = _offsets.Frame;
        if (o.StackTop < 0 || _codes.Get(frame.Code) is not { } code)
        {
            return default;
        }

        RemoteAddress bottom = frame.Address + o.LocalsPlus + (code.LocalNames.Count * 8L);
        RemoteAddress top;
        if (_offsets.Version.IsAtLeast(3, 14) || !_offsets.Version.IsAtLeast(3, 10))
        {
            if (!_memory.TryReadAddress(frame.Address + o.StackTop, out top))
            {
                return default;
            }
        }
        else if (_memory.TryRead(frame.Address + o.StackTop, out int depth))
        {
            // 3.10 counts from the bottom of the value stack, 3.11 to 3.13 from the first local.
            top = (_offsets.HasInterpreterFrames ? frame.Address + o.LocalsPlus : bottom) + (depth * 8L);
        }
        else
        {
            return default;
        }

        // 3.15 keeps a second word for what is iterated.
        int most = _offsets.Version.IsAtLeast(3, 15) ? 2 : 1;
        for (int i = 1; i <= most && (top - (i * 8L)).Value >= bottom.Value && top.Value - bottom.Value < 1 << 16; i++)
        {
            if (_memory.TryReadAddress(top - (i * 8L), out RemoteAddress value))
            {
                value = Untagged(_offsets, value);
                string type = value.IsNull ? "?" : _values.TypeName(value);
                if (type is not ("?" or "NoneType" or "int"))
                {
                    return value;
                }
            }
        }

        return default;
    }
}
