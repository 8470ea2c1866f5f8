using System.Runtime.InteropServices;

namespace Pyflame.IntegrationTests.Processes;

/// <summary>System calls that only tests make, on x86-64.</summary>
internal static class TestLibc
{
    public const int User1 = 10;
    public const int Kill9 = 9;
    public const int Stop = 19;
    public const int ContinueSignal = 18;

    [DllImport("libc", EntryPoint = "kill")]
    public static extern int Kill(int processId, int signal);

    [DllImport("libc", EntryPoint = "mkfifo")]
    public static extern int MakeFifo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);

    [DllImport("libc", EntryPoint = "unshare", SetLastError = true)]
    public static extern int Unshare(int flags);

    [DllImport("libc", EntryPoint = "mount", SetLastError = true)]
    public static extern int Mount(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string source,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string target,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string? type,
        ulong flags,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string? options);

    [DllImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static extern int Control(int option, nint second, nint third, nint fourth, nint fifth);

    /// <summary>
    /// The bare system call, which unlike the C library's function of a name works on the calling thread alone.
    /// </summary>
    [DllImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static extern nint Call(nint number, nint first, nint second, nint third);

    /// <summary>Takes the news of a stop of a child, if there is one, and not that of its end.</summary>
    public static void TakeStop(int processId)
    {
        const int NoHang = 1;
        const int Stopped = 2;
        byte[] info = new byte[128];
        _ = WaitId(1, processId, info, Stopped | NoHang);
    }

    [DllImport("libc", EntryPoint = "waitid")]
    private static extern int WaitId(int kind, int id, byte[] info, int options);
}
