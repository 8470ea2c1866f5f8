using System.Buffers.Binary;

namespace Pyflame.Processes.Elf;

/// <summary>The file header, and the sizes of the records that follow from its class (elf(5)).</summary>
internal readonly record struct ElfHeader
{
    /// <summary>The length of the longer of the two headers.</summary>
    public const int Length64 = 64;

    private const int Length32 = 52;

    private ElfHeader(bool is64, ReadOnlySpan<byte> bytes)
    {
        Is64 = is64;
        Type = BinaryPrimitives.ReadUInt16LittleEndian(bytes[16..]);
        Machine = BinaryPrimitives.ReadUInt16LittleEndian(bytes[18..]);
        if (is64)
        {
            Entry = BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]);
            SegmentsOffset = BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]);
            SectionsOffset = BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]);
            bytes = bytes[52..];
        }
        else
        {
            Entry = BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]);
            SegmentsOffset = BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]);
            SectionsOffset = BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..]);
            bytes = bytes[40..];
        }

        SegmentSize = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
        SegmentCount = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
        SectionSize = BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]);
        SectionCount = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        SectionNamesIndex = BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]);
    }

    /// <summary>Whether addresses have 64 bits.</summary>
    public bool Is64 { get; }

    /// <summary><c>e_type</c></summary>
    public ushort Type { get; }

    /// <summary><c>e_machine</c></summary>
    public ushort Machine { get; }

    /// <summary><c>e_entry</c></summary>
    public ulong Entry { get; }

    /// <summary><c>e_phoff</c></summary>
    public ulong SegmentsOffset { get; }

    /// <summary><c>e_phentsize</c></summary>
    public ushort SegmentSize { get; }

    /// <summary><c>e_phnum</c></summary>
    public ushort SegmentCount { get; }

    /// <summary><c>e_shoff</c></summary>
    public ulong SectionsOffset { get; }

    /// <summary><c>e_shentsize</c></summary>
    public ushort SectionSize { get; }

    /// <summary>
    /// <c>e_shnum</c>; 0 where the first section header has the true count, or there are no sections.
    /// </summary>
    public ushort SectionCount { get; }

    /// <summary><c>e_shstrndx</c></summary>
    public ushort SectionNamesIndex { get; }

    /// <summary>The length of a program header.</summary>
    public int SegmentRecord => Is64 ? 56 : 32;

    /// <summary>The length of a section header.</summary>
    public int SectionRecord => Is64 ? 64 : 40;

    /// <summary>The length of a symbol.</summary>
    public int SymbolRecord => Is64 ? 24 : 16;

    /// <summary>The length of an entry of the dynamic section.</summary>
    public int DynamicRecord => Is64 ? 16 : 8;

    /// <summary>Reads the header at the beginning of <paramref name="source"/>.</summary>
    public static ElfStatus TryRead(ByteSource source, out ElfHeader header)
    {
        header = default;
        Span<byte> bytes = stackalloc byte[Length64];
        int count = source.Read(0, bytes);
        if (count < 16)
        {
            return ElfStatus.Unreadable;
        }

        if (!bytes.StartsWith("\u007fELF"u8))
        {
            return ElfStatus.NotElf;
        }

        byte fileClass = bytes[4];
        if (fileClass is not (1 or 2) || bytes[6] != 1)
        {
            return ElfStatus.UnsupportedClass;
        }

        if (bytes[5] != 1)
        {
            return bytes[5] == 2 ? ElfStatus.UnsupportedByteOrder : ElfStatus.Malformed;
        }

        if (count < (fileClass == 2 ? Length64 : Length32))
        {
            return ElfStatus.Unreadable;
        }

        header = new ElfHeader(fileClass == 2, bytes);
        return ElfStatus.Ok;
    }

    /// <summary>Reads one program header.</summary>
    public ElfSegment ReadSegment(ReadOnlySpan<byte> bytes) => Is64
        ? new ElfSegment(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[40..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[48..]))
        : new ElfSegment(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]));

    /// <summary>Reads one section header.</summary>
    public ElfSection ReadSection(ReadOnlySpan<byte> bytes) => Is64
        ? new ElfSection(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[40..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[56..]))
        : new ElfSection(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[36..]));

    /// <summary>Reads one symbol, and where its name is.</summary>
    public ElfSymbol ReadSymbol(ReadOnlySpan<byte> bytes, out uint nameOffset)
    {
        nameOffset = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        byte info = bytes[Is64 ? 4 : 12];
        return new ElfSymbol(
            Is64 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            Is64 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            (byte)(info & 15),
            (byte)(info >> 4),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[(Is64 ? 6 : 14)..]));
    }

    /// <summary>Reads an address-sized number.</summary>
    public ulong ReadWord(ReadOnlySpan<byte> bytes) =>
        Is64 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
