namespace Pyflame.Python.Layout;

/// <summary>Offsets in <c>PyInterpreterState</c>.</summary>
public sealed record InterpreterStateOffsets
{
    /// <summary><c>next</c>.</summary>
    public required int Next { get; init; }

    /// <summary><c>tstate_head</c> (up to 3.10), <c>threads.head</c> (3.11+).</summary>
    public required int ThreadsHead { get; init; }

    /// <summary><c>threads.main</c>, 3.13+: the thread state of the interpreter's main thread.</summary>
    public int ThreadsMain { get; init; } = StructOffsets.Absent;

    /// <summary><c>id</c>, 64-bit, 3.7+.</summary>
    public int Id { get; init; } = StructOffsets.Absent;

    /// <summary><c>modules</c>, later <c>imports.modules</c>: the dict that is <c>sys.modules</c>.</summary>
    public required int Modules { get; init; }

    /// <summary><c>sysdict</c>.</summary>
    public int SysDict { get; init; } = StructOffsets.Absent;

    /// <summary><c>ceval.gil</c>, a pointer to the interpreter's <c>struct _gil_runtime_state</c>: 3.12+.</summary>
    public int Gil { get; init; } = StructOffsets.Absent;

    /// <summary><c>gc.collecting</c>, a 32-bit integer, from the start of the interpreter state: 3.9+.</summary>
    public int GcCollecting { get; init; } = StructOffsets.Absent;

    /// <summary>In <c>struct _gil_runtime_state</c>: <c>locked</c>, 32-bit. 3.12+.</summary>
    public int GilLockedInGil { get; init; } = StructOffsets.Absent;

    /// <summary>In <c>struct _gil_runtime_state</c>: <c>last_holder</c>. 3.12+.</summary>
    public int GilLastHolderInGil { get; init; } = StructOffsets.Absent;

    /// <summary>In <c>struct _gil_runtime_state</c>: <c>enabled</c>, 32-bit. Free-threaded builds only.</summary>
    public int GilEnabledInGil { get; init; } = StructOffsets.Absent;

    /// <summary><c>code_object_generation</c>, 64-bit, 3.14+: grows when a code object dies.</summary>
    public int CodeObjectGeneration { get; init; } = StructOffsets.Absent;

    /// <summary><c>tlbc_indices.tlbc_generation</c>, 32-bit, free-threaded 3.14+.</summary>
    public int TlbcGeneration { get; init; } = StructOffsets.Absent;
}
