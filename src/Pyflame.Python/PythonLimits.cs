namespace Pyflame.Python;

/// <summary>Every bound on what is believed of an interpreter's memory, which is hostile.</summary>
public static class PythonLimits
{
    /// <summary>The most characters of a name or path that are shown; a longer one is cut and ends in <c>…</c>.</summary>
    public const int StringCharacters = 4096;

    /// <summary>The most bytes of one line table; a module of a million lines has fewer.</summary>
    public const int LineTableBytes = 8 << 20;

    /// <summary>The most bytes of bytecode of one code object.</summary>
    public const int CodeBytes = 256 << 20;

    /// <summary>The most bytes of bytecode of one code object that are kept.</summary>
    public const int KeptCodeBytes = 1 << 20;

    /// <summary>The most bytes of the fixed part of a structure that is read as a whole.</summary>
    public const int StructureBytes = 4096;

    /// <summary>The most names of arguments, locals, cells and free variables of one code object.</summary>
    public const int LocalNames = 1 << 16;

    /// <summary>The most variables of one frame, and the most values on its stack.</summary>
    public const int FrameSlots = 1 << 20;

    /// <summary>The most per-thread copies of one code object's bytecode (free-threaded builds).</summary>
    public const int BytecodeCopies = 1 << 16;

    /// <summary>The most code objects that are kept decoded.</summary>
    public const int CodeObjects = 1 << 20;

    /// <summary>The most types whose kind is remembered.</summary>
    public const int Types = 4096;

    /// <summary>The most interpreters of one process.</summary>
    public const int Interpreters = 4096;

    /// <summary>The most bytes of one image's writable data that are searched for a version or a runtime.</summary>
    public const ulong ScannedBytes = 64 << 20;
}
