using System.Runtime.InteropServices;

namespace Pyflame.Processes.Linux.Interop;

/// <summary>The functions of the C library that <see cref="LinuxDeadlineTimer"/> sleeps and wakes with.</summary>
internal static unsafe partial class TimerCalls
{
    public const int EventCloseOnExec = 0x80000;    // EFD_CLOEXEC
    public const int EventNonBlocking = 0x800;      // EFD_NONBLOCK
    public const int SetTimerSlack = 29;            // PR_SET_TIMERSLACK
    public const int SetChildSubreaper = 36;        // PR_SET_CHILD_SUBREAPER

    /// <summary><c>struct timespec</c> (timespec(3)) on 64-bit.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpecification
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "ppoll")]
    public static partial int Wait(PollDescriptor* descriptors, nuint count, TimeSpecification* timeout, void* signalMask);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int CreateEvent(uint value, int flags);

    [LibraryImport("libc", EntryPoint = "write")]
    public static partial nint Write(int descriptor, void* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "prctl")]
    public static partial int ControlProcess(int option, nuint argument, nuint third, nuint fourth, nuint fifth);
}
