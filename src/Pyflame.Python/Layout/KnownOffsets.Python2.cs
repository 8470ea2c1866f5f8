namespace Pyflame.Python.Layout;

/// <content>2.6 and 2.7, the same in every final release; compared up to v2.7.16, and v2.7.18.</content>
public static partial class KnownOffsets
{
    private static StructOffsets Python2(PythonVersion version) => new()
    {
        Version = version,
        RuntimeState = new(),
        // Include/pystate.h
        InterpreterState = new() { Next = 0, ThreadsHead = 8, Modules = 16, SysDict = 24 },
        ThreadState = new() { Next = 0, Interp = 8, CurrentFrame = 16, GilStateCounter = 132, ThreadId = 144 },
        // Include/frameobject.h
        Frame = new()
        {
            Previous = 24,
            Code = 32,
            Globals = 48,
            Locals = 56,
            StackTop = 72,
            Instruction = 120,
            LocalsPlus = 376,
            HeaderSize = 128,
        },
        // Include/code.h
        CodeObject = new()
        {
            ArgumentCount = 16,
            LocalCount = 20,
            Flags = 28,
            Code = 32,
            LocalNames = 56,
            FreeNames = 64,
            CellNames = 72,
            FileName = 80,
            Name = 88,
            FirstLineNumber = 96,
            LineTable = 104,
            HeaderSize = 112,
        },
        // Include/stringobject.h, unicodeobject.h, object.h; Py_UNICODE has 2 or 4 bytes, as the build was configured.
        Objects = new()
        {
            Type = 8,
            VarSize = 16,
            TypeName = 24,
            TypeFlags = 168,
            BytesData = 36,
            TupleItems = 24,
            ListItems = 24,
            UnicodeLength = 16,
            UnicodeDataPointer = 24,
        },
    };
}
