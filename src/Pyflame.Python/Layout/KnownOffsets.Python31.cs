namespace Pyflame.Python.Layout;

/// <content>3.1 to 3.6, the same in every final release of each minor version; compared up to v3.6.9, and v3.6.15.</content>
public static partial class KnownOffsets
{
    /// <summary>3.1 and 3.2: strings are still arrays of <c>Py_UNICODE</c>, of 2 or 4 bytes by configuration.</summary>
    private static StructOffsets Python31(PythonVersion version) => new()
    {
        Version = version,
        RuntimeState = new(),
        InterpreterState = OldInterpreterState,
        ThreadState = new() { Next = 0, Interp = 8, CurrentFrame = 16, GilStateCounter = 132, ThreadId = 144 },
        Frame = OldFrame,
        // Include/code.h
        CodeObject = new()
        {
            ArgumentCount = 16,
            KeywordOnlyArgumentCount = 20,
            LocalCount = 24,
            Flags = 32,
            Code = 40,
            LocalNames = 64,
            FreeNames = 72,
            CellNames = 80,
            FileName = 88,
            Name = 96,
            FirstLineNumber = 104,
            LineTable = 112,
            HeaderSize = 120,
        },
        Objects = ObjectsWithWideCharacters with
        {
            UnicodeState = StructOffsets.Absent,
            UnicodeAsciiData = StructOffsets.Absent,
            UnicodeCompactData = StructOffsets.Absent,
            UnicodeDataPointer = 24,
        },
    };

    /// <summary>3.3 to 3.6.</summary>
    private static StructOffsets Python33(PythonVersion version) => new()
    {
        Version = version,
        RuntimeState = new(),
        InterpreterState = OldInterpreterState,
        // Include/pystate.h; 3.4 put prev before next.
        ThreadState = version.IsAtLeast(3, 4)
            ? new() { Prev = 0, Next = 8, Interp = 16, CurrentFrame = 24, GilStateCounter = 136, ThreadId = 152 }
            : new() { Next = 0, Interp = 8, CurrentFrame = 16, GilStateCounter = 132, ThreadId = 144 },
        Frame = OldFrame,
        // Include/code.h; 3.3 put co_cell2arg before co_filename, 3.6 moved co_firstlineno up.
        CodeObject = new()
        {
            ArgumentCount = 16,
            KeywordOnlyArgumentCount = 20,
            LocalCount = 24,
            Flags = 32,
            FirstLineNumber = version.IsAtLeast(3, 6) ? 36 : 112,
            Code = 40,
            LocalNames = 64,
            FreeNames = 72,
            CellNames = 80,
            FileName = 96,
            Name = 104,
            LineTable = version.IsAtLeast(3, 6) ? 112 : 120,
            HeaderSize = version.IsAtLeast(3, 6) ? 120 : 128,
        },
        Objects = ObjectsWithWideCharacters,
    };

    /// <summary>3.1 to 3.6 (Include/pystate.h).</summary>
    private static InterpreterStateOffsets OldInterpreterState { get; } =
        new() { Next = 0, ThreadsHead = 8, Modules = 16, SysDict = 32 };

    /// <summary>3.1 to 3.6 (Include/frameobject.h).</summary>
    private static FrameOffsets OldFrame { get; } = new()
    {
        Previous = 24,
        Code = 32,
        Globals = 48,
        Locals = 56,
        StackTop = 72,
        Instruction = 120,
        LocalsPlus = 376,
        HeaderSize = 128,
    };
}
