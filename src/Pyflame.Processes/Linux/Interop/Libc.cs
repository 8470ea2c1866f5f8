using System.Runtime.InteropServices;

namespace Pyflame.Processes.Linux.Interop;

/// <summary>The functions of the C library that are called, each as in its page of section 2 of the manual.</summary>
/// <remarks>
/// Calls that the oldest C libraries lack go through syscall(2). Where <c>SetLastError</c> is not set, the error number
/// is not asked for: it costs time on the way of every sample.
/// </remarks>
internal static unsafe partial class Libc
{
    public const int OpenReadOnly = 0;
    public const int OpenNonBlocking = 0x800;       // O_NONBLOCK: opening a FIFO of the target must not hang
    public const int OpenNoTerminal = 0x100;        // O_NOCTTY
    public const int OpenNoFollow = 0x20000;        // O_NOFOLLOW
    public const int OpenDirectory = 0x10000;       // O_DIRECTORY
    public const int OpenCloseOnExec = 0x80000;     // O_CLOEXEC
    public const int WatchCloseOnExec = OpenCloseOnExec; // EPOLL_CLOEXEC
    public const int WatchAdd = 1;                  // EPOLL_CTL_ADD
    public const int OpenPathOnly = 0x200000;       // O_PATH

    public const int AtCurrentDirectory = -100;     // AT_FDCWD
    public const int AtEmptyPath = 0x1000;          // AT_EMPTY_PATH

    public const int WaitForAny = 0;                // P_ALL
    public const int WaitForProcess = 1;            // P_PID
    public const int WaitNoHang = 1;                // WNOHANG
    public const int WaitStopped = 2;               // WSTOPPED
    public const int WaitExited = 4;                // WEXITED
    public const int WaitLeave = 0x1000000;         // WNOWAIT
    public const int WaitAll = 0x40000000;          // __WALL

    private const string Library = "libc";

    [LibraryImport(Library, EntryPoint = "process_vm_readv")]
    public static partial nint ProcessVmRead(
        int processId, IoVector* local, nuint localCount, RemoteRange* remote, nuint remoteCount, nuint flags);

    [LibraryImport(Library, EntryPoint = "process_vm_readv", SetLastError = true)]
    public static partial nint ProcessVmReadWithError(
        int processId, IoVector* local, nuint localCount, RemoteRange* remote, nuint remoteCount, nuint flags);

    [LibraryImport(Library, EntryPoint = "openat", SetLastError = true)]
    public static partial int OpenAt(int folder, byte* path, int flags, int mode);

    [LibraryImport(Library, EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nuint count);

    [LibraryImport(Library, EntryPoint = "pread64", SetLastError = true)]
    public static partial nint ReadAt(int descriptor, byte* buffer, nuint count, long offset);

    [LibraryImport(Library, EntryPoint = "lseek64")]
    public static partial long Seek(int descriptor, long offset, int origin);

    [LibraryImport(Library, EntryPoint = "readlinkat", SetLastError = true)]
    public static partial nint ReadLinkAt(int folder, byte* path, byte* buffer, nuint count);

    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollDescriptor* descriptors, nuint count, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "epoll_create1")]
    public static partial int OpenWatch(int flags);

    [LibraryImport(Library, EntryPoint = "epoll_ctl")]
    public static partial int ControlWatch(int watch, int operation, int descriptor, WatchEvent* wanted);

    [LibraryImport(Library, EntryPoint = "epoll_wait")]
    public static partial int Watch(int watch, WatchEvent* found, int most, int timeoutMilliseconds);

    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int processId, int signal);

    [LibraryImport(Library, EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int kind, int id, SignalInfo* info, int options);

    [LibraryImport(Library, EntryPoint = "usleep")]
    public static partial int SleepMicroseconds(uint microseconds);

    [LibraryImport(Library, EntryPoint = "sigaction", SetLastError = true)]
    private static partial int SignalActionCall(int signal, SignalAction* action, SignalAction* old);

    [LibraryImport(Library, EntryPoint = "sysconf")]
    public static partial long SystemConfiguration(int name);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth, nint fifth);

    /// <summary>pidfd_open(2), Linux 5.3.</summary>
    public static int OpenProcess(int processId) => (int)SystemCall(SystemCalls.PidfdOpen, processId, 0, 0);

    /// <summary>kcmp(2) with <c>KCMP_VM</c>: 0 where two processes have the same memory; -1 where it cannot be told.</summary>
    public static int CompareMemory(int processId, int other) =>
        (int)SystemCall(SystemCalls.Compare, processId, other, 1, 0, 0);

    /// <summary>
    /// ptrace(2), as the kernel has it: <c>PTRACE_PEEKDATA</c> writes the word to <paramref name="data"/>.
    /// </summary>
    public static int PtraceThread(int request, int threadId, nint address, nint data) =>
        (int)SystemCall(SystemCalls.Ptrace, request, threadId, address, data);

    /// <summary>gettid(2).</summary>
    public static int CurrentThreadId() => (int)SystemCall(SystemCalls.CurrentThreadId, 0, 0, 0);

    /// <summary>sigaction(2).</summary>
    public static int SetSignalAction(int signal, SignalAction action) => SignalActionCall(signal, &action, null);

    /// <summary>sigaction(2), without changing anything.</summary>
    public static SignalAction GetSignalAction(int signal)
    {
        SignalAction action = default;
        _ = SignalActionCall(signal, null, &action);
        return action;
    }

    /// <summary>timer_create(2), on the monotonic clock.</summary>
    public static int CreateTimer(SignalEvent* signalEvent, int* timer) =>
        (int)SystemCall(SystemCalls.CreateTimer, 1, (nint)signalEvent, (nint)timer);

    /// <summary>timer_settime(2), relative to now.</summary>
    public static int SetTimer(int timer, TimerSetting* setting) =>
        (int)SystemCall(SystemCalls.SetTimer, timer, 0, (nint)setting, 0);

    /// <summary>getdents64(2).</summary>
    public static int ReadFolder(int folder, byte* buffer, int count) =>
        (int)SystemCall(SystemCalls.ReadFolder, folder, (nint)buffer, count);

    /// <summary>openat2(2), Linux 5.6.</summary>
    public static int OpenAt2(int folder, byte* path, OpenHow* how) =>
        (int)SystemCall(SystemCalls.OpenAt2, folder, (nint)path, (nint)how, sizeof(OpenHow));

    /// <summary>statx(2), Linux 4.11.</summary>
    public static int Stat(int folder, byte* path, int flags, uint mask, FileStatus* status) =>
        (int)SystemCall(SystemCalls.Stat, folder, (nint)path, flags, (nint)mask, (nint)status);
}
