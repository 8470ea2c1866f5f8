using System.Runtime.InteropServices;

namespace Pyflame.Processes.Linux.Interop;

/// <summary>The functions of the C library that <see cref="BirthEvents"/> listens with.</summary>
internal static unsafe partial class NetlinkCalls
{
    public const int Netlink = 16;                  // AF_NETLINK
    public const int Connector = 11;                // NETLINK_CONNECTOR
    public const int Datagram = 2;                  // SOCK_DGRAM
    public const int CloseOnExec = 0x80000;         // SOCK_CLOEXEC
    public const int NonBlocking = 0x800;           // SOCK_NONBLOCK

    /// <summary><c>struct sockaddr_nl</c> (netlink(7)).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Address
    {
        public ushort Family;
        public ushort Padding;
        public uint Port;
        public uint Groups;
    }

    [LibraryImport("libc", EntryPoint = "socket")]
    public static partial int Open(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind")]
    public static partial int Bind(int descriptor, Address* address, uint length);

    [LibraryImport("libc", EntryPoint = "send")]
    public static partial nint Send(int descriptor, void* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "recvfrom")]
    public static partial nint Receive(int descriptor, void* buffer, nuint length, int flags, Address* sender, uint* senderLength);
}
