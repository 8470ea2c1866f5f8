namespace Pyflame.Processes.Elf;

/// <summary>A section header (<c>Elf64_Shdr</c>, elf(5)).</summary>
/// <param name="NameOffset">Where its name begins in the section of section names.</param>
/// <param name="Type">What it holds; see <see cref="ElfConstants"/>.</param>
/// <param name="Flags">Its <c>SHF_</c> flags.</param>
/// <param name="VirtualAddress">
/// Where it is to be in memory before the load bias is added; 0 where it is not loaded.
/// </param>
/// <param name="FileOffset">Where its bytes begin in the file.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Link">The section that belongs to it: the names of a symbol table.</param>
/// <param name="EntrySize">The length of one of its entries, in bytes.</param>
public readonly record struct ElfSection(
    uint NameOffset, uint Type, ulong Flags, ulong VirtualAddress, ulong FileOffset, ulong Size, uint Link, ulong EntrySize)
{
    /// <summary>Whether it is in memory while the program runs (<c>SHF_ALLOC</c>).</summary>
    public bool IsLoaded => (Flags & 2) != 0;

    /// <summary>
    /// Whether the file has bytes for it; <c>.bss</c> and the code sections of a debug file have none.
    /// </summary>
    public bool HasBytes => Type is not (ElfConstants.SectionNull or ElfConstants.SectionNoBits);
}
