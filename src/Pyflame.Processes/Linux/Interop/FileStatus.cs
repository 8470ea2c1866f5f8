using System.Runtime.InteropServices;

namespace Pyflame.Processes.Linux.Interop;

/// <summary>
/// <c>struct statx</c> (statx(2)), which unlike <c>struct stat</c> is laid out alike on every architecture.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct FileStatus
{
    public const uint TypeAndInode = 0x1 | 0x100;   // STATX_TYPE | STATX_INO
    public const uint Owner = 0x8;                  // STATX_UID

    [FieldOffset(20)]
    public uint UserId;

    [FieldOffset(28)]
    public ushort Mode;

    [FieldOffset(32)]
    public ulong Inode;

    [FieldOffset(136)]
    public uint DeviceMajor;

    [FieldOffset(140)]
    public uint DeviceMinor;

    /// <summary>Whether it is a regular file (inode(7)).</summary>
    public readonly bool IsRegularFile => (Mode & 0xf000) == 0x8000;
}
