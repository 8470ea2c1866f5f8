namespace Pyflame.Python.Layout;

/// <summary>Offsets in <c>_PyRuntimeState</c> (3.7+; Include/internal/pycore_runtime.h).</summary>
public sealed record RuntimeStateOffsets
{
    /// <summary><c>interpreters.head</c>; before 3.7 the head is a variable of its own, <c>interp_head</c>.</summary>
    public int InterpretersHead { get; init; } = StructOffsets.Absent;

    /// <summary><c>gilstate.tstate_current</c>, the thread that holds the GIL: 3.7 to 3.11.</summary>
    public int CurrentThreadState { get; init; } = StructOffsets.Absent;

    /// <summary><c>ceval.gil.locked</c> as a 32-bit integer: 3.7 and 3.8 to 3.11 where the GIL is the runtime's.</summary>
    public int GilLocked { get; init; } = StructOffsets.Absent;

    /// <summary><c>ceval.gil.last_holder</c>: 3.7 to 3.11.</summary>
    public int GilLastHolder { get; init; } = StructOffsets.Absent;

    /// <summary><c>gc.collecting</c>, a 32-bit integer: 3.7 and 3.8; later the interpreter's.</summary>
    public int GcCollecting { get; init; } = StructOffsets.Absent;
}
