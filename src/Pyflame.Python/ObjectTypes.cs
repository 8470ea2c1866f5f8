using System.Buffers.Binary;
using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python;

/// <summary>Tells what an object of the target is by its type, and remembers the types it has looked at.</summary>
/// <remarks>Not safe for use by two threads at once. Nothing is allocated for a type that was seen before.</remarks>
public sealed class ObjectTypes
{
    // Include/object.h, Py_TPFLAGS_*_SUBCLASS: the same bits since 2.6.
    private const ulong LongSubclass = 1UL << 24;
    private const ulong ListSubclass = 1UL << 25;
    private const ulong TupleSubclass = 1UL << 26;
    private const ulong BytesSubclass = 1UL << 27;
    private const ulong UnicodeSubclass = 1UL << 28;
    private const ulong DictSubclass = 1UL << 29;

    private readonly MemoryReader memory;
    private readonly ObjectOffsets offsets;
    private readonly Dictionary<RemoteAddress, ObjectKind> kinds = [];

    /// <summary>Starts with no type known.</summary>
    public ObjectTypes(MemoryReader memory, StructOffsets offsets)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(offsets);
        this.memory = memory;
        this.offsets = offsets.Objects;
    }

    /// <summary>What the object at <paramref name="address"/> is.</summary>
    public ObjectKind KindOf(RemoteAddress address) =>
        memory.TryReadAddress(address + offsets.Type, out RemoteAddress type) ? KindOfType(type) : ObjectKind.Unreadable;

    /// <summary>What the instances of the type at <paramref name="type"/> are.</summary>
    public ObjectKind KindOfType(RemoteAddress type)
    {
        if (kinds.TryGetValue(type, out ObjectKind known))
        {
            return known;
        }

        ObjectKind kind = ReadKind(type);
        if (kind != ObjectKind.Unreadable)
        {
            if (kinds.Count >= PythonLimits.Types)
            {
                kinds.Clear();
            }

            kinds.Add(type, kind);
        }

        return kind;
    }

    private ObjectKind ReadKind(RemoteAddress type)
    {
        if (type.IsNull || !memory.TryRead(type + offsets.TypeFlags, out ulong flags))
        {
            return ObjectKind.Unreadable;
        }

        return flags switch
        {
            _ when (flags & UnicodeSubclass) != 0 => ObjectKind.Unicode,
            _ when (flags & BytesSubclass) != 0 => ObjectKind.Bytes,
            _ when (flags & TupleSubclass) != 0 => ObjectKind.Tuple,
            _ when (flags & ListSubclass) != 0 => ObjectKind.List,
            _ when (flags & DictSubclass) != 0 => ObjectKind.Dict,
            _ when (flags & LongSubclass) != 0 => ObjectKind.Number,
            _ when IsNamedCode(type) => ObjectKind.Code,
            _ => ObjectKind.Other,
        };
    }

    private bool IsNamedCode(RemoteAddress type) =>
        memory.TryReadAddress(type + offsets.TypeName, out RemoteAddress name)
        && memory.TryRead(name, out ulong text)
        && (text & 0xFF_FFFF_FFFF) == (BinaryPrimitives.ReadUInt64LittleEndian("code\0\0\0\0"u8) & 0xFF_FFFF_FFFF);
}
