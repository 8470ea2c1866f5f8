using System.Runtime.InteropServices;

namespace Pyflame.Processes.Linux.Interop;

/// <summary><c>struct winsize</c> (ioctl_tty(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct WindowSize
{
    public ushort Rows;
    public ushort Columns;
    public ushort HorizontalPixels;
    public ushort VerticalPixels;
}
