namespace Pyflame.Processes.Elf;

/// <summary>Numbers of the ELF format (elf(5) and /usr/include/elf.h), under their names there.</summary>
internal static class ElfConstants
{
    /// <summary><c>PT_LOAD</c></summary>
    public const uint SegmentLoad = 1;

    /// <summary><c>PT_DYNAMIC</c></summary>
    public const uint SegmentDynamic = 2;

    /// <summary><c>PT_NOTE</c></summary>
    public const uint SegmentNote = 4;

    /// <summary><c>SHT_NULL</c></summary>
    public const uint SectionNull = 0;

    /// <summary><c>SHT_SYMTAB</c></summary>
    public const uint SectionSymbols = 2;

    /// <summary><c>SHT_NOTE</c></summary>
    public const uint SectionNote = 7;

    /// <summary><c>SHT_NOBITS</c></summary>
    public const uint SectionNoBits = 8;

    /// <summary><c>SHT_DYNSYM</c></summary>
    public const uint SectionDynamicSymbols = 11;

    /// <summary><c>DT_NULL</c></summary>
    public const ulong DynamicEnd = 0;

    /// <summary><c>DT_HASH</c></summary>
    public const ulong DynamicHash = 4;

    /// <summary><c>DT_STRTAB</c></summary>
    public const ulong DynamicStrings = 5;

    /// <summary><c>DT_SYMTAB</c></summary>
    public const ulong DynamicSymbols = 6;

    /// <summary><c>DT_STRSZ</c></summary>
    public const ulong DynamicStringsSize = 10;

    /// <summary><c>DT_SONAME</c></summary>
    public const ulong DynamicNeeded = 1;
    public const ulong DynamicSoName = 14;

    /// <summary><c>DT_GNU_HASH</c></summary>
    public const ulong DynamicGnuHash = 0x6ffffef5;

    /// <summary><c>NT_GNU_BUILD_ID</c></summary>
    public const uint NoteBuildId = 3;
}
