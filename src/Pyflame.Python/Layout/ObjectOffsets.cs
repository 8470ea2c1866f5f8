namespace Pyflame.Python.Layout;

/// <summary>Offsets in the built-in objects.</summary>
public sealed record ObjectOffsets
{
    /// <summary><c>PyObject.ob_type</c>.</summary>
    public required int Type { get; init; }

    /// <summary><c>PyVarObject.ob_size</c>, a <c>Py_ssize_t</c>.</summary>
    public required int VarSize { get; init; }

    /// <summary><c>PyTypeObject.tp_name</c>, a C string.</summary>
    public required int TypeName { get; init; }

    /// <summary><c>PyTypeObject.tp_flags</c>, an unsigned long.</summary>
    public required int TypeFlags { get; init; }

    /// <summary><c>PyBytesObject.ob_sval</c>; <c>PyStringObject.ob_sval</c> in 2.x.</summary>
    public required int BytesData { get; init; }

    /// <summary><c>PyTupleObject.ob_item</c>, the items themselves.</summary>
    public required int TupleItems { get; init; }

    /// <summary><c>PyListObject.ob_item</c>, a pointer to the items.</summary>
    public required int ListItems { get; init; }

    /// <summary><c>PyASCIIObject.length</c> (3.3+) or <c>PyUnicodeObject.length</c> (in code units).</summary>
    public required int UnicodeLength { get; init; }

    /// <summary><c>PyASCIIObject.state</c>, 3.3+ (PEP 393).</summary>
    public int UnicodeState { get; init; } = StructOffsets.Absent;

    /// <summary>Where the text of a compact ASCII string begins: <c>sizeof(PyASCIIObject)</c>.</summary>
    public int UnicodeAsciiData { get; init; } = StructOffsets.Absent;

    /// <summary>Where the text of a compact string that is not ASCII begins: <c>sizeof(PyCompactUnicodeObject)</c>.</summary>
    public int UnicodeCompactData { get; init; } = StructOffsets.Absent;

    /// <summary><c>PyUnicodeObject.str</c> (before 3.3) or <c>.data</c> of strings that are not compact: a pointer.</summary>
    public int UnicodeDataPointer { get; init; } = StructOffsets.Absent;

    internal ObjectOffsets Shift(int bytes) => new()
    {
        Type = StructOffsets.Shifted(Type, bytes),
        VarSize = StructOffsets.Shifted(VarSize, bytes),
        TypeName = StructOffsets.Shifted(TypeName, bytes),
        TypeFlags = StructOffsets.Shifted(TypeFlags, bytes),
        BytesData = StructOffsets.Shifted(BytesData, bytes),
        TupleItems = StructOffsets.Shifted(TupleItems, bytes),
        ListItems = StructOffsets.Shifted(ListItems, bytes),
        UnicodeLength = StructOffsets.Shifted(UnicodeLength, bytes),
        UnicodeState = StructOffsets.Shifted(UnicodeState, bytes),
        UnicodeAsciiData = StructOffsets.Shifted(UnicodeAsciiData, bytes),
        UnicodeCompactData = StructOffsets.Shifted(UnicodeCompactData, bytes),
        UnicodeDataPointer = StructOffsets.Shifted(UnicodeDataPointer, bytes),
    };
}
