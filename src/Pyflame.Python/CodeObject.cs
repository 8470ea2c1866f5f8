using System.Buffers.Binary;
using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python;

/// <summary>A decoded <c>PyCodeObject</c>: what a function is called, where it is defined, and the lines of its instructions.</summary>
/// <remarks>
/// Names, paths and the line table are copied when it is read, since the object may die and its address be used by another. Not
/// safe for use by two threads at once.
/// </remarks>
public sealed class CodeObject
{
    /// <summary>The instruction offset of a frame that has not run its first instruction.</summary>
    public const int NotStarted = -1;

    /// <summary>The instruction offset where the frame's instruction pointer does not lie in this code object.</summary>
    public const int OutsideCode = -2;

    // CO_GENERATOR, CO_COROUTINE and CO_ASYNC_GENERATOR (Include/cpython/code.h).
    private const int GeneratorFlags = 0x20 | 0x80 | 0x200;

    private readonly PythonStrings strings;
    private readonly MemoryReader memory;
    private readonly StructOffsets offsets;
    private readonly CodeObjectIdentity identity;
    private readonly RemoteAddress[] nameTuples;
    private readonly bool hasCopies;
    private RemoteAddress[] copies = [];
    private byte[]? bytecode;
    private byte[]? lineTable;
    private LineTable? lines;
    private string[]? localNames;

    private CodeObject(
        MemoryReader memory, StructOffsets offsets, PythonStrings strings, RemoteAddress address, ReadOnlySpan<byte> header)
    {
        this.memory = memory;
        this.offsets = offsets;
        this.strings = strings;
        Address = address;
        identity = CodeObjectIdentity.Read(header, offsets);
        CodeObjectOffsets o = offsets.CodeObject;
        ArgumentCount = ReadInt(header, o.ArgumentCount);
        KeywordOnlyArgumentCount = ReadInt(header, o.KeywordOnlyArgumentCount);
        LocalCount = ReadInt(header, o.LocalCount);
        Flags = ReadInt(header, o.Flags);
        if (o.StackSize >= 0 && ReadInt(header, o.LocalsPlusCount) is >= 0 and <= PythonLimits.FrameSlots and int locals
            && ReadInt(header, o.StackSize) is >= 0 and <= PythonLimits.FrameSlots and int stack)
        {
            FrameSize = offsets.Frame.LocalsPlus + ((locals + stack) * 8);
        }

        nameTuples = [.. PointersAt(header, o.LocalNames, o.CellNames, o.FreeNames)];
        hasCopies = o.Tlbc >= 0;
        Name = "";
        QualifiedName = "";
        FileName = "";
    }

    /// <summary>Where the object was when it was read.</summary>
    public RemoteAddress Address { get; }

    /// <summary><c>co_name</c>.</summary>
    public string Name { get; private set; }

    /// <summary><c>co_qualname</c>; the same as <see cref="Name"/> before 3.11.</summary>
    public string QualifiedName { get; private set; }

    /// <summary><c>co_filename</c>.</summary>
    public string FileName { get; private set; }

    /// <summary><c>co_firstlineno</c>.</summary>
    public int FirstLineNumber => identity.FirstLineNumber;

    /// <summary><c>co_argcount</c>: positional arguments, those with defaults and positional-only ones included.</summary>
    public int ArgumentCount { get; }

    /// <summary><c>co_kwonlyargcount</c>; 0 in 2.x.</summary>
    public int KeywordOnlyArgumentCount { get; }

    /// <summary><c>co_nlocals</c>.</summary>
    public int LocalCount { get; }

    /// <summary><c>co_flags</c>.</summary>
    public int Flags { get; }

    /// <summary>
    /// How many bytes a frame takes in the data stack, 3.11+: the next one begins behind them (<c>_PyThreadState_PushFrame</c>,
    /// Python/pystate.c). 0 before, and where the object contradicts itself.
    /// </summary>
    public int FrameSize { get; }

    /// <summary>
    /// Whether it is <c>_Py_InitCleanup</c> (Python/specialize.c, 3.13+), which stands between a class that is called and its
    /// <c>__init__</c>, has <c>__init__</c> for a file name too, and is shown by no traceback.
    /// </summary>
    public bool IsInterpreterShim => FirstLineNumber == 0 && Name == "__init__" && FileName == "__init__";

    /// <summary>Whether a call makes a generator, coroutine or asynchronous generator, whose frame runs the code.</summary>
    internal bool MakesGenerator => (Flags & GeneratorFlags) != 0;

    /// <summary>The length of the bytecode in bytes.</summary>
    public int CodeSize { get; private set; }

    /// <summary>The fields by which a later look tells whether this is still the same code object.</summary>
    public CodeObjectIdentity Identity => identity;

