namespace Pyflame.Processes;

/// <summary>A segment of a module, where it lies in the target.</summary>
/// <param name="Range">Its bytes in the target, those that its file does not hold (<c>.bss</c>) included.</param>
/// <param name="Access">What the image asks for; the target may have taken some of it away since (RELRO).</param>
/// <param name="FileOffset">Where its bytes begin in the file.</param>
/// <param name="FileSize">How many bytes of it the file holds.</param>
public readonly record struct ModuleSegment(RemoteRange Range, MappingAccess Access, ulong FileOffset, ulong FileSize);
