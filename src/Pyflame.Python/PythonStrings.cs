using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python;

/// <summary>Reads <c>str</c> and <c>bytes</c> objects (2.x: <c>unicode</c> and <c>str</c>) of the target as text of ours.</summary>
/// <remarks>
/// Nothing is lost and nothing throws: a byte that is not UTF-8 stands as <c>\xff</c>, a lone surrogate as <c>\udc80</c>, a
/// control character as <c>\x0a</c>. Text longer than <see cref="PythonLimits.StringCharacters"/> is cut and ends in <c>…</c>.
/// Not safe for use by two threads at once.
/// </remarks>
public sealed class PythonStrings
{
    private const int PageSize = 4096;

    private readonly MemoryReader memory;
    private readonly StructOffsets offsets;
    // The type, the length and the state.
    private readonly int headSize;
    private readonly byte[] buffer = new byte[(PythonLimits.StringCharacters * 4) + PythonLimits.StructureBytes];

    // Used again and again: one piece, so that clearing it allocates none.
    private readonly StringBuilder scratch = new(PythonLimits.StringCharacters * 2);

    /// <summary>Reads the strings of one interpreter.</summary>
    public PythonStrings(MemoryReader memory, StructOffsets offsets)
        : this(memory, offsets, new ObjectTypes(memory, offsets))
    {
    }

    /// <summary>Reads the strings of one interpreter whose types are known already.</summary>
    public PythonStrings(MemoryReader memory, StructOffsets offsets, ObjectTypes types)
    {
        ArgumentNullException.ThrowIfNull(memory);
        ArgumentNullException.ThrowIfNull(offsets);
        ArgumentNullException.ThrowIfNull(types);
        this.memory = memory;
        this.offsets = offsets;
        Types = types;
        ObjectOffsets o = offsets.Objects;
        headSize = Math.Max(Math.Max(o.Type, o.VarSize) + 8, Math.Max(o.UnicodeLength + 8, o.UnicodeState + 4));
    }

    /// <summary>The types seen so far.</summary>
    public ObjectTypes Types { get; }

    /// <summary>Reads the text of a <c>str</c>, <c>bytes</c> or <c>unicode</c> object.</summary>
    /// <param name="address">The object, in the target.</param>
    /// <param name="text">The text; empty where there is none.</param>
    /// <returns>False where the object cannot be read or is not a string.</returns>
    public bool TryRead(RemoteAddress address, out string text)
    {
        scratch.Clear();
        bool isRead = TryAppend(address, scratch);
        text = isRead ? scratch.ToString() : "";
        return isRead;
    }

    /// <summary>Whether an object is a string with a certain text. Allocates nothing.</summary>
    /// <param name="address">The object, in the target.</param>
    /// <param name="text">The text.</param>
    public bool IsText(RemoteAddress address, string text)
    {
        scratch.Clear();
        return TryAppend(address, scratch) && scratch.Equals(text.AsSpan());
    }

    /// <summary>Appends the text of a <c>str</c>, <c>bytes</c> or <c>unicode</c> object. Allocates nothing where there is room.</summary>
    /// <param name="address">The object, in the target.</param>
    /// <param name="text">Receives the text.</param>
    /// <returns>False where the object cannot be read or is not a string; nothing is appended then.</returns>
    public bool TryAppend(RemoteAddress address, StringBuilder text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int available = Fill(address);
        if (available == 0)
        {
            return false;
        }

        ReadOnlySpan<byte> head = buffer.AsSpan(0, available);
        var type = new RemoteAddress(BinaryPrimitives.ReadUInt64LittleEndian(head[offsets.Objects.Type..]));
        return Types.KindOfType(type) switch
        {
            ObjectKind.Bytes => TryReadByteText(address, head, text),
            ObjectKind.Unicode when offsets.Objects.UnicodeState >= 0 => TryReadCompact(address, head, text),
            ObjectKind.Unicode => TryReadUnits(address, head, text),
            _ => false,
        };
    }

    /// <summary>Reads the content of a <c>bytes</c> object (2.x: <c>str</c>).</summary>
    /// <param name="address">The object, in the target.</param>
    /// <param name="limit">The most bytes that are taken.</param>
    /// <param name="content">The bytes; empty where there are none.</param>
    /// <returns>False where it cannot be read, is not a <c>bytes</c> object or is longer than <paramref name="limit"/>.</returns>
    public bool TryReadBytes(RemoteAddress address, int limit, out byte[] content)
    {
        content = [];
        if (Types.KindOf(address) != ObjectKind.Bytes
            || !memory.TryRead(address + offsets.Objects.VarSize, out long size)
            || size < 0 || size > limit)
        {
            return false;
        }

        byte[] bytes = new byte[size];
        if (!memory.TryRead(address + offsets.Objects.BytesData, bytes))
        {
            return false;
        }

        content = bytes;
        return true;
    }