    /// <summary>The lines, decoded at first use.</summary>
    public LineTable Lines
    {
        get
        {
            lines ??= LineTable.Decode(LineTable.FormatOf(offsets.Version), lineTable, FirstLineNumber);
            lineTable = null;
            return lines;
        }
    }

    /// <summary>Reads a code object.</summary>
    /// <param name="memory">The target.</param>
    /// <param name="offsets">The layout of its interpreter.</param>
    /// <param name="strings">Reads its strings.</param>
    /// <param name="address">The object, in the target.</param>
    /// <returns>Null where there is no readable code object there.</returns>
    public static CodeObject? TryRead(
        MemoryReader memory, StructOffsets offsets, PythonStrings strings, RemoteAddress address)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(offsets);
        ArgumentNullException.ThrowIfNull(strings);
        CodeObjectOffsets o = offsets.CodeObject;
        Span<byte> header = stackalloc byte[PythonLimits.StructureBytes];
        int size = o.HeaderSize;
        if (size > header.Length || address.IsNull)
        {
            return null;
        }

        header = header[..size];
        if (!memory.TryRead(address, header)
            || strings.Types.KindOfType(PointerAt(header, offsets.Objects.Type)) != ObjectKind.Code)
        {
            return null;
        }

        var code = new CodeObject(memory, offsets, strings, address, header);
        return code.TryReadContent(header) ? code : null;
    }

    /// <summary>Where in the bytecode a frame stands.</summary>
    /// <param name="rawInstruction">
    /// The frame's field as read: up to 3.10 <c>f_lasti</c> as a sign-extended 32-bit integer, from 3.11 on a pointer
    /// (<see cref="FrameOffsets.Instruction"/>).
    /// </param>
    /// <returns>
    /// The offset in bytes of the instruction that the frame runs or, where it is not the innermost, has called from;
    /// <see cref="NotStarted"/> or <see cref="OutsideCode"/>, both negative.
    /// </returns>
    public int GetInstructionOffset(ulong rawInstruction)
    {
        if (!offsets.HasInterpreterFrames)
        {
            // 3.10 counts code units (Include/cpython/frameobject.h).
            int unit = offsets.Version.IsAtLeast(3, 10) ? 2 : 1;
            long index = (int)rawInstruction * (long)unit;
            return index >= 0 && index < CodeSize ? (int)index
                : (int)rawInstruction == -1 ? NotStarted
                : OutsideCode;
        }

        ulong offset = unchecked(rawInstruction - (Address.Value + (ulong)offsets.CodeObject.CodeAdaptive));
        if (offset < (ulong)CodeSize)
        {
            // Instructions are two bytes; up to 3.12 prev_instr may be the last cache entry of a call, which has its line.
            return (int)offset & ~1;
        }

        // 3.11 and 3.12: prev_instr of a frame that has not begun lies one unit before the code.
        if (unchecked((long)offset) == -2 && !offsets.Version.IsAtLeast(3, 13))
        {
            return NotStarted;
        }

        return hasCopies ? GetOffsetInCopy(rawInstruction) : OutsideCode;
    }

    /// <summary>Whether a frame that does not run has not begun: it was made for a call.</summary>
    /// <param name="rawInstruction">As in <see cref="GetInstructionOffset"/>.</param>
    public bool IsStart(ulong rawInstruction) => !IsInterpreterShim &&
        GetInstructionOffset(rawInstruction) == (offsets.Version.IsAtLeast(3, 13) ? 0 : NotStarted);

    /// <summary>
    /// Whether a frame in the data stack that does not run and stands at an instruction has ended, 3.11+; false where that cannot be read. Reads the bytecode
    /// at first use.
    /// </summary>
    /// <param name="rawInstruction">As in <see cref="GetInstructionOffset"/>.</param>
    /// <remarks>
    /// Up to 3.12 a call may stand at the last of its cache entries, of which the only one that can look like a return is that of
    /// <c>BINARY_SUBSCR_GETITEM</c> of 3.11, for one function of the whole process.
    /// </remarks>
    internal bool HasEnded(ulong rawInstruction)
    {
        int offset = GetInstructionOffset(rawInstruction);
        if (offset < 0 || CodeSize > PythonLimits.KeptCodeBytes)
        {
            return false;
        }

        // A call makes the generator before anything else, and leaves its own frame one instruction further (RETURN_GENERATOR, Python/bytecodes.c, 3.13+).
        if (MakesGenerator)
        {
            return !IsStart(rawInstruction);
        }

        if (bytecode is null)
        {
            bytecode = new byte[CodeSize];
            if (!memory.TryRead(Address + offsets.CodeObject.CodeAdaptive, bytecode))
            {
                bytecode = null;
                return false;
            }
        }

        return ReturnOpcodes.Contains(offsets.Version, bytecode[offset]);
    }

    /// <summary>Forgets where the copies of the bytecode lie that threads have of their own: they are freed when a thread has ended.</summary>
    internal void ForgetCopies() => copies = [];

    /// <summary>The line of an instruction, exactly as <c>PyCode_Addr2Line</c> of the target's version has it.</summary>
    /// <param name="instructionOffset">As <see cref="GetInstructionOffset"/> gives it.</param>
    /// <returns>The line; 0 where the instruction has none; <see cref="FirstLineNumber"/> for a negative offset.</returns>
    public int GetLine(int instructionOffset) => Lines.GetLine(instructionOffset);

    /// <summary>
    /// The names of the frame's variables in the order in which their values lie in the frame: arguments and locals, cells,
    /// free variables. Read from the target at first use; empty where they can no longer be read.
    /// </summary>
    public IReadOnlyList<string> LocalNames => localNames ??= ReadLocalNames();

    /// <summary>The name and where it is defined.</summary>
    public override string ToString() => $"{QualifiedName} ({FileName}:{FirstLineNumber})";

    internal static RemoteAddress PointerAt(ReadOnlySpan<byte> header, int offset) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(header[offset..]));

    private static int ReadInt(ReadOnlySpan<byte> header, int offset) =>
        offset < 0 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(header[offset..]);

    private static List<RemoteAddress> PointersAt(ReadOnlySpan<byte> header, params ReadOnlySpan<int> fieldOffsets)
    {
        var pointers = new List<RemoteAddress>(fieldOffsets.Length);
        foreach (int offset in fieldOffsets)
        {
            if (offset >= 0)
            {
                pointers.Add(PointerAt(header, offset));
            }
        }

        return pointers;
    }

    private bool TryReadContent(ReadOnlySpan<byte> header)
    {
        CodeObjectOffsets o = offsets.CodeObject;
        if (!strings.TryRead(identity.Name, out string name) || !strings.TryRead(identity.FileName, out string fileName))
        {
            return false;
        }

        Name = name;
        FileName = fileName;
        QualifiedName = o.QualifiedName >= 0 && strings.TryRead(PointerAt(header, o.QualifiedName), out string qualified)
            ? qualified : name;

        long size = identity.Size * 2;
        if (o.Code >= 0 && !memory.TryRead(PointerAt(header, o.Code) + offsets.Objects.VarSize, out size))
        {
            return false;
        }

        CodeSize = size is >= 0 and <= PythonLimits.CodeBytes ? (int)size : 0;
        // Without its lines a function can still be named.
        strings.TryReadBytes(identity.LineTable, PythonLimits.LineTableBytes, out byte[] table);
        lineTable = table;
        return true;
    }

    /// <summary>
    /// Looks for the instruction in the copies of the bytecode that a free-threaded build makes for its threads:
    /// <c>co_tlbc</c> points to a <c>_PyCodeArray</c>, a count and so many pointers (Include/cpython/code.h). It is another one when there are
    /// more threads than it has room for, and the old one is freed.
    /// </summary>
    private int GetOffsetInCopy(ulong rawInstruction)
    {
        if (FindCopy(rawInstruction) is >= 0 and var known)
        {
            return known;
        }

        if (!memory.TryReadAddress(Address + offsets.CodeObject.Tlbc, out RemoteAddress bytecodeCopies) || bytecodeCopies.IsNull
            || !memory.TryReadAddress(bytecodeCopies, out RemoteAddress count) || count.Value > PythonLimits.BytecodeCopies)
        {
            return OutsideCode;
        }

        var found = new List<RemoteAddress>();
        for (int i = 0; i < (int)count.Value; i++)
        {
            if (memory.TryReadAddress(bytecodeCopies + 8 + (i * 8L), out RemoteAddress copy) && !copy.IsNull)
            {
                found.Add(copy);
            }
        }

        copies = [.. found];
        return FindCopy(rawInstruction);
    }

    private int FindCopy(ulong rawInstruction)
    {
        foreach (RemoteAddress copy in copies)
        {
            ulong offset = unchecked(rawInstruction - copy.Value);
            if (offset < (ulong)CodeSize)
            {
                return (int)offset & ~1;
            }
        }

        return OutsideCode;
    }

    private string[] ReadLocalNames()
    {
        var names = new List<string>();
        foreach (RemoteAddress tuple in nameTuples)
        {
            if (strings.Types.KindOf(tuple) != ObjectKind.Tuple
                || !memory.TryRead(tuple + offsets.Objects.VarSize, out long count)
                || count < 0 || count > PythonLimits.LocalNames)
            {
                continue;
            }

            for (int i = 0; i < (int)count; i++)
            {
                if (!memory.TryReadAddress(tuple + offsets.Objects.TupleItems + (i * 8L), out RemoteAddress item))
                {
                    break;
                }

                names.Add(strings.TryRead(item, out string name) ? name : "");
            }
        }

        return [.. names];
    }
}
