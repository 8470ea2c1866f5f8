using System.Runtime.InteropServices;

namespace Pyflame.Processes.Linux.Interop;

/// <summary><c>struct sigevent</c> (sigevent(7)), for a signal to one thread.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal struct SignalEvent
{
    public const int ToThread = 4;              // SIGEV_THREAD_ID

    [FieldOffset(8)]
    public int Signal;

    [FieldOffset(12)]
    public int Notify;

    [FieldOffset(16)]
    public int ThreadId;
}