    /// <summary>Bytes as text: UTF-8 as far as it is UTF-8, every other byte escaped.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        Decode(bytes, text);
        return text.ToString();
    }

    private static void Decode(ReadOnlySpan<byte> bytes, StringBuilder text)
    {
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int consumed) == OperationStatus.Done)
            {
                Append(text, (uint)rune.Value);
                bytes = bytes[consumed..];
            }
            else
            {
                AppendEscape(text, "\\x", 2, bytes[0]);
                bytes = bytes[1..];
            }
        }
    }

    private bool TryReadByteText(RemoteAddress address, ReadOnlySpan<byte> head, StringBuilder text)
    {
        if (!TryGetLength(head, offsets.Objects.VarSize, out int length, out bool cut)
            || !TryGetData(address, head, offsets.Objects.BytesData, length, out ReadOnlySpan<byte> data))
        {
            return false;
        }

        Decode(data, text);
        return Finish(text, cut);
    }

    /// <summary>PEP 393 (3.3+): state is <c>interned</c>, <c>kind</c>, <c>compact</c>, <c>ascii</c> bits.</summary>
    private bool TryReadCompact(RemoteAddress address, ReadOnlySpan<byte> head, StringBuilder text)
    {
        ObjectOffsets o = offsets.Objects;
        if (!TryGetLength(head, o.UnicodeLength, out int length, out bool cut))
        {
            return false;
        }

        uint state = BinaryPrimitives.ReadUInt32LittleEndian(head[o.UnicodeState..]);
        (int kind, bool compact, bool ascii) = DecodeState(state);
        if (kind is not (1 or 2 or 4))
        {
            return false;
        }

        ReadOnlySpan<byte> data;
        if (compact)
        {
            int start = ascii ? o.UnicodeAsciiData : o.UnicodeCompactData;
            if (!TryGetData(address, head, start, length * kind, out data))
            {
                return false;
            }
        }
        else if (!TryGetPointedData(address, length * kind, out data))
        {
            return false;
        }

        DecodeUnits(data, kind, isUtf16: false, text);
        return Finish(text, cut);
    }

    /// <summary>
    /// The bits of <c>PyASCIIObject.state</c>: <c>interned</c>, <c>kind</c> (3 bits), <c>compact</c>, <c>ascii</c>. <c>interned</c> has
    /// 2 bits, but is a byte or two of its own in free-threaded builds from 3.14 on. Its value is at most 3 and the kind is never
    /// 0, so the lowest bits that are set beyond it tell which.
    /// </summary>
    private static (int Kind, bool Compact, bool Ascii) DecodeState(uint state)
    {
        int shift = (state & 0xFC) != 0 ? 2 : (state & 0xFF00) != 0 ? 8 : 16;
        return ((int)(state >> shift & 7), (state >> (shift + 3) & 1) != 0, (state >> (shift + 4) & 1) != 0);
    }

    /// <summary>2.x <c>unicode</c> and the <c>str</c> of 3.1 and 3.2: code units of 2 or 4 bytes, as the build was configured.</summary>
    private bool TryReadUnits(RemoteAddress address, ReadOnlySpan<byte> head, StringBuilder text)
    {
        if (!TryGetLength(head, offsets.Objects.UnicodeLength, out int length, out bool cut))
        {
            return false;
        }

        // A single character reads the same both ways with what stands behind it, which in narrow builds is the 0 at the end.
        if (length == 1)
        {
            bool isRead = TryGetPointedData(address, 4, out ReadOnlySpan<byte> single);
            DecodeUnits(single[..(isRead ? 4 : 0)], 4, isUtf16: false, text);
            return isRead;
        }

        if (!TryGetPointedData(address, length * 2, out ReadOnlySpan<byte> narrow))
        {
            return false;
        }

        // The width is told by the text: two characters read as one of four bytes are beyond U+10FFFF unless the second
        // is one of the first seventeen control characters.
        ReadOnlySpan<uint> wide = MemoryMarshal.Cast<byte, uint>(narrow);
        bool isWide = true;
        foreach (uint unit in wide)
        {
            isWide &= unit <= 0x10FFFF;
        }

        if (length > 0 && isWide)
        {
            if (!TryGetPointedData(address, length * 4, out ReadOnlySpan<byte> data))
            {
                return false;
            }

            DecodeUnits(data, 4, isUtf16: false, text);
            return Finish(text, cut);
        }

        DecodeUnits(narrow, 2, isUtf16: true, text);
        return Finish(text, cut);
    }

    private static bool TryGetLength(ReadOnlySpan<byte> head, int offset, out int length, out bool cut)
    {
        long raw = BinaryPrimitives.ReadInt64LittleEndian(head[offset..]);
        cut = raw > PythonLimits.StringCharacters;
        length = (int)Math.Min(raw, PythonLimits.StringCharacters);
        return raw is >= 0 and < (1L << 40);
    }

    private bool TryGetData(
        RemoteAddress address, ReadOnlySpan<byte> head, int start, int length, out ReadOnlySpan<byte> data)
    {
        if (start + length > head.Length && !TryRefill(address, start + length, out head))
        {
            data = default;
            return false;
        }

        data = head.Slice(start, length);
        return true;
    }

    private bool TryGetPointedData(RemoteAddress address, int length, out ReadOnlySpan<byte> data)
    {
        data = buffer.AsSpan(0, length);
        return memory.TryReadAddress(address + offsets.Objects.UnicodeDataPointer, out RemoteAddress pointer)
            && memory.TryRead(pointer, buffer.AsSpan(0, length));
    }

    /// <summary>
    /// Reads what lies between the address and the end of its page, no more than a short string needs: one read for most names.
    /// </summary>
    private int Fill(RemoteAddress address)
    {
        int length = Math.Min(512, PageSize - (int)(address.Value % PageSize));
        if (length >= headSize && memory.TryRead(address, buffer.AsSpan(0, length)))
        {
            return length;
        }

        return memory.TryRead(address, buffer.AsSpan(0, headSize)) ? headSize : 0;
    }

    private bool TryRefill(RemoteAddress address, int length, out ReadOnlySpan<byte> head)
    {
        head = length <= buffer.Length ? buffer.AsSpan(0, length) : default;
        return length <= buffer.Length && memory.TryRead(address, buffer.AsSpan(0, length));
    }

    private static bool Finish(StringBuilder text, bool cut)
    {
        text.Append(cut ? "…" : string.Empty);
        return true;
    }

    private static void DecodeUnits(ReadOnlySpan<byte> data, int width, bool isUtf16, StringBuilder text)
    {
        int count = data.Length / width;
        for (int i = 0; i < count; i++)
        {
            uint unit = UnitAt(data, width, i);
            // A pair of surrogates is one character in the narrow builds of old; since PEP 393 it is two lone ones.
            if (isUtf16 && unit is >= 0xD800 and < 0xDC00 && i + 1 < count
                && UnitAt(data, width, i + 1) is >= 0xDC00 and < 0xE000 and var low)
            {
                unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                i++;
            }

            Append(text, unit);
        }
    }

    private static uint UnitAt(ReadOnlySpan<byte> data, int width, int index) => width switch
    {
        1 => data[index],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(data[(index * 2)..]),
        _ => BinaryPrimitives.ReadUInt32LittleEndian(data[(index * 4)..]),
    };

    private static void Append(StringBuilder text, uint character)
    {
        switch (character)
        {
            case < 0x20 or 0x7F:
                AppendEscape(text, "\\x", 2, character);
                break;
            case < 0xD800 or (>= 0xE000 and < 0x10000):
                text.Append((char)character);
                break;
            case < 0xE000:
                AppendEscape(text, "\\u", 4, character);
                break;
            case <= 0x10FFFF:
                Span<char> pair = stackalloc char[2];
                text.Append(pair[..new Rune(character).EncodeToUtf16(pair)]);
                break;
            default:
                AppendEscape(text, "\\U", 8, character);
                break;
        }
    }

    private static void AppendEscape(StringBuilder text, string prefix, int digits, uint value)
    {
        Span<char> hex = stackalloc char[8];
        value.TryFormat(hex, out int length, digits switch { 2 => "x2", 4 => "x4", _ => "x8" }, CultureInfo.InvariantCulture);
        text.Append(prefix).Append(hex[..length]);
    }
}
