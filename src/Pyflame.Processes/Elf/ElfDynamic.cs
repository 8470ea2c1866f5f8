using System.Buffers.Binary;

namespace Pyflame.Processes.Elf;

/// <summary>The dynamic section of an image: its name as a library and the symbols that it exports.</summary>
/// <remarks>
/// Symbols are found by the hash tables that the dynamic linker uses, so that a look-up reads some hundred bytes of an
/// image of any size. GNU's table is described in the LSB's and glibc's <c>elf/dl-lookup.c</c>, the old one in the
/// System V gABI, chapter 5.
/// </remarks>
internal sealed class ElfDynamic
{
    private readonly ElfImage image;
    private readonly ulong symbols;
    private readonly ulong strings;
    private readonly ulong stringsSize;
    private readonly ulong gnuHash;
    private readonly ulong hash;
    private readonly ulong soName;
    private readonly bool hasSoName;
    private readonly List<ulong> needed = [];

    private ElfDynamic(ElfImage image, ReadOnlySpan<byte> entries)
    {
        this.image = image;
        int record = image.Header.DynamicRecord;
        for (; entries.Length >= record; entries = entries[record..])
        {
            ulong tag = image.Header.ReadWord(entries);
            ulong value = image.Header.ReadWord(entries[(record / 2)..]);
            switch (tag)
            {
                case ElfConstants.DynamicEnd:
                    return;
                case ElfConstants.DynamicHash:
                    hash = value;
                    break;
                case ElfConstants.DynamicStrings:
                    strings = value;
                    break;
                case ElfConstants.DynamicSymbols:
                    symbols = value;
                    break;
                case ElfConstants.DynamicStringsSize:
                    stringsSize = value;
                    break;
                case ElfConstants.DynamicGnuHash:
                    gnuHash = value;
                    break;
                case ElfConstants.DynamicNeeded:
                    needed.Add(value);
                    break;
                case ElfConstants.DynamicSoName:
                    soName = value;
                    hasSoName = true;
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Whether there is a hash table, so that a symbol that is not found is not there.</summary>
    public bool CanSearch => (gnuHash != 0 || hash != 0)
        && image.TryToFileOffset(symbols, out ulong at)
        && image.Source.TryRead(at, stackalloc byte[1]);

    /// <summary>Reads the dynamic section; null where the image has none that can be read.</summary>
    public static ElfDynamic? Read(ElfImage image)
    {
        foreach (ElfSegment segment in image.Segments)
        {
            if (segment.Type != ElfConstants.SegmentDynamic)
            {
                continue;
            }

            ulong most = (ulong)(ParseLimits.ElfDynamicEntries * image.Header.DynamicRecord);
            byte[] entries = new byte[Math.Min(segment.MemorySize, most)];
            int count = image.Source.Read(segment.FileOffset, entries);
            return new ElfDynamic(image, entries.AsSpan(0, count));
        }

        return null;
    }

    /// <summary>The name that it has as a library (<c>DT_SONAME</c>); null where it has none.</summary>
    public string? ReadSoName() => hasSoName ? ReadName(soName) : null;

    /// <summary>The names of the libraries that it was linked with (<c>DT_NEEDED</c>), in their order.</summary>
    public IReadOnlyList<string> ReadNeeded() => [.. needed.Select(ReadName).OfType<string>()];

    /// <summary>Finds an exported symbol of this image.</summary>
    /// <param name="name">The name in UTF-8, with the zero byte behind it.</param>
    /// <param name="symbol">The symbol.</param>
    public bool TryFindSymbol(ReadOnlySpan<byte> name, out ElfSymbol symbol)
    {
        symbol = default;
        if (!image.TryToFileOffset(symbols, out ulong symbolsAt) || !image.TryToFileOffset(strings, out ulong stringsAt))
        {
            return false;
        }

        if (gnuHash != 0 && image.TryToFileOffset(gnuHash, out ulong at))
        {
            return TryFindByGnuHash(name, at, symbolsAt, stringsAt, out symbol);
        }

        return hash != 0
            && image.TryToFileOffset(hash, out at)
            && TryFindByHash(name, at, symbolsAt, stringsAt, out symbol);
    }

    private string? ReadName(ulong offset) =>
        offset < stringsSize && image.TryToFileOffset(strings, out ulong at) ? image.ReadString(at + offset) : null;

    private bool TryFindByGnuHash(
        ReadOnlySpan<byte> name, ulong table, ulong symbolsAt, ulong stringsAt, out ElfSymbol symbol)
    {
        symbol = default;
        Span<byte> head = stackalloc byte[16];
        if (!image.Source.TryRead(table, head))
        {
            return false;
        }

        uint buckets = BinaryPrimitives.ReadUInt32LittleEndian(head);
        uint firstSymbol = BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
        uint bloomWords = BinaryPrimitives.ReadUInt32LittleEndian(head[8..]);
        int shift = (int)(BinaryPrimitives.ReadUInt32LittleEndian(head[12..]) & 31);
        if (buckets == 0 || bloomWords == 0)
        {
            return false;
        }

        uint wanted = GnuHash(name[..^1]);
        int word = image.Header.Is64 ? 8 : 4;
        int bits = word * 8;
        Span<byte> bytes = stackalloc byte[8];
        ulong bloomAt = table + 16 + (ulong)(wanted / (uint)bits % bloomWords) * (ulong)word;
        if (!image.Source.TryRead(bloomAt, bytes[..word]))
        {
            return false;
        }

        ulong filter = image.Header.ReadWord(bytes);
        ulong mask = (1UL << (int)(wanted % (uint)bits)) | (1UL << (int)((wanted >> shift) % (uint)bits));
        if ((filter & mask) != mask)
        {
            return false;
        }

        ulong bucketsAt = table + 16 + (ulong)bloomWords * (ulong)word;
        if (!image.Source.TryRead(bucketsAt + (ulong)(wanted % buckets) * 4, bytes[..4]))
        {
            return false;
        }

        uint index = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (index < firstSymbol)
        {
            return false;
        }

        ulong chainAt = bucketsAt + (ulong)buckets * 4;
        for (int i = 0; i < ParseLimits.ElfHashChain; i++, index++)
        {
            if (!image.Source.TryRead(chainAt + (ulong)(index - firstSymbol) * 4, bytes[..4]))
            {
                return false;
            }

            // The lowest bit of an entry ends the chain; the others are those of the hash.
            uint entry = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            if ((entry | 1) == (wanted | 1) && IsSymbol(index, name, symbolsAt, stringsAt, out symbol))
            {
                return true;
            }

            if ((entry & 1) != 0)
            {
                return false;
            }
        }

        return false;
    }

    private bool TryFindByHash(ReadOnlySpan<byte> name, ulong table, ulong symbolsAt, ulong stringsAt, out ElfSymbol symbol)
    {
        symbol = default;
        Span<byte> bytes = stackalloc byte[8];
        if (!image.Source.TryRead(table, bytes))
        {
            return false;
        }

        uint buckets = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        uint chains = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if (buckets == 0)
        {
            return false;
        }

        ulong next = table + 8 + (ulong)(Hash(name[..^1]) % buckets) * 4;
        for (int i = 0; i < ParseLimits.ElfHashChain; i++)
        {
            if (!image.Source.TryRead(next, bytes[..4]))
            {
                return false;
            }

            uint index = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            if (index == 0 || index >= chains)
            {
                return false;
            }

            if (IsSymbol(index, name, symbolsAt, stringsAt, out symbol))
            {
                return true;
            }

            next = table + 8 + ((ulong)buckets + index) * 4;
        }

        return false;
    }

    private bool IsSymbol(uint index, ReadOnlySpan<byte> name, ulong symbolsAt, ulong stringsAt, out ElfSymbol symbol)
    {
        int record = image.Header.SymbolRecord;
        Span<byte> bytes = stackalloc byte[24];
        if (!image.Source.TryRead(symbolsAt + (ulong)index * (ulong)record, bytes[..record]))
        {
            symbol = default;
            return false;
        }

        symbol = image.Header.ReadSymbol(bytes, out uint nameOffset);
        return symbol.IsDefined && nameOffset < stringsSize && image.IsString(stringsAt + nameOffset, name);
    }

    private static uint GnuHash(ReadOnlySpan<byte> name)
    {
        uint value = 5381;
        foreach (byte c in name)
        {
            value = unchecked((value * 33) + c);
        }

        return value;
    }

    private static uint Hash(ReadOnlySpan<byte> name)
    {
        uint value = 0;
        foreach (byte c in name)
        {
            value = unchecked((value << 4) + c);
            uint high = value & 0xf0000000;
            value = (value ^ (high >> 24)) & ~high;
        }

        return value;
    }
}
