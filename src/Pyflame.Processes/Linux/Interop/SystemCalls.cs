using System.Runtime.InteropServices;

namespace Pyflame.Processes.Linux.Interop;

/// <summary>
/// Numbers of the system calls that go through syscall(2) (asm/unistd_64.h and asm-generic/unistd.h).
/// </summary>
internal static class SystemCalls
{
    public const int PidfdOpen = 434;
    public const int OpenAt2 = 437;

    private static bool IsX64 => RuntimeInformation.ProcessArchitecture == Architecture.X64;

    public static int ReadFolder => IsX64 ? 217 : 61;

    public static int Compare => IsX64 ? 312 : 272;

    public static int Ptrace => IsX64 ? 101 : 117;

    public static int CurrentThreadId => IsX64 ? 186 : 178;

    public static int CreateTimer => IsX64 ? 222 : 107;

    public static int SetTimer => IsX64 ? 223 : 110;

    public static int Stat => IsX64 ? 332 : 291;
}
