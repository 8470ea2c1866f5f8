using System.Buffers.Binary;
using System.Text;

namespace Pyflame.Processes.Elf;

/// <summary>
/// A program, library or debug file in the ELF format, little-endian, 32 or 64 bits wide, parsed over the bytes of its
/// file or over the memory of a process that has it mapped (<see cref="ByteSource"/>).
/// </summary>
/// <remarks>
/// Nothing in it is believed: every count, length and chain is bounded by <see cref="ParseLimits"/>, what cannot be
/// read is absent, and nothing here throws. Only what is asked for is read. The format is that of elf(5). Not safe for
/// use by two threads at once.
/// </remarks>
public sealed class ElfImage
{
    private readonly ElfSegment[] segments;
    private ElfSection[]? sections;
    private ElfSection sectionNames;
    private byte[]? sectionNameBytes;
    private ElfDynamic? dynamic;
    private bool dynamicIsRead;
    private List<ElfNote>? notes;

    private ElfImage(ByteSource source, ElfHeader header, ElfSegment[] segments)
    {
        Source = source;
        Header = header;
        this.segments = segments;
    }

    /// <summary>Whether its addresses have 64 bits.</summary>
    public bool Is64Bit => Header.Is64;

    /// <summary>What kind of image it is.</summary>
    public ElfType Type => Header.Type is 2 or 3 or 4 ? (ElfType)Header.Type : ElfType.Other;

    /// <summary>The processor it is for (<c>e_machine</c>): 62 for x86-64, 183 for 64-bit Arm.</summary>
    public int Machine => Header.Machine;

    /// <summary>Its program headers, in the order of the file; empty where they cannot be read.</summary>
    public IReadOnlyList<ElfSegment> Segments => segments;

    /// <summary>
    /// Its section headers, in the order of the file; empty where it has none or they cannot be read.
    /// </summary>
    public IReadOnlyList<ElfSection> Sections => sections ??= ReadSections();

    /// <summary>Its notes; empty where it has none or they cannot be read.</summary>
    public IReadOnlyList<ElfNote> Notes => notes ??= ElfNotes.Read(this);

    /// <summary>The id that its linker gave it (<c>NT_GNU_BUILD_ID</c>); empty where it has none.</summary>
    public ReadOnlyMemory<byte> BuildId
    {
        get
        {
            foreach (ElfNote note in Notes)
            {
                if (note.Type == ElfConstants.NoteBuildId && note.Name == "GNU")
                {
                    return note.Content;
                }
            }

            return default;
        }
    }

    /// <summary>
    /// The name that it has as a library (<c>DT_SONAME</c>), such as <c>libpython3.11.so.1.0</c>; null where it has
    /// none.
    /// </summary>
    public string? SoName => Dynamic?.ReadSoName();

    /// <summary>The libraries that it was linked with (<c>DT_NEEDED</c>), in their order; read anew at each call.</summary>
    public IReadOnlyList<string> ReadNeeded() => Dynamic?.ReadNeeded() ?? [];

    /// <summary>The bytes it is parsed from.</summary>
    internal ByteSource Source { get; }

    /// <summary>Its file header.</summary>
    internal ElfHeader Header { get; }

    /// <summary>
    /// How far the addresses in its dynamic section may have been moved. glibc adds the load bias to them in place
    /// (<c>elf/get-dynamic-info.h</c>), musl does not; so an image read from live memory may show either.
    /// </summary>
    internal ulong DynamicBias { get; set; }

    private ElfDynamic? Dynamic
    {
        get
        {
            if (!dynamicIsRead)
            {
                dynamic = ElfDynamic.Read(this);
                dynamicIsRead = true;
            }

            return dynamic;
        }
    }

