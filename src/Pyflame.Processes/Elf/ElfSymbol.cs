namespace Pyflame.Processes.Elf;

/// <summary>A symbol (<c>Elf64_Sym</c>, elf(5)).</summary>
/// <param name="Value">Its virtual address before the load bias is added.</param>
/// <param name="Size">Its length in bytes; 0 where it is not known.</param>
/// <param name="Type">What it names: 1 data, 2 a function, 6 thread-local data.</param>
/// <param name="Binding">0 local, 1 global, 2 weak.</param>
/// <param name="SectionIndex">The section it is in; 0 where it is not defined here.</param>
public readonly record struct ElfSymbol(ulong Value, ulong Size, byte Type, byte Binding, ushort SectionIndex)
{
    /// <summary>Whether the load bias does not apply to it (<c>SHN_ABS</c>).</summary>
    public bool IsAbsolute => SectionIndex == 0xfff1;

    /// <summary>Whether it names data or a function of this image that has an address.</summary>
    public bool IsDefined => SectionIndex != 0 && Type is 0 or 1 or 2 or 10;
}
