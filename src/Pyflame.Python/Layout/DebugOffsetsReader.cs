using System.Buffers.Binary;

namespace Pyflame.Python.Layout;

/// <summary>Goes through the slots of one <c>_Py_DebugOffsets</c> in their order and checks each.</summary>
/// <remarks>
/// The target may be anything, so no number is used before it is found to lie in its structure, and each structure's size
/// to lie in what is reasonable. The first thing wrong is kept in <see cref="Problem"/>, and everything after it reads as 0.
/// </remarks>
internal ref struct DebugOffsetsReader
{
    private const int Pointer = 8;

    /// <summary>More than <c>PyInterpreterState</c>, the biggest structure, has ever had (0.4 MB in 3.12).</summary>
    private const ulong LargestStructure = 16 << 20;

    /// <summary>More than <c>PyVarObject</c> has in any build (40 in free-threaded ones).</summary>
    private const int LargestObjectHead = 64;

    private readonly PythonVersion version;
    private readonly bool freeThreaded;
    private ReadOnlySpan<byte> slots;
    private int structureSize;

    /// <summary>Starts at the first slot behind the cookie, the version and the flag of free threading.</summary>
    public DebugOffsetsReader(ReadOnlySpan<byte> slots, PythonVersion version, ulong freeThreaded)
    {
        this.slots = slots;
        this.version = version;
        this.freeThreaded = freeThreaded == 1;
        Problem = freeThreaded > 1 ? "free_threaded" : null;
        structureSize = 0;
    }

    /// <summary>The first field that cannot be true; null where all can.</summary>
    public string? Problem { get; private set; }

    /// <summary>Reads every slot that is of use.</summary>
    public StructOffsets Read()
    {
        var offsets = new StructOffsets
        {
            Version = version,
            FreeThreaded = freeThreaded,
            // In the order of the table.
            RuntimeState = ReadRuntimeState(),
            InterpreterState = ReadInterpreterState(out int gc),
            ThreadState = ReadThreadState(),
            Frame = ReadFrame(),
            CodeObject = ReadCodeObject(),
            Objects = ReadObjects(),
        };
        return offsets with { InterpreterState = offsets.InterpreterState with { GcCollecting = ReadCollecting(gc) } };
    }

    private RuntimeStateOffsets ReadRuntimeState()
    {
        Structure("runtime_state", LargestStructure);
        Skip(1); // finalizing
        return new() { InterpretersHead = Field("interpreters_head") };
    }

    private InterpreterStateOffsets ReadInterpreterState(out int gc)
    {
        Structure("interpreter_state", LargestStructure);
        int id = Field("id");
        int next = Field("next");
        int threadsHead = Field("threads_head");
        // 3.13 has the field right behind the head but not in its table.
        int threadsMain = version.IsAtLeast(3, 14) ? Field("threads_main") : threadsHead + Pointer;
        gc = Field("gc");
        int modules = Field("imports_modules");
        int sysDict = Field("sysdict");
        Skip(1); // builtins
        int gil = Field("ceval_gil");
        int ownGil = Field("gil_runtime_state");
        int enabled = Field("gil_runtime_state_enabled");
        // These two count from the start of the interpreter state, where its own GIL lies; the one before from the GIL's.
        int locked = Field("gil_runtime_state_locked") - ownGil;
        int holder = Field("gil_runtime_state_holder") - ownGil;
        Check(locked is >= 0 and < 256 && holder is >= 0 and < 256 && enabled < 256, "gil_runtime_state");
        int generation = StructOffsets.Absent;
        int tlbcGeneration = StructOffsets.Absent;
        if (version.IsAtLeast(3, 14))
        {
            generation = Field("code_object_generation");
            tlbcGeneration = FieldOfFreeThreading("tlbc_generation", 4);
        }

        return new()
        {
            Id = id,
            Next = next,
            ThreadsHead = threadsHead,
            ThreadsMain = threadsMain,
            Modules = modules,
            SysDict = sysDict,
            Gil = gil,
            GilLockedInGil = locked,
            GilLastHolderInGil = holder,
            GilEnabledInGil = freeThreaded ? enabled : StructOffsets.Absent,
            CodeObjectGeneration = generation,
            TlbcGeneration = tlbcGeneration,
        };
    }

    private ThreadStateOffsets ReadThreadState()
    {
        Structure("thread_state", 64 << 10);
        int prev = Field("prev");
        int next = Field("next");
        int interp = Field("interp");
        int currentFrame = Field("current_frame");
        if (version.IsAtLeast(3, 15))
        {
            Skip(3); // base_frame, last_profiled_frame, last_profiled_frame_seq
        }

        int threadId = Field("thread_id");
        int nativeThreadId = Field("native_thread_id");
        int chunk = Field("datastack_chunk");
        int status = Field("status", 4);
        // 3.14 has holds_gil right behind _status but not in its table; in 3.13 it is the sixth bit of _status.
        int holdsGil = version.IsAtLeast(3, 15) ? Field("holds_gil", 4)
            : version.IsAtLeast(3, 14) ? status + 4
            : StructOffsets.Absent;
        int gilRequested = StructOffsets.Absent;
        if (version.IsAtLeast(3, 15))
        {
            gilRequested = Field("gil_requested", 4);
            Skip(2); // current_exception, exc_state
            Skip(1); // err_stackitem.exc_value
        }

        Check(threadId >= 2 * Pointer && chunk >= Pointer && chunk + (3 * Pointer) <= structureSize, "datastack_chunk");
        return new()
        {
            Prev = prev,
            Next = next,
            Interp = interp,
            CurrentFrame = currentFrame,
            ThreadId = threadId,
            NativeThreadId = nativeThreadId,
            DataStackChunk = chunk,
            Status = status,
            StatusHoldsGilMask = version.IsAtLeast(3, 14) ? 0u : 1u << 5,
            HoldsGil = holdsGil,
            GilRequested = gilRequested,
            // _status, holds_gil (3.14+), gil_requested (3.15+), _whence, state: 32 bits each.
            State = status + (version.IsAtLeast(3, 15) ? 16 : version.IsAtLeast(3, 14) ? 12 : 8),
            // Neighbours in Include/cpython/pystate.h: id, datastack_chunk, datastack_top, datastack_limit;
            // gilstate_counter (padded), async_exc, thread_id.
            Id = chunk - Pointer,
            DataStackTop = chunk + Pointer,
            DataStackLimit = chunk + (2 * Pointer),
            GilStateCounter = threadId - (2 * Pointer),
        };
    }

    private FrameOffsets ReadFrame()
    {
        Structure("interpreter_frame", 4096);
        int previous = Field("previous");
        int executable = Field("executable");
        int instruction = Field("instr_ptr");
        int localsPlus = Field("localsplus");
        int owner = Field("owner", 1);
        // 3.13: `int stacktop` right behind instr_ptr.
        int stackTop = instruction + Pointer;
        int tlbcIndex = StructOffsets.Absent;
        if (version.IsAtLeast(3, 14))
        {
            stackTop = Field("stackpointer");
            tlbcIndex = FieldOfFreeThreading("tlbc_index", 4);
        }

        // f_executable, previous, f_funcobj, f_globals, f_builtins, f_locals, frame_obj, instr_ptr, in this order.
        Check(executable + (7 * Pointer) == instruction && executable + Pointer == previous, "interpreter_frame");
        Check(owner < localsPlus && stackTop + Pointer <= localsPlus && tlbcIndex + 4 <= localsPlus, "localsplus");
        return new()
        {
            Code = executable,
            Previous = previous,
            Function = executable + (2 * Pointer),
            Globals = executable + (3 * Pointer),
            Locals = executable + (5 * Pointer),
            Instruction = instruction,
            StackTop = stackTop,
            Owner = owner,
            TlbcIndex = tlbcIndex,
            LocalsPlus = localsPlus,
            HeaderSize = localsPlus,
        };
    }

    private CodeObjectOffsets ReadCodeObject()
    {
        Structure("code_object", 4096);
        int fileName = Field("filename");
        int name = Field("name");
        int qualifiedName = Field("qualname");
        int lineTable = Field("linetable");
        int firstLine = Field("firstlineno", 4);
        int argumentCount = Field("argcount", 4);
        int localNames = Field("localsplusnames");
        int localKinds = Field("localspluskinds");
        int codeAdaptive = Field("co_code_adaptive", 1);
        int tlbc = version.IsAtLeast(3, 14) ? FieldOfFreeThreading("co_tlbc") : StructOffsets.Absent;

        // co_flags, co_argcount, co_posonlyargcount, co_kwonlyargcount, co_stacksize, co_firstlineno, co_nlocalsplus,
        // co_framesize, co_nlocals: nine ints in this order (Include/cpython/code.h).
        Check(argumentCount >= 4 && argumentCount + 16 == firstLine && firstLine + 16 <= localNames, "argcount");
        int last = Math.Max(Math.Max(Math.Max(fileName, name), Math.Max(qualifiedName, lineTable)), Math.Max(localNames, localKinds));
        Check(last + Pointer <= codeAdaptive && codeAdaptive >= LargestObjectHead, "co_code_adaptive");
        return new()
        {
            Flags = argumentCount - 4,
            ArgumentCount = argumentCount,
            KeywordOnlyArgumentCount = argumentCount + 8,
            FirstLineNumber = firstLine,
            StackSize = firstLine - 4,
            LocalsPlusCount = firstLine + 4,
            LocalCount = firstLine + 12,
            FileName = fileName,
            Name = name,
            QualifiedName = qualifiedName,
            LineTable = lineTable,
            LocalNames = localNames,
            LocalKinds = localKinds,
            CodeAdaptive = codeAdaptive,
            Tlbc = tlbc,
            HeaderSize = codeAdaptive,
        };
    }

    private ObjectOffsets ReadObjects()
    {
        Structure("pyobject", 256);
        int type = Field("ob_type");
        Structure("type_object", 64 << 10);
        int typeName = Field("tp_name");
        Skip(1); // tp_repr
        int typeFlags = Field("tp_flags");
        Skip(version.IsAtLeast(3, 15) ? 4 : 0); // tp_basicsize, tp_dictoffset; heap_type_object
        Structure("tuple_object", 4096);
        int tupleItems = Field("ob_item");
        int varSize = Field("ob_size");
        Structure("list_object", 4096);
        int listItems = Field("ob_item");
        Skip(1); // ob_size
        Skip(version.IsAtLeast(3, 14) ? 4 : 0); // set_object
        Skip(3 + 2 + 3); // dict_object, float_object, long_object
        Structure("bytes_object", 4096);
        Skip(1); // ob_size
        int bytesData = Field("ob_sval", 1);
        Structure("unicode_object", 4096);
        int state = Field("state", 4);
        int length = Field("length");
        int asciiSize = Size("asciiobject_size");
        Check(Math.Max(type, varSize) + Pointer <= LargestObjectHead, "pyobject");
        Check(Math.Max(state + 4, length + Pointer) <= asciiSize, "asciiobject_size");
        // Before 3.15's table: a compact string that is not ASCII has two more words, utf8_length and utf8.
        int compactSize = version.IsAtLeast(3, 15) ? Size("compactunicodeobject_size") : asciiSize + (2 * Pointer);
        return new()
        {
            Type = type,
            VarSize = varSize,
            TypeName = typeName,
            TypeFlags = typeFlags,
            BytesData = bytesData,
            TupleItems = tupleItems,
            ListItems = listItems,
            UnicodeLength = length,
            UnicodeState = state,
            UnicodeAsciiData = asciiSize,
            UnicodeCompactData = compactSize,
            // PyUnicodeObject begins with a PyCompactUnicodeObject, and `data` follows it.
            UnicodeDataPointer = compactSize,
        };
    }

    private int ReadCollecting(int gc)
    {
        Structure("gc", LargestStructure);
        return gc + Field("collecting", 4);
    }

    private ulong Next(string field)
    {
        if (slots.Length < sizeof(ulong))
        {
            Problem ??= field;
            return 0;
        }

        ulong value = BinaryPrimitives.ReadUInt64LittleEndian(slots);
        slots = slots[sizeof(ulong)..];
        return value;
    }

    private void Skip(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Next("size");
        }
    }

    /// <summary>The size slot with which each structure's part begins.</summary>
    private void Structure(string name, ulong largest)
    {
        ulong size = Next(name);
        Check(size is >= 8 && size <= largest, name);
        structureSize = Problem is null ? (int)size : 0;
    }

    /// <summary>An offset of a field of <paramref name="alignment"/> bytes in the structure begun last.</summary>
    private int Field(string name, int alignment = Pointer)
    {
        ulong offset = Next(name);
        Check(offset <= (ulong)structureSize && offset % (ulong)alignment == 0, name);
        return Problem is null ? (int)offset : 0;
    }

    /// <summary>As <see cref="Field"/>; the slot is 0 in a build with a GIL.</summary>
    private int FieldOfFreeThreading(string name, int alignment = Pointer)
    {
        int offset = Field(name, alignment);
        return freeThreaded ? offset : StructOffsets.Absent;
    }

    /// <summary>The size of a structure that the one begun last begins with.</summary>
    private int Size(string name)
    {
        ulong size = Next(name);
        Check(size is >= 16 and <= 4096 && size % Pointer == 0, name);
        return Problem is null ? (int)size : 0;
    }

    private void Check(bool plausible, string field)
    {
        if (!plausible)
        {
            Problem ??= field;
        }
    }
}
