namespace Pyflame.Processes.Elf;

/// <summary>The kind of an image (<c>e_type</c>, elf(5)).</summary>
public enum ElfType
{
    /// <summary>None of those below.</summary>
    Other = 0,

    /// <summary>A program that is loaded at fixed addresses (<c>ET_EXEC</c>).</summary>
    Executable = 2,

    /// <summary>A shared library or position-independent program (<c>ET_DYN</c>).</summary>
    Shared = 3,

    /// <summary>The memory of a process that crashed (<c>ET_CORE</c>).</summary>
    Core = 4,
}
