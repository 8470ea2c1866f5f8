using System.Buffers.Binary;
using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python;

/// <summary>A <c>PyThreadState</c> as read: a view of bytes that the caller owns.</summary>
/// <remarks>Include/cpython/pystate.h, <c>struct _ts</c>; before 3.8 Include/pystate.h.</remarks>
public readonly ref struct ThreadState
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ThreadStateOffsets _offsets;

    /// <summary>Looks at <paramref name="bytes"/>, the first <see cref="SizeOf"/> bytes of a thread state.</summary>
    public ThreadState(ReadOnlySpan<byte> bytes, ThreadStateOffsets offsets)
    {
        _bytes = bytes;
        _offsets = offsets;
    }

    /// <summary><c>next</c>: the next thread of the interpreter.</summary>
    public RemoteAddress Next => Address(_offsets.Next);

    /// <summary><c>interp</c>.</summary>
    public RemoteAddress Interpreter => Address(_offsets.Interp);

    /// <summary>The innermost frame, or on 3.11 and 3.12 the <c>_PyCFrame</c> that points to it.</summary>
    public RemoteAddress CurrentFrameOrCFrame =>
        Address(_offsets.CurrentFrame >= 0 ? _offsets.CurrentFrame : _offsets.CFrame);

    /// <summary><c>thread_id</c>: the thread's <c>pthread_t</c>.</summary>
    public ulong PthreadId => BinaryPrimitives.ReadUInt64LittleEndian(_bytes[_offsets.ThreadId..]);

    /// <summary><c>native_thread_id</c>, as the target sees it; 0 before 3.11.</summary>
    public ulong NativeThreadId => _offsets.NativeThreadId < 0
        ? 0
        : BinaryPrimitives.ReadUInt64LittleEndian(_bytes[_offsets.NativeThreadId..]);

    /// <summary><c>id</c>, never used twice in an interpreter; 0 before 3.7.</summary>
    public ulong UniqueId => _offsets.Id < 0 ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(_bytes[_offsets.Id..]);

    /// <summary>
    /// <c>context_ver</c>, which grows whenever the thread enters or leaves a context, and with every switch to another greenlet; 0 before 3.7.
    /// </summary>
    public ulong ContextVersion => _offsets.ContextVersion < 0 ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(_bytes[_offsets.ContextVersion..]);

    /// <summary><c>datastack_chunk</c>, 3.11+.</summary>
    public RemoteAddress DataStackChunk => Address(_offsets.DataStackChunk);

    /// <summary><c>datastack_top</c>, 3.11+.</summary>
    public RemoteAddress DataStackTop => Address(_offsets.DataStackTop);

    /// <summary>Whether the thread itself says that it holds the GIL: true or false from 3.13 on, null before.</summary>
    public bool? HoldsGil
    {
        get
        {
            if (_offsets.HoldsGil >= 0)
            {
                return BinaryPrimitives.ReadInt32LittleEndian(_bytes[_offsets.HoldsGil..]) != 0;
            }

            return _offsets.StatusHoldsGilMask == 0
                ? null
                : (BinaryPrimitives.ReadUInt32LittleEndian(_bytes[_offsets.Status..]) & _offsets.StatusHoldsGilMask) != 0;
        }
    }

    /// <summary>
    /// Whether the thread may run Python: <c>state</c> is <c>_Py_THREAD_ATTACHED</c> (Include/internal/pycore_pystate.h). False before 3.13, where
    /// nothing tells.
    /// </summary>
    public bool IsAttached => _offsets.State >= 0 && BinaryPrimitives.ReadInt32LittleEndian(_bytes[_offsets.State..]) == 1;

    /// <summary>How many bytes of a thread state hold every field that is looked at.</summary>
    public static int SizeOf(ThreadStateOffsets offsets)
    {
        ReadOnlySpan<int> ends =
        [
            offsets.Prev + 8, offsets.Next + 8, offsets.Interp + 8, offsets.CurrentFrame + 8, offsets.CFrame + 8,
            offsets.ThreadId + 8, offsets.NativeThreadId + 8, offsets.DataStackChunk + 8, offsets.DataStackTop + 8,
            offsets.Status + 4, offsets.HoldsGil + 4, offsets.GilRequested + 4, offsets.State + 4, offsets.Id + 8, offsets.GilStateCounter + 4,
        ];
        int size = 0;
        foreach (int end in ends)
        {
            size = Math.Max(size, end);
        }

        return size;
    }

    private RemoteAddress Address(int offset) =>
        offset < 0 ? RemoteAddress.Null : new RemoteAddress(BinaryPrimitives.ReadUInt64LittleEndian(_bytes[offset..]));
}
