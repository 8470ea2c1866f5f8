using System.Runtime.InteropServices;

namespace Pyflame.Processes.Linux.Interop;

/// <summary>
/// <c>struct iovec</c> (readv(2)), of our own memory. For the target's, <see cref="RemoteRange"/> has the same layout.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    public void* Base;
    public nuint Length;
}
