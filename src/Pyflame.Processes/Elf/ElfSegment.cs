namespace Pyflame.Processes.Elf;

/// <summary>A program header (<c>Elf64_Phdr</c>, elf(5)).</summary>
/// <param name="Type">What it describes; see <see cref="ElfConstants"/>.</param>
/// <param name="Flags">1 to run, 2 to write, 4 to read.</param>
/// <param name="FileOffset">Where its bytes begin in the file.</param>
/// <param name="VirtualAddress">Where they are to be, before the load bias is added.</param>
/// <param name="FileSize">How many bytes of it are in the file.</param>
/// <param name="MemorySize">
/// How many bytes it takes in memory; what the file does not hold is zero (<c>.bss</c>).
/// </param>
/// <param name="Alignment">The alignment asked for.</param>
public readonly record struct ElfSegment(
    uint Type, uint Flags, ulong FileOffset, ulong VirtualAddress, ulong FileSize, ulong MemorySize, ulong Alignment)
{
    /// <summary>Whether it is loaded (<c>PT_LOAD</c>).</summary>
    public bool IsLoad => Type == ElfConstants.SegmentLoad;

    /// <summary>What the loaded segment may be used for.</summary>
    public MappingAccess Access =>
        ((Flags & 4) != 0 ? MappingAccess.Read : 0)
        | ((Flags & 2) != 0 ? MappingAccess.Write : 0)
        | ((Flags & 1) != 0 ? MappingAccess.Execute : 0);
}
