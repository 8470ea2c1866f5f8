using System.Runtime.InteropServices;

namespace Pyflame.Processes.Linux.Interop;

/// <summary><c>struct epoll_event</c> (epoll_ctl(2)), of whose data nothing is used: what follows the events is aligned on some machines and packed on others.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct WatchEvent
{
    /// <summary>EPOLLIN.</summary>
    public const uint Readable = 1;

    public uint Events;
}
