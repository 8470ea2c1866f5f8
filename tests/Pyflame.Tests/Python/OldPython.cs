using System.Buffers.Binary;
using System.Text;
using Pyflame.Processes;
using Pyflame.Tests.Processes.Elf;
using Pyflame.Tests.Python.Snapshots;

namespace Pyflame.Tests.Python;

/// <summary>
/// A process of a version that cannot be installed any more, laid out by hand: a program of two threads that exports what those versions exported, in memory that
/// is read as a target's is.
/// </summary>
internal sealed class OldPython
{
    public const ulong Program = 0x40_0000;
    public const ulong FirstThread = Heap + 0x1000;
    public const ulong SecondThread = Heap + 0x1200;
    public const ulong FirstPthread = 0x7f00_0000_1000;
    public const ulong SecondPthread = 0x7f00_0000_2000;
    private const ulong Heap = 0x100_0000;
    private const ulong Interpreter = Heap + 0x800;
    private const ulong Data = Program + 0x10000;
    private const ulong Current = Data + 0x120;

    private readonly OldLayout _layout;
    private readonly byte[] _program = new byte[0x11000];
    private readonly byte[] _heap = new byte[0x10000];
    private readonly byte[] _pthreads = new byte[0x2000];
    private readonly ulong _codeType;
    private readonly ulong _textType;
    private readonly ulong _bytesType;
    private readonly ulong _tupleType;
    private ulong _next = Heap + 0x2000;

    /// <summary>Lays it out.</summary>
    /// <param name="layout">The version.</param>
    /// <param name="exportsAccessor">
    /// Whether <c>PyInterpreterState_Head</c> tells where the list of interpreters begins; else it lies behind <c>_PyThreadState_Current</c>.
    /// </param>
    public OldPython(OldLayout layout, bool exportsAccessor)
    {
        _layout = layout;
        ulong head = exportsAccessor ? Data + 0x2f0 : Current + 8;
        var builder = new ElfBuilder { Type = 2, BaseAddress = Program, Exported = [("_PyThreadState_Current", Current, 8)] };
        if (exportsAccessor)
        {
            const ulong Accessor = Program + 0x8000;
            builder.Exported.Add(("PyInterpreterState_Head", Accessor, 8));
            // mov interp_head(%rip),%rax; ret
            ((ReadOnlySpan<byte>)[0x48, 0x8B, 0x05, 0, 0, 0, 0, 0xC3]).CopyTo(At(Accessor));
            BinaryPrimitives.WriteInt32LittleEndian(At(Accessor + 3), (int)(head - (Accessor + 7)));
        }

        builder.Build().CopyTo(_program, 0);
        Encoding.ASCII.GetBytes($"{layout.Version} (unknown, Jan  1 2020, 00:00:00) \n[GCC 12.2.0]", At(Data + 0x10));
        _codeType = Type("code", 0);
        _tupleType = Type("tuple", 26);
        _bytesType = Type("str", 27);
        _textType = layout.NamesAreBytes ? _bytesType : Type("str", 28);
        Put(Current, FirstThread);
        Put(head, Interpreter);
        Put(Interpreter + 8, SecondThread);
        Put(SecondThread + (ulong)layout.ThreadShift, FirstThread);
        SetThread(FirstThread, FirstPthread, 4711);
        SetThread(SecondThread, SecondPthread, 4712);
    }

    public SnapshotFacts Facts => new(
        _layout.Version,
        4711,
        Program,
        [new(Program, 0x10000, "r-x", 0, 1, "python"), new(Data, 0x1000, "rw-", 0, 1, "python")],
        [4711, 4712],
        []);

    public SnapshotMemory Memory => new([
        (new RemoteAddress(Program), _program), (new RemoteAddress(Heap), _heap), (new RemoteAddress(FirstPthread), _pthreads),
    ]);

    /// <summary>Makes frames the stack of a thread, outermost first.</summary>
    public void SetStack(ulong thread, params (string Name, string File, int FirstLine, byte[] Lines, int Instruction)[] frames)
    {
        ulong previous = 0;
        foreach ((string name, string file, int firstLine, byte[] lines, int instruction) in frames)
        {
            ulong frame = Allocate(384);
            Put(frame + 24, previous);
            Put(frame + 32, Code(name, file, firstLine, lines));
            BinaryPrimitives.WriteInt32LittleEndian(At(frame + 120), instruction);
            // f_lineno is the line only while the frame is traced; here it must not be believed.
            BinaryPrimitives.WriteInt32LittleEndian(At(frame + 124), 99_999);
            previous = frame;
        }

        Put(thread + (ulong)_layout.ThreadShift + 16, previous);
    }

