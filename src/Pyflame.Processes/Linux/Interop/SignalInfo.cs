using System.Runtime.InteropServices;

namespace Pyflame.Processes.Linux.Interop;

/// <summary><c>siginfo_t</c> as waitid(2) fills it (asm-generic/siginfo.h, 64-bit).</summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
internal struct SignalInfo
{
    public const int CodeExited = 1;        // CLD_EXITED
    public const int CodeKilled = 2;        // CLD_KILLED
    public const int CodeDumped = 3;        // CLD_DUMPED
    public const int CodeTrapped = 4;       // CLD_TRAPPED
    public const int CodeStopped = 5;       // CLD_STOPPED

    [FieldOffset(0)]
    public int Signal;

    [FieldOffset(8)]
    public int Code;

    [FieldOffset(16)]
    public int ProcessId;

    /// <summary>The exit code, or the signal; of a ptrace stop, the signal and the event above it.</summary>
    [FieldOffset(24)]
    public int Status;
}
