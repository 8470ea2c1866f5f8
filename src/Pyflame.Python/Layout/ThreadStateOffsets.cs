namespace Pyflame.Python.Layout;

/// <summary>Offsets in <c>PyThreadState</c> (Include/cpython/pystate.h).</summary>
public sealed record ThreadStateOffsets
{
    /// <summary><c>prev</c>, 3.4+.</summary>
    public int Prev { get; init; } = StructOffsets.Absent;

    /// <summary><c>next</c>.</summary>
    public required int Next { get; init; }

    /// <summary><c>interp</c>.</summary>
    public required int Interp { get; init; }

    /// <summary><c>frame</c> (up to 3.10) or <c>current_frame</c> (3.13+): the innermost frame. Absent on 3.11 and 3.12.</summary>
    public int CurrentFrame { get; init; } = StructOffsets.Absent;

    /// <summary><c>cframe</c>, 3.11 and 3.12: a pointer to a <c>_PyCFrame</c> on the thread's C stack.</summary>
    public int CFrame { get; init; } = StructOffsets.Absent;

    /// <summary>In <c>_PyCFrame</c>: <c>current_frame</c>, 3.11 and 3.12.</summary>
    public int CurrentFrameInCFrame { get; init; } = StructOffsets.Absent;

    /// <summary><c>thread_id</c>: the <c>pthread_t</c>, not the kernel's id.</summary>
    public required int ThreadId { get; init; }

    /// <summary><c>native_thread_id</c>, 3.11+: the kernel's id as the target sees it.</summary>
    public int NativeThreadId { get; init; } = StructOffsets.Absent;

    /// <summary><c>datastack_chunk</c>, 3.11+: the newest chunk of the data stack.</summary>
    public int DataStackChunk { get; init; } = StructOffsets.Absent;

    /// <summary><c>datastack_top</c>, 3.11+: the end of the used part of the newest chunk.</summary>
    public int DataStackTop { get; init; } = StructOffsets.Absent;

    /// <summary><c>datastack_limit</c>, 3.11+.</summary>
    public int DataStackLimit { get; init; } = StructOffsets.Absent;

    /// <summary><c>_status</c>, 32 bits, 3.12+.</summary>
    public int Status { get; init; } = StructOffsets.Absent;

    /// <summary>The mask of <c>holds_gil</c> in <c>_status</c> (3.13), or 0.</summary>
    public uint StatusHoldsGilMask { get; init; }

    /// <summary><c>holds_gil</c>, a 32-bit integer of its own: 3.14+.</summary>
    public int HoldsGil { get; init; } = StructOffsets.Absent;

    /// <summary><c>gil_requested</c>, a 32-bit integer: 3.15+.</summary>
    public int GilRequested { get; init; } = StructOffsets.Absent;

    /// <summary><c>state</c>, a 32-bit integer: 3.13+.</summary>
    public int State { get; init; } = StructOffsets.Absent;

    /// <summary><c>id</c>, 64-bit: a number that is never used again in the interpreter. 3.7+.</summary>
    public int Id { get; init; } = StructOffsets.Absent;

    /// <summary><c>context_ver</c>, 64-bit, right before <see cref="Id"/>: 3.7+.</summary>
    public int ContextVersion => Id < 0 ? StructOffsets.Absent : Id - 8;

    /// <summary><c>gilstate_counter</c>, 32-bit.</summary>
    public int GilStateCounter { get; init; } = StructOffsets.Absent;
}
