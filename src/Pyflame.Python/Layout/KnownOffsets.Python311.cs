namespace Pyflame.Python.Layout;

/// <content>3.11 and 3.12, whose frames lie in the thread's data stack; compared: v3.11.2, v3.11.7; v3.12.1, v3.12.5, v3.12.6.</content>
public static partial class KnownOffsets
{
    /// <summary>3.11 (Include/internal/pycore_runtime.h, pycore_interp.h, pycore_frame.h, Include/cpython/*.h).</summary>
    private static StructOffsets Python311(PythonVersion version) => new()
    {
        Version = version,
        RuntimeState = new() { InterpretersHead = 40, GilLastHolder = 368, GilLocked = 376, CurrentThreadState = 576 },
        InterpreterState = new() { Next = 0, ThreadsHead = 16, Id = 48, GcCollecting = 848, Modules = 888, SysDict = 904 },
        ThreadState = new()
        {
            Prev = 0,
            Next = 8,
            Interp = 16,
            CFrame = 56,
            // _PyCFrame begins with use_tracing, which 3.12 dropped.
            CurrentFrameInCFrame = 8,
            GilStateCounter = 136,
            ThreadId = 152,
            NativeThreadId = 160,
            Id = 240,
            DataStackChunk = 296,
            DataStackTop = 304,
            DataStackLimit = 312,
        },
        Frame = new()
        {
            Function = 0,
            Globals = 8,
            Locals = 24,
            Code = 32,
            Previous = 48,
            Instruction = 56,
            StackTop = 64,
            IsEntry = 68,
            Owner = 69,
            LocalsPlus = 72,
            HeaderSize = 72,
        },
        CodeObject = new()
        {
            Flags = 48,
            ArgumentCount = 56,
            KeywordOnlyArgumentCount = 64,
            StackSize = 68,
            FirstLineNumber = 72,
            LocalsPlusCount = 76,
            LocalCount = 80,
            LocalNames = 96,
            LocalKinds = 104,
            FileName = 112,
            Name = 120,
            QualifiedName = 128,
            LineTable = 136,
            CodeAdaptive = 184,
            HeaderSize = 184,
        },
        Objects = ObjectsWithWideCharacters,
    };

    /// <summary>3.12: each interpreter has a GIL of its own.</summary>
    private static StructOffsets Python312(PythonVersion version) => new()
    {
        Version = version,
        RuntimeState = new() { InterpretersHead = 40 },
        InterpreterState = new()
        {
            Next = 0,
            Id = 8,
            ThreadsHead = 72,
            GcCollecting = 312,
            SysDict = 352,
            Gil = 384,
            Modules = 944,
            // Include/internal/pycore_gil.h
            GilLastHolderInGil = 8,
            GilLockedInGil = 16,
        },
        ThreadState = new()
        {
            Prev = 0,
            Next = 8,
            Interp = 16,
            Status = 24,
            CFrame = 56,
            CurrentFrameInCFrame = 0,
            GilStateCounter = 120,
            ThreadId = 136,
            NativeThreadId = 144,
            Id = 224,
            DataStackChunk = 232,
            DataStackTop = 240,
            DataStackLimit = 248,
        },
        Frame = new()
        {
            Code = 0,
            Previous = 8,
            Function = 16,
            Globals = 24,
            Locals = 40,
            Instruction = 56,
            StackTop = 64,
            Owner = 70,
            LocalsPlus = 72,
            HeaderSize = 72,
        },
        CodeObject = new()
        {
            Flags = 48,
            ArgumentCount = 52,
            KeywordOnlyArgumentCount = 60,
            StackSize = 64,
            FirstLineNumber = 68,
            LocalsPlusCount = 72,
            LocalCount = 80,
            LocalNames = 96,
            LocalKinds = 104,
            FileName = 112,
            Name = 120,
            QualifiedName = 128,
            LineTable = 136,
            CodeAdaptive = 192,
            HeaderSize = 192,
        },
        // 3.12 dropped wstr and wstr_length (PEP 623).
        Objects = ObjectsWithWideCharacters with
        {
            UnicodeAsciiData = 40,
            UnicodeCompactData = 56,
            UnicodeDataPointer = 56,
        },
    };
}