    /// <summary>Parses the file header and the program headers.</summary>
    /// <param name="source">The bytes; read again whenever more is asked for.</param>
    /// <param name="image">The image; null where the status is not <see cref="ElfStatus.Ok"/>.</param>
    public static ElfStatus TryParse(ByteSource source, out ElfImage? image)
    {
        ArgumentNullException.ThrowIfNull(source);
        image = null;
        ElfStatus status = ElfHeader.TryRead(source, out ElfHeader header);
        if (status != ElfStatus.Ok)
        {
            return status;
        }

        ElfSegment[] segments = [];
        if (header.SegmentCount != 0)
        {
            if (header.SegmentSize != header.SegmentRecord || header.SegmentCount > ParseLimits.ElfSegments)
            {
                return ElfStatus.Malformed;
            }

            byte[] bytes = new byte[header.SegmentCount * header.SegmentRecord];
            if (!source.TryRead(header.SegmentsOffset, bytes))
            {
                return ElfStatus.Malformed;
            }

            segments = new ElfSegment[header.SegmentCount];
            for (int i = 0; i < segments.Length; i++)
            {
                segments[i] = header.ReadSegment(bytes.AsSpan(i * header.SegmentRecord));
            }
        }

        image = new ElfImage(source, header, segments);
        return ElfStatus.Ok;
    }

    /// <summary>Finds a section by its name, such as <c>.PyRuntime</c>.</summary>
    public bool TryFindSection(string name, out ElfSection section)
    {
        ArgumentNullException.ThrowIfNull(name);
        Span<byte> buffer = stackalloc byte[64];
        ReadOnlySpan<byte> wanted = EncodeName(name, buffer);
        foreach (ElfSection candidate in Sections)
        {
            if (candidate.Type != ElfConstants.SectionNull && IsSectionName(candidate.NameOffset, wanted))
            {
                section = candidate;
                return true;
            }
        }

        section = default;
        return false;
    }

    /// <summary>Whether it has a table of exported symbols that can be searched.</summary>
    internal bool HasDynamicSymbols => Dynamic is { CanSearch: true };

    /// <summary>
    /// Reads the bytes of a section; null where it has none, is longer than is believed, or cannot be read.
    /// </summary>
    public byte[]? TryReadSection(in ElfSection section)
    {
        if (!section.HasBytes || section.Size > ParseLimits.ElfSectionBytes)
        {
            return null;
        }

        byte[] bytes = new byte[section.Size];
        return Source.TryRead(section.FileOffset, bytes) ? bytes : null;
    }

    /// <summary>Finds a symbol that the image exports (<c>.dynsym</c>), by its hash table.</summary>
    public bool TryFindDynamicSymbol(string name, out ElfSymbol symbol)
    {
        ArgumentNullException.ThrowIfNull(name);
        Span<byte> buffer = stackalloc byte[64];
        symbol = default;
        return Dynamic is { } found && found.TryFindSymbol(EncodeName(name, buffer), out symbol);
    }

    /// <summary>
    /// Finds a symbol in the tables of the sections: <c>.symtab</c>, which only images that are not stripped have.
    /// </summary>
    public bool TryFindStaticSymbol(string name, out ElfSymbol symbol)
    {
        ArgumentNullException.ThrowIfNull(name);
        Span<byte> buffer = stackalloc byte[64];
        ReadOnlySpan<byte> wanted = EncodeName(name, buffer);
        foreach (ElfSection section in Sections)
        {
            if (section.Type == ElfConstants.SectionSymbols)
            {
                // An image has one such table at most (gABI, chapter 4); more are not looked at.
                symbol = default;
                return section.Link < (uint)Sections.Count
                    && ElfSymbolScan.TryFind(this, section, Sections[(int)section.Link], wanted, out symbol);
            }
        }

        symbol = default;
        return false;
    }

    /// <summary>Finds a symbol: among the exported ones, which is quick, and then in <c>.symtab</c>.</summary>
    public bool TryFindSymbol(string name, out ElfSymbol symbol) =>
        TryFindDynamicSymbol(name, out symbol) || TryFindStaticSymbol(name, out symbol);

