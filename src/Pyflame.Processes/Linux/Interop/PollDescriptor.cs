using System.Runtime.InteropServices;

namespace Pyflame.Processes.Linux.Interop;

/// <summary><c>struct pollfd</c> (poll(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollDescriptor
{
    /// <summary>There is something to read; of a pidfd, that the process has ended (pidfd_open(2)).</summary>
    public const short Readable = 1;

    /// <summary>There is room to write.</summary>
    public const short Writable = 4;

    public int Descriptor;
    public short Events;
    public short Returned;
}
