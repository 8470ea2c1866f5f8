namespace Pyflame.Processes.Elf;

/// <summary>A note of an image (<c>Elf64_Nhdr</c>, elf(5)).</summary>
/// <param name="Name">Who defined it, such as <c>GNU</c>.</param>
/// <param name="Type">What it is; the numbers are the owner's.</param>
/// <param name="Content">Its bytes.</param>
public readonly record struct ElfNote(string Name, uint Type, ReadOnlyMemory<byte> Content);
