using System.Buffers.Binary;
using System.Text;
using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Tests.Python;

/// <summary>Lays out CPython objects of one version in memory that is then read as if it were a target's.</summary>
internal sealed class FakeObjects
{
    private const ulong Base = 0x7f00_0000_1000;

    private readonly StructOffsets offsets;
    private readonly byte[] bytes = new byte[1 << 20];
    private readonly Dictionary<string, RemoteAddress> types = [];
    private int used = 16;

    public FakeObjects(StructOffsets offsets)
    {
        this.offsets = offsets;
        foreach ((string name, int flag) in new[] { ("code", 0), ("tuple", 26), ("bytes", 27), ("str", 28), ("NoneType", 0) })
        {
            RemoteAddress type = Allocate(400);
            RemoteAddress text = Allocate(16);
            Encoding.ASCII.GetBytes(name, At(text));
            Put(type + offsets.Objects.TypeName, text.Value);
            Put(type + offsets.Objects.TypeFlags, flag == 0 ? 0UL : 1UL << flag);
            types.Add(name, type);
        }
    }

    /// <summary>Everything laid out so far; further changes do not show.</summary>
    public SnapshotMemory Memory => new([(new RemoteAddress(Base), bytes[..used])]);

    /// <summary>The bytes, to be damaged.</summary>
    public Span<byte> Content => bytes.AsSpan(0, used);

    public RemoteAddress Allocate(int size)
    {
        var address = new RemoteAddress(Base + (ulong)used);
        used += (size + 15) & ~15;
        return address;
    }

    public void Put(RemoteAddress address, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(At(address), value);

    public void Put(RemoteAddress address, int value) => BinaryPrimitives.WriteInt32LittleEndian(At(address), value);

    public RemoteAddress Bytes(ReadOnlySpan<byte> content)
    {
        RemoteAddress address = Object("bytes", offsets.Objects.BytesData + content.Length + 1);
        Put(address + offsets.Objects.VarSize, (ulong)content.Length);
        content.CopyTo(At(address + offsets.Objects.BytesData));
        return address;
    }

    /// <summary>A <c>str</c> as the version has it: bytes in 2.x, code units in 3.1 and 3.2, compact from 3.3 on.</summary>
    public RemoteAddress Text(string text) =>
        !offsets.Version.IsAtLeast(3, 1) ? Bytes(Encoding.UTF8.GetBytes(text))
        : offsets.Objects.UnicodeState < 0 ? Units(Encoding.Unicode.GetBytes(text), text.Length)
        : text.All(char.IsAscii) ? Compact(1, ascii: true, Encoding.ASCII.GetBytes(text), text.Length)
        : text.All(c => c < 0x100) ? Compact(1, ascii: false, Encoding.Latin1.GetBytes(text), text.Length)
        : Compact(2, ascii: false, Encoding.Unicode.GetBytes(text), text.Length);

    /// <summary>A PEP 393 string in one piece.</summary>
    /// <param name="kind">Bytes of a character.</param>
    /// <param name="ascii">Whether all is ASCII.</param>
    /// <param name="data">The characters.</param>
    /// <param name="length">How many the header says there are.</param>
    /// <param name="internedBits">How many bits <c>interned</c> has: 2, or 8 or 16 in free-threaded builds.</param>
    public RemoteAddress Compact(int kind, bool ascii, ReadOnlySpan<byte> data, long length, int internedBits = 2)
    {
        int start = ascii ? offsets.Objects.UnicodeAsciiData : offsets.Objects.UnicodeCompactData;
        RemoteAddress address = Object("str", start + data.Length + kind);
        Put(address + offsets.Objects.UnicodeLength, (ulong)length);
        Put(address + offsets.Objects.UnicodeState, 1 | ((kind | 8 | (ascii ? 16 : 0)) << internedBits));
        data.CopyTo(At(address + start));
        return address;
    }

    /// <summary>A string whose characters lie elsewhere: before 3.3, and those that are not compact after.</summary>
    public RemoteAddress Units(ReadOnlySpan<byte> data, long length, int kind = 0)
    {
        RemoteAddress content = Allocate(data.Length + 4);
        data.CopyTo(At(content));
        RemoteAddress address = Object("str", offsets.Objects.UnicodeDataPointer + 8);
        Put(address + offsets.Objects.UnicodeLength, (ulong)length);
        Put(address + offsets.Objects.UnicodeDataPointer, content.Value);
        if (offsets.Objects.UnicodeState >= 0)
        {
            Put(address + offsets.Objects.UnicodeState, kind << 2);
        }

        return address;
    }

    public RemoteAddress Tuple(params ReadOnlySpan<RemoteAddress> items)
    {
        RemoteAddress address = Object("tuple", offsets.Objects.TupleItems + (items.Length * 8));
        Put(address + offsets.Objects.VarSize, (ulong)items.Length);
        for (int i = 0; i < items.Length; i++)
        {
            Put(address + offsets.Objects.TupleItems + (i * 8L), items[i].Value);
        }

        return address;
    }

    public RemoteAddress None() => Object("NoneType", offsets.Objects.Type + 8);

    /// <summary>A code object of 3 arguments and the locals <c>a</c>, <c>b</c> and <c>c</c>.</summary>
    public RemoteAddress Code(string name, string fileName, int firstLine, ReadOnlySpan<byte> lineTable, int codeSize)
    {
        CodeObjectOffsets o = offsets.CodeObject;
        RemoteAddress address = Object("code", o.HeaderSize + codeSize);
        Put(address + o.Name, Text(name).Value);
        Put(address + o.FileName, Text(fileName).Value);
        Put(address + o.LineTable, Bytes(lineTable).Value);
        Put(address + o.FirstLineNumber, firstLine);
        Put(address + o.ArgumentCount, 3);
        Put(address + o.Flags, 0x43);
        Put(address + o.LocalCount, 3);
        Put(address + o.LocalNames, Tuple(Text("a"), Text("b"), Text("c")).Value);
        if (o.Code >= 0)
        {
            Put(address + o.CellNames, Tuple(Text("cell")).Value);
            Put(address + o.FreeNames, Tuple(Text("free")).Value);
            Put(address + o.Code, Bytes(new byte[codeSize]).Value);
        }
        else
        {
            Put(address + o.StackSize, 4);
            Put(address + o.LocalsPlusCount, 3);
            Put(address + o.QualifiedName, Text("Class." + name).Value);
            Put(address + offsets.Objects.VarSize, (ulong)(codeSize / 2));
        }

        return address;
    }

    private RemoteAddress Object(string type, int size)
    {
        RemoteAddress address = Allocate(size);
        Put(address + offsets.Objects.Type, types[type].Value);
        return address;
    }

    private Span<byte> At(RemoteAddress address) => bytes.AsSpan((int)(address.Value - Base));
}
