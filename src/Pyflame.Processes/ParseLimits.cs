namespace Pyflame.Processes;

/// <summary>
/// Every bound on what is believed of a target. Its memory and its files are hostile: a count, length or chain that
/// goes beyond these is refused, so that a read of nonsense ends at once and in little memory.
/// </summary>
public static class ParseLimits
{
    /// <summary>
    /// The most bytes taken from one file of <c>/proc</c>; a map of 65,530 mappings (the kernel's default limit) fits.
    /// </summary>
    public const int ProcFileBytes = 32 << 20;

    /// <summary>The most mappings of one process that are kept.</summary>
    public const int Mappings = 1 << 18;

    /// <summary>The most threads of one process that are listed.</summary>
    public const int Threads = 1 << 16;

    /// <summary>The most arguments of a command line that are kept.</summary>
    public const int CommandLineArguments = 4096;

    /// <summary>The most mappings of one file that are looked at to find where its image is loaded.</summary>
    public const int MappingsPerModule = 256;

    /// <summary>The most program headers of an ELF image.</summary>
    public const int ElfSegments = 512;

    /// <summary>The most section headers of an ELF image.</summary>
    public const int ElfSections = 1 << 16;

    /// <summary>The most entries of an ELF dynamic section.</summary>
    public const int ElfDynamicEntries = 1024;

    /// <summary>The most bytes of one symbol table that are scanned (about five million symbols).</summary>
    public const ulong ElfSymbolTableBytes = 128UL << 20;

    /// <summary>The most bytes of one string table that are searched.</summary>
    public const ulong ElfStringTableBytes = 128UL << 20;

    /// <summary>The most bytes of a debug file whose checksum is taken.</summary>
    public const ulong ElfDebugFileBytes = 256UL << 20;

    /// <summary>The most symbols followed in one bucket of a hash table.</summary>
    public const int ElfHashChain = 4096;

    /// <summary>The most bytes of one run of ELF notes.</summary>
    public const int ElfNoteBytes = 1 << 16;

    /// <summary>The most bytes of a name in an ELF image: of a symbol, section, library or debug file.</summary>
    public const int ElfNameBytes = 4096;

    /// <summary>
    /// The most bytes of a section that is read as a whole, and that a compressed section may unpack to.
    /// </summary>
    public const int ElfSectionBytes = 64 << 20;

    /// <summary>
    /// The most bytes of compressed sections, packed and unpacked together, that are gone through in all images of one target: a
    /// small file can unpack to much, and a target can map thousands of them.
    /// </summary>
    public const long UnpackedSectionBytes = 256L << 20;

    /// <summary>The most bytes that a memory snapshot may hold.</summary>
    public const int SnapshotBytes = 1 << 30;
}
