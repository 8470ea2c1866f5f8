namespace Pyflame.Processes.Linux.Interop;

/// <summary>
/// Error numbers of the kernel (errno(3); asm-generic/errno-base.h and errno.h), the same on x86-64 and Arm.
/// </summary>
internal static class Errno
{
    public const int NotPermitted = 1;        // EPERM
    public const int NoEntry = 2;             // ENOENT
    public const int NoProcess = 3;           // ESRCH
    public const int Interrupted = 4;         // EINTR
    public const int IoError = 5;             // EIO
    public const int NoExecutable = 8;        // ENOEXEC
    public const int NoChild = 10;            // ECHILD
    public const int TryAgain = 11;           // EAGAIN
    public const int AccessDenied = 13;       // EACCES
    public const int Fault = 14;              // EFAULT
    public const int Invalid = 22;            // EINVAL
    public const int NotImplemented = 38;     // ENOSYS
}