    private void SetThread(ulong thread, ulong pthread, int id)
    {
        Put(thread + (ulong)_layout.ThreadShift + 8, Interpreter);
        Put(thread + (ulong)_layout.ThreadShift + 144, pthread);
        // The C library's record of a thread: its id is at 720.
        BinaryPrimitives.WriteInt32LittleEndian(At(pthread + 720), id);
    }

    private ulong Code(string name, string file, int firstLine, byte[] lines)
    {
        ulong code = Object(_codeType, 144);
        BinaryPrimitives.WriteInt32LittleEndian(At(code + 16), 1);
        BinaryPrimitives.WriteInt32LittleEndian(At(code + (_layout.NamesAreBytes ? 20UL : 24UL)), 2);
        Put(code + (ulong)_layout.Code, Bytes(new byte[200]));
        Put(code + (ulong)_layout.VariableNames, Tuple(Text("first"), Text("second")));
        Put(code + (ulong)_layout.FileName, Text(file));
        Put(code + (ulong)_layout.FileName + 8, Text(name));
        BinaryPrimitives.WriteInt32LittleEndian(At(code + (ulong)_layout.FileName + 16), firstLine);
        Put(code + (ulong)_layout.FileName + 24, Bytes(lines));
        return code;
    }

    private ulong Text(string text)
    {
        if (_layout.NamesAreBytes)
        {
            return Bytes(Encoding.UTF8.GetBytes(text));
        }

        if (_layout.CharacterSize == 0)
        {
            // PEP 393: length, hash, state; the characters at 48 where all is ASCII, else at 72.
            bool ascii = text.All(char.IsAscii);
            byte[] compact = ascii ? Encoding.ASCII.GetBytes(text) : Encoding.Unicode.GetBytes(text);
            ulong modern = Object(_textType, 80 + compact.Length);
            Put(modern + 16, (ulong)text.Length);
            BinaryPrimitives.WriteInt32LittleEndian(At(modern + 32), ((ascii ? 1 : 2) << 2) | 32 | (ascii ? 64 : 0) | 128);
            compact.CopyTo(At(modern + (ascii ? 48UL : 72UL)));
            return modern;
        }

        byte[] units = (_layout.CharacterSize == 2 ? Encoding.Unicode : Encoding.UTF32).GetBytes(text);
        ulong content = Allocate(units.Length + 4);
        units.CopyTo(At(content));
        ulong address = Object(_textType, 56);
        Put(address + 16, (ulong)(units.Length / _layout.CharacterSize));
        Put(address + 24, content);
        return address;
    }

    private ulong Bytes(byte[] content)
    {
        ulong address = Object(_bytesType, _layout.BytesData + content.Length + 1);
        Put(address + 16, (ulong)content.Length);
        content.CopyTo(At(address + (ulong)_layout.BytesData));
        return address;
    }

    private ulong Tuple(params ulong[] items)
    {
        ulong address = Object(_tupleType, 24 + (8 * items.Length));
        Put(address + 16, (ulong)items.Length);
        for (int i = 0; i < items.Length; i++)
        {
            Put(address + 24 + (8 * (ulong)i), items[i]);
        }

        return address;
    }

    private ulong Type(string name, int subclassBit)
    {
        ulong type = Allocate(400);
        ulong text = Allocate(16);
        Encoding.ASCII.GetBytes(name, At(text));
        Put(type + 24, text);
        Put(type + 168, subclassBit == 0 ? 0 : 1UL << subclassBit);
        return type;
    }

    private ulong Object(ulong type, int size)
    {
        ulong address = Allocate(size);
        Put(address + 8, type);
        return address;
    }

    private ulong Allocate(int size)
    {
        ulong address = _next;
        _next += ((ulong)size + 15) & ~15UL;
        return address;
    }

    private void Put(ulong address, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(At(address), value);

    private Span<byte> At(ulong address) => address switch
    {
        >= FirstPthread => _pthreads.AsSpan((int)(address - FirstPthread)),
        >= Heap => _heap.AsSpan((int)(address - Heap)),
        _ => _program.AsSpan((int)(address - Program)),
    };
}
