namespace Pyflame.Python.Layout;

/// <summary>Offsets in <c>PyFrameObject</c> (up to 3.10) or <c>_PyInterpreterFrame</c> (3.11+).</summary>
public sealed record FrameOffsets
{
    /// <summary><c>f_back</c> (up to 3.10) or <c>previous</c>: the caller's frame.</summary>
    public required int Previous { get; init; }

    /// <summary><c>f_code</c> or <c>f_executable</c>; tagged in its low bits from 3.14 on.</summary>
    public required int Code { get; init; }

    /// <summary>
    /// Up to 3.10 <c>f_lasti</c>, a 32-bit index (in bytes; 3.10: in code units of 2 bytes), -1 before the first instruction. From
    /// 3.11 on a pointer into the code's bytes: <c>prev_instr</c> (3.11, 3.12) or <c>instr_ptr</c> (3.13+).
    /// </summary>
    public required int Instruction { get; init; }

    /// <summary><c>owner</c>, one byte, 3.11+.</summary>
    public int Owner { get; init; } = StructOffsets.Absent;

    /// <summary><c>is_entry</c>, one byte, 3.11 only.</summary>
    public int IsEntry { get; init; } = StructOffsets.Absent;

    /// <summary>
    /// <c>stackpointer</c> from 3.14 on; <c>stacktop</c> (32-bit) from 3.11 to 3.13; before, <c>f_stacktop</c> or <c>f_stackdepth</c>.
    /// </summary>
    public int StackTop { get; init; } = StructOffsets.Absent;

    /// <summary><c>f_localsplus</c> or <c>localsplus</c>: arguments, locals, cells, then the value stack.</summary>
    public required int LocalsPlus { get; init; }

    /// <summary><c>f_globals</c>.</summary>
    public int Globals { get; init; } = StructOffsets.Absent;

    /// <summary><c>f_locals</c>.</summary>
    public int Locals { get; init; } = StructOffsets.Absent;

    /// <summary><c>f_func</c> or <c>f_funcobj</c>, 3.11+.</summary>
    public int Function { get; init; } = StructOffsets.Absent;

    /// <summary><c>tlbc_index</c>, 32-bit, free-threaded 3.14+: which copy of the bytecode the instruction pointer is in.</summary>
    public int TlbcIndex { get; init; } = StructOffsets.Absent;

    /// <summary>How many bytes from the start of a frame hold every field above except the locals.</summary>
    public required int HeaderSize { get; init; }

    internal FrameOffsets Shift(int bytes) => new()
    {
        Previous = StructOffsets.Shifted(Previous, bytes),
        Code = StructOffsets.Shifted(Code, bytes),
        Instruction = StructOffsets.Shifted(Instruction, bytes),
        Owner = StructOffsets.Shifted(Owner, bytes),
        IsEntry = StructOffsets.Shifted(IsEntry, bytes),
        StackTop = StructOffsets.Shifted(StackTop, bytes),
        LocalsPlus = StructOffsets.Shifted(LocalsPlus, bytes),
        Globals = StructOffsets.Shifted(Globals, bytes),
        Locals = StructOffsets.Shifted(Locals, bytes),
        Function = StructOffsets.Shifted(Function, bytes),
        TlbcIndex = StructOffsets.Shifted(TlbcIndex, bytes),
        HeaderSize = StructOffsets.Shifted(HeaderSize, bytes),
    };
}
