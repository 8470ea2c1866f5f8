namespace Pyflame.Processes.Elf;

/// <summary>What came of parsing an image.</summary>
public enum ElfStatus
{
    /// <summary>It was parsed.</summary>
    Ok,

    /// <summary>Its header cannot be read.</summary>
    Unreadable,

    /// <summary>It does not begin like an ELF file.</summary>
    NotElf,

    /// <summary>
    /// It is neither a 32-bit nor a 64-bit image, or is of a version of the format that does not exist yet.
    /// </summary>
    UnsupportedClass,

    /// <summary>It is for a big-endian machine.</summary>
    UnsupportedByteOrder,

    /// <summary>Its headers contradict each other or the limits in <see cref="ParseLimits"/>.</summary>
    Malformed,
}
