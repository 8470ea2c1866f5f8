namespace Pyflame.Python.Layout;

/// <summary>Offsets in <c>PyCodeObject</c>.</summary>
public sealed record CodeObjectOffsets
{
    /// <summary>How many bytes from the start of a code object hold every fixed field below.</summary>
    public required int HeaderSize { get; init; }

    /// <summary><c>co_name</c>.</summary>
    public required int Name { get; init; }

    /// <summary><c>co_qualname</c>, 3.11+.</summary>
    public int QualifiedName { get; init; } = StructOffsets.Absent;

    /// <summary><c>co_filename</c>.</summary>
    public required int FileName { get; init; }

    /// <summary><c>co_firstlineno</c>, 32-bit.</summary>
    public required int FirstLineNumber { get; init; }

    /// <summary><c>co_lnotab</c> (up to 3.9) or <c>co_linetable</c> (3.10+).</summary>
    public required int LineTable { get; init; }

    /// <summary><c>co_argcount</c>, 32-bit.</summary>
    public required int ArgumentCount { get; init; }

    /// <summary><c>co_kwonlyargcount</c>, 32-bit, 3.x.</summary>
    public int KeywordOnlyArgumentCount { get; init; } = StructOffsets.Absent;

    /// <summary><c>co_flags</c>, 32-bit.</summary>
    public int Flags { get; init; } = StructOffsets.Absent;

    /// <summary><c>co_varnames</c> (up to 3.10) or <c>co_localsplusnames</c> (3.11+).</summary>
    public required int LocalNames { get; init; }

    /// <summary><c>co_cellvars</c>, up to 3.10.</summary>
    public int CellNames { get; init; } = StructOffsets.Absent;

    /// <summary><c>co_freevars</c>, up to 3.10.</summary>
    public int FreeNames { get; init; } = StructOffsets.Absent;

    /// <summary><c>co_localspluskinds</c>, a bytes object, 3.11+.</summary>
    public int LocalKinds { get; init; } = StructOffsets.Absent;

    /// <summary><c>co_nlocals</c>, 32-bit.</summary>
    public int LocalCount { get; init; } = StructOffsets.Absent;

    /// <summary><c>co_stacksize</c>, 32-bit, 3.11+.</summary>
    public int StackSize { get; init; } = StructOffsets.Absent;

    /// <summary><c>co_nlocalsplus</c>, 32-bit, 3.11+.</summary>
    public int LocalsPlusCount { get; init; } = StructOffsets.Absent;

    /// <summary><c>co_code</c>, a pointer to a bytes object, up to 3.10.</summary>
    public int Code { get; init; } = StructOffsets.Absent;

    /// <summary><c>co_code_adaptive</c>, the bytes themselves, 3.11+.</summary>
    public int CodeAdaptive { get; init; } = StructOffsets.Absent;

    /// <summary><c>co_tlbc</c>, free-threaded 3.14+.</summary>
    public int Tlbc { get; init; } = StructOffsets.Absent;

    internal CodeObjectOffsets Shift(int bytes) => new()
    {
        HeaderSize = StructOffsets.Shifted(HeaderSize, bytes),
        Name = StructOffsets.Shifted(Name, bytes),
        QualifiedName = StructOffsets.Shifted(QualifiedName, bytes),
        FileName = StructOffsets.Shifted(FileName, bytes),
        FirstLineNumber = StructOffsets.Shifted(FirstLineNumber, bytes),
        LineTable = StructOffsets.Shifted(LineTable, bytes),
        ArgumentCount = StructOffsets.Shifted(ArgumentCount, bytes),
        KeywordOnlyArgumentCount = StructOffsets.Shifted(KeywordOnlyArgumentCount, bytes),
        Flags = StructOffsets.Shifted(Flags, bytes),
        LocalNames = StructOffsets.Shifted(LocalNames, bytes),
        CellNames = StructOffsets.Shifted(CellNames, bytes),
        FreeNames = StructOffsets.Shifted(FreeNames, bytes),
        LocalKinds = StructOffsets.Shifted(LocalKinds, bytes),
        LocalCount = StructOffsets.Shifted(LocalCount, bytes),
        StackSize = StructOffsets.Shifted(StackSize, bytes),
        LocalsPlusCount = StructOffsets.Shifted(LocalsPlusCount, bytes),
        Code = StructOffsets.Shifted(Code, bytes),
        CodeAdaptive = StructOffsets.Shifted(CodeAdaptive, bytes),
        Tlbc = StructOffsets.Shifted(Tlbc, bytes),
    };
}
