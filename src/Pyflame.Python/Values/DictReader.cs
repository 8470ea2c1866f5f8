using System.Buffers.Binary;
using Pyflame.Processes;
using Pyflame.Python.Layout;

namespace Pyflame.Python.Values;

/// <summary>Reads the entries of <c>dict</c> objects of every version.</summary>
/// <remarks>
/// Three layouts: a table of entries up to 3.2 (Include/dictobject.h), keys that instances of a class may share from 3.3 on (PEP 412,
/// Objects/dictobject.c), and dense entries behind an index from 3.6 on (Objects/dict-common.h, from 3.11 on
/// Include/internal/pycore_dict.h).
/// </remarks>
internal sealed class DictReader
{
    private const int MaxSlots = 1 << 20;
    private const byte GeneralKeys = 0;

    private readonly MemoryReader _memory;
    private readonly PythonVersion _version;

    // Where the fields behind PyObject_HEAD begin: 16, more in free-threaded and tracing builds.
    private readonly int _first;
    private readonly List<(RemoteAddress Key, RemoteAddress Value)> _searched = [];

    public DictReader(MemoryReader memory, StructOffsets offsets)
    {
        _memory = memory;
        _version = offsets.Version;
        _first = offsets.Objects.VarSize;
    }

    /// <summary>Reads how many entries a dict has, and the first of them.</summary>
    /// <param name="dict">The dict, in the target.</param>
    /// <param name="most">How many entries are wanted at the most.</param>
    /// <param name="entries">Receives keys and values.</param>
    /// <param name="length">How many entries the dict has.</param>
    /// <returns>False where it cannot be read.</returns>
    public bool TryRead(RemoteAddress dict, int most, List<(RemoteAddress Key, RemoteAddress Value)> entries, out long length)
    {
        entries.Clear();
        length = 0;
        if (!_version.IsAtLeast(3, 3))
        {
            return _memory.TryRead(dict + _first + 8, out length)
                && _memory.TryRead(dict + _first + 16, out long mask)
                && _memory.TryReadAddress(dict + _first + 24, out RemoteAddress table)
                && mask is >= 0 and < MaxSlots
                && TryReadEntries(table, mask + 1, 24, 8, default, most, entries);
        }

        // ma_used; from 3.6 to 3.15 a tag or version stands before ma_keys.
        int keysOffset = _first + (_version.IsAtLeast(3, 6) ? 16 : 8);
        return _memory.TryRead(dict + _first, out length)
            && _memory.TryReadAddress(dict + keysOffset, out RemoteAddress keys)
            && _memory.TryReadAddress(dict + keysOffset + 8, out RemoteAddress values)
            && TryReadKeys(keys, values.IsNull || !_version.IsAtLeast(3, 13) ? values : values + 8, most, entries);
    }

    /// <summary>Finds the value of a key that is a string.</summary>
    /// <param name="dict">The dict, in the target.</param>
    /// <param name="key">The key.</param>
    /// <param name="strings">Reads the keys.</param>
    /// <param name="value">The value, in the target.</param>
    public bool TryFind(RemoteAddress dict, string key, PythonStrings strings, out RemoteAddress value)
    {
        if (TryRead(dict, MaxSlots, _searched, out _))
        {
            foreach ((RemoteAddress candidate, RemoteAddress found) in _searched)
            {
                if (strings.IsText(candidate, key))
                {
                    value = found;
                    return true;
                }
            }
        }

        value = default;
        return false;
    }

    /// <summary>Reads keys, whose values may lie elsewhere.</summary>
    /// <param name="keys">The <c>PyDictKeysObject</c>, in the target.</param>
    /// <param name="values">The array of the values where they are apart from the keys; else null.</param>
    /// <param name="most">How many entries are wanted at the most.</param>
    /// <param name="entries">Receives keys and values.</param>
    public bool TryReadKeys(
        RemoteAddress keys, RemoteAddress values, int most, List<(RemoteAddress Key, RemoteAddress Value)> entries)
    {
        Span<byte> header = stackalloc byte[40];
        if (keys.IsNull || !_memory.TryRead(keys, header))
        {
            return false;
        }

        if (_version.IsAtLeast(3, 11))
        {
            int indexBits = header[9];
            long count = BinaryPrimitives.ReadInt64LittleEndian(header[24..]);
            int size = header[10] == GeneralKeys ? 24 : 16;
            return indexBits < 40
                && TryReadEntries(keys + 32 + (1L << indexBits), count, size, size - 16, values, most, entries);
        }

        long slots = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
        if (!_version.IsAtLeast(3, 6))
        {
            return TryReadEntries(keys + 32, slots, 24, 8, values, most, entries);
        }

        int indexSize = slots switch { <= 0xFF => 1, <= 0xFFFF => 2, <= 0xFFFF_FFFF => 4, _ => 8 };
        return slots is > 0 and < MaxSlots
            && TryReadEntries(
                keys + 40 + (slots * indexSize), BinaryPrimitives.ReadInt64LittleEndian(header[32..]), 24, 8, values, most, entries);
    }

    private bool TryReadEntries(
        RemoteAddress first,
        long count,
        int size,
        int keyOffset,
        RemoteAddress values,
        int most,
        List<(RemoteAddress Key, RemoteAddress Value)> entries)
    {
        if (count is < 0 or > MaxSlots)
        {
            return false;
        }

        const int Block = 64;
        Span<byte> bytes = stackalloc byte[Block * 24];
        for (long i = 0; i < count && entries.Count < most; i += Block)
        {
            Span<byte> block = bytes[..((int)Math.Min(Block, count - i) * size)];
            if (!_memory.TryRead(first + (i * size), block))
            {
                return false;
            }

            for (int j = 0; j * size < block.Length && entries.Count < most; j++)
            {
                ulong key = BinaryPrimitives.ReadUInt64LittleEndian(block[((j * size) + keyOffset)..]);
                ulong value = BinaryPrimitives.ReadUInt64LittleEndian(block[((j * size) + keyOffset + 8)..]);
                if (!values.IsNull && !_memory.TryRead(values + ((i + j) * 8), out value))
                {
                    return false;
                }

                if (key != 0 && value != 0)
                {
                    entries.Add((new RemoteAddress(key), new RemoteAddress(value)));
                }
            }
        }

        return true;
    }
}
