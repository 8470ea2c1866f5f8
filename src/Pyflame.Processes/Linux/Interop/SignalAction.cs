using System.Runtime.InteropServices;

namespace Pyflame.Processes.Linux.Interop;

/// <summary><c>struct sigaction</c> (sigaction(2)) as glibc and musl have it on 64-bit.</summary>
[StructLayout(LayoutKind.Explicit, Size = 152)]
internal struct SignalAction
{
    public const nint Default = 0;              // SIG_DFL
    public const nint Ignore = 1;               // SIG_IGN
    public const int NoChildStops = 1;          // SA_NOCLDSTOP
    public const int Child = 17;                // SIGCHLD

    [FieldOffset(0)]
    public nint Handler;

    [FieldOffset(136)]
    public int Flags;
}
