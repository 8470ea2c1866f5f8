using System.Runtime.InteropServices;

namespace Pyflame.Processes.Linux.Interop;

/// <summary>Settings and size of terminals: termios(3) and ioctl_tty(2).</summary>
internal static unsafe partial class LibcTerminal
{
    /// <summary>Room for a <c>struct termios</c>, which has 60 bytes in glibc and musl.</summary>
    public const int SettingsBytes = 128;

    public const int Now = 0;                        // TCSANOW: the others wait for a terminal that may never take what was written
    public const int InputQueue = 0;                 // TCIFLUSH
    public const nuint GetWindowSize = 0x5413;       // TIOCGWINSZ

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "isatty")]
    public static partial int IsTerminal(int descriptor);

    [LibraryImport(Library, EntryPoint = "tcgetattr")]
    public static partial int GetSettings(int descriptor, byte* settings);

    [LibraryImport(Library, EntryPoint = "tcsetattr")]
    public static partial int SetSettings(int descriptor, int when, byte* settings);

    [LibraryImport(Library, EntryPoint = "tcflush")]
    public static partial int Discard(int descriptor, int queue);

    [LibraryImport(Library, EntryPoint = "cfmakeraw")]
    public static partial void MakeRaw(byte* settings);

    [LibraryImport(Library, EntryPoint = "ioctl")]
    public static partial int Control(int descriptor, nuint request, WindowSize* size);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* buffer, nuint count);
}
