namespace Pyflame.Python.Layout;

/// <content>
/// 3.7 to 3.10. Compared: v3.7.0 to v3.7.5, v3.7.16; v3.8.0 to v3.8.12, v3.8.18; v3.9.0 to v3.9.7, v3.9.18; v3.10.0, v3.10.13.
/// </content>
public static partial class KnownOffsets
{
    /// <summary>3.7 (Include/internal/pystate.h, Include/pystate.h, frameobject.h, code.h).</summary>
    private static StructOffsets Python37(PythonVersion version) => new()
    {
        Version = version,
        // v3.7.4 aligned PyGC_Head to 16 bytes (Include/objimpl.h); gc holds four of them, and the rest follows.
        RuntimeState = version >= new PythonVersion(3, 7, 4)
            ? new() { InterpretersHead = 24, GcCollecting = 632, GilLastHolder = 1272, GilLocked = 1280, CurrentThreadState = 1480 }
            : new() { InterpretersHead = 24, GcCollecting = 544, GilLastHolder = 1184, GilLocked = 1192, CurrentThreadState = 1392 },
        InterpreterState = new() { Next = 0, ThreadsHead = 8, Id = 16, Modules = 40, SysDict = 56 },
        ThreadState = Python37ThreadState with { Id = 272 },
        Frame = Python37Frame,
        CodeObject = new()
        {
            ArgumentCount = 16,
            KeywordOnlyArgumentCount = 20,
            LocalCount = 24,
            Flags = 32,
            FirstLineNumber = 36,
            Code = 40,
            LocalNames = 64,
            FreeNames = 72,
            CellNames = 80,
            FileName = 96,
            Name = 104,
            LineTable = 112,
            HeaderSize = 120,
        },
        Objects = ObjectsWithWideCharacters,
    };

    /// <summary>3.8 (Include/internal/pycore_pystate.h, Include/cpython/pystate.h, frameobject.h, code.h).</summary>
    private static StructOffsets Python38(PythonVersion version) => new()
    {
        Version = version,
        RuntimeState = new()
        {
            InterpretersHead = 32,
            GcCollecting = 544,
            GilLastHolder = 1160,
            GilLocked = 1168,
            CurrentThreadState = 1368,
        },
        InterpreterState = new() { Next = 0, ThreadsHead = 8, Id = 16, Modules = 56, SysDict = 72 },
        ThreadState = Python37ThreadState with { Id = 256 },
        Frame = Python37Frame,
        CodeObject = Python38CodeObject,
        Objects = ObjectsWithWideCharacters,
    };

    /// <summary>3.9 (Include/internal/pycore_runtime.h, pycore_interp.h, Include/cpython/*.h).</summary>
    private static StructOffsets Python39(PythonVersion version) => new()
    {
        Version = version,
        RuntimeState = Python39Runtime,
        InterpreterState = Python39InterpreterState,
        ThreadState = Python37ThreadState with { Id = 256 },
        Frame = Python37Frame,
        CodeObject = Python38CodeObject,
        Objects = ObjectsWithWideCharacters,
    };

    /// <summary>3.10; <c>f_lasti</c> counts code units of two bytes and <c>co_linetable</c> has PEP 626's form.</summary>
    private static StructOffsets Python310(PythonVersion version) => new()
    {
        Version = version,
        RuntimeState = Python39Runtime,
        InterpreterState = Python39InterpreterState,
        ThreadState = Python37ThreadState with { Id = 256 },
        Frame = new()
        {
            Previous = 24,
            Code = 32,
            Globals = 48,
            Locals = 56,
            StackTop = 80,
            Instruction = 96,
            LocalsPlus = 352,
            HeaderSize = 112,
        },
        CodeObject = Python38CodeObject,
        Objects = ObjectsWithWideCharacters,
    };

    private static ThreadStateOffsets Python37ThreadState { get; } =
        new() { Prev = 0, Next = 8, Interp = 16, CurrentFrame = 24, GilStateCounter = 160, ThreadId = 176 };

    private static FrameOffsets Python37Frame { get; } = new()
    {
        Previous = 24,
        Code = 32,
        Globals = 48,
        Locals = 56,
        StackTop = 72,
        Instruction = 104,
        LocalsPlus = 360,
        HeaderSize = 112,
    };

    /// <summary>3.8 to 3.10; 3.8 put <c>co_posonlyargcount</c> behind <c>co_argcount</c>.</summary>
    private static CodeObjectOffsets Python38CodeObject { get; } = new()
    {
        ArgumentCount = 16,
        KeywordOnlyArgumentCount = 24,
        LocalCount = 28,
        Flags = 36,
        FirstLineNumber = 40,
        Code = 48,
        LocalNames = 72,
        FreeNames = 80,
        CellNames = 88,
        FileName = 104,
        Name = 112,
        LineTable = 120,
        HeaderSize = 128,
    };

    private static RuntimeStateOffsets Python39Runtime { get; } =
        new() { InterpretersHead = 32, GilLastHolder = 360, GilLocked = 368, CurrentThreadState = 568 };

    private static InterpreterStateOffsets Python39InterpreterState { get; } =
        new() { Next = 0, ThreadsHead = 8, Id = 24, GcCollecting = 816, Modules = 856, SysDict = 872 };
}