    /// <summary>
    /// The name and checksum of its debug file (<c>.gnu_debuglink</c>; "Debugging Information in Separate Files" in
    /// GDB's manual).
    /// </summary>
    /// <param name="name">A file name without a folder.</param>
    /// <param name="checksum">The CRC-32 of the whole debug file.</param>
    public bool TryReadDebugLink(out string name, out uint checksum)
    {
        name = "";
        checksum = 0;
        if (!TryFindSection(".gnu_debuglink", out ElfSection section)
            || section.Size > ParseLimits.ElfNameBytes
            || TryReadSection(section) is not { } bytes)
        {
            return false;
        }

        int length = bytes.AsSpan().IndexOf((byte)0);
        int checksumAt = (length + 4) & ~3;
        if (length <= 0 || checksumAt + 4 > bytes.Length)
        {
            return false;
        }

        name = ByteText.Decode(bytes.AsSpan(0, length));
        checksum = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(checksumAt));
        return !name.Contains('/', StringComparison.Ordinal);
    }

    /// <summary>
    /// Where in the file the byte is that is loaded at a virtual address; false where the file holds no such byte.
    /// </summary>
    internal bool TryToFileOffset(ulong virtualAddress, out ulong offset) =>
        TryToFileOffsetExactly(virtualAddress, out offset)
        || (DynamicBias != 0 && TryToFileOffsetExactly(unchecked(virtualAddress - DynamicBias), out offset));

    /// <summary>
    /// Whether the string at an offset of the file is <paramref name="name"/>, which ends with a zero byte.
    /// </summary>
    internal bool IsString(ulong offset, ReadOnlySpan<byte> name)
    {
        Span<byte> bytes = name.Length <= 256 ? stackalloc byte[256] : new byte[name.Length];
        bytes = bytes[..name.Length];
        return Source.TryRead(offset, bytes) && bytes.SequenceEqual(name);
    }

    /// <summary>Reads the string at an offset of the file; null where it has no end within the limits.</summary>
    internal string? ReadString(ulong offset)
    {
        byte[] bytes = new byte[256];
        while (true)
        {
            int count = Source.Read(offset, bytes);
            int length = bytes.AsSpan(0, count).IndexOf((byte)0);
            if (length >= 0)
            {
                return ByteText.Decode(bytes.AsSpan(0, length));
            }

            if (count < bytes.Length || bytes.Length >= ParseLimits.ElfNameBytes)
            {
                return null;
            }

            bytes = new byte[bytes.Length * 4];
        }
    }

    private bool IsSectionName(uint offset, ReadOnlySpan<byte> name)
    {
        if (offset >= sectionNames.Size)
        {
            return false;
        }

        // All names are read at once; in a file where that would be much, one by one.
        sectionNameBytes ??= sectionNames.Size <= ParseLimits.ElfNoteBytes ? TryReadSection(sectionNames) ?? [] : [];
        return sectionNameBytes.Length == 0
            ? IsString(sectionNames.FileOffset + offset, name)
            : sectionNameBytes.AsSpan((int)offset).StartsWith(name);
    }

    private static ReadOnlySpan<byte> EncodeName(string name, Span<byte> buffer)
    {
        int count = Encoding.UTF8.GetByteCount(name);
        if (count >= buffer.Length)
        {
            buffer = new byte[count + 1];
        }

        Encoding.UTF8.GetBytes(name, buffer);
        buffer[count] = 0;
        return buffer[..(count + 1)];
    }

    private bool TryToFileOffsetExactly(ulong virtualAddress, out ulong offset)
    {
        foreach (ElfSegment segment in segments)
        {
            if (segment.IsLoad && unchecked(virtualAddress - segment.VirtualAddress) < segment.FileSize)
            {
                offset = unchecked(segment.FileOffset + (virtualAddress - segment.VirtualAddress));
                return true;
            }
        }

        offset = 0;
        return false;
    }

    private ElfSection[] ReadSections()
    {
        int record = Header.SectionRecord;
        if (Header.SectionsOffset == 0 || Header.SectionSize != record)
        {
            return [];
        }

        // More than 65,279 sections, or names beyond that: the first section header says so in place of the file
        // header.
        Span<byte> first = stackalloc byte[64];
        if (!Source.TryRead(Header.SectionsOffset, first[..record]))
        {
            return [];
        }

        ElfSection zero = Header.ReadSection(first);
        ulong count = Header.SectionCount != 0 ? Header.SectionCount : zero.Size;
        uint names = Header.SectionNamesIndex != 0xffff ? Header.SectionNamesIndex : zero.Link;
        if (count == 0 || count > ParseLimits.ElfSections)
        {
            return [];
        }

        byte[] bytes = new byte[(int)count * record];
        if (!Source.TryRead(Header.SectionsOffset, bytes))
        {
            return [];
        }

        var read = new ElfSection[count];
        for (int i = 0; i < read.Length; i++)
        {
            read[i] = Header.ReadSection(bytes.AsSpan(i * record));
        }

        if (names < (uint)read.Length && read[names].HasBytes)
        {
            sectionNames = read[names];
        }

        return read;
    }
}
