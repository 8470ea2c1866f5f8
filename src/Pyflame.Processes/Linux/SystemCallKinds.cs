namespace Pyflame.Processes.Linux;

/// <summary>What the system calls of x86-64 wait for (arch/x86/entry/syscalls/syscall_64.tbl).</summary>
internal static class SystemCallKinds
{
    /// <summary>What a thread in a system call waits for.</summary>
    /// <param name="number">The number; -1 for none, as in a page fault.</param>
    public static ThreadActivityKind Of(int number) => number switch
    {
        // futex, futex_waitv, futex_wait
        202 or 449 or 455 => ThreadActivityKind.Lock,

        // nanosleep, clock_nanosleep, pause, rt_sigsuspend
        35 or 230 or 34 or 130 => ThreadActivityKind.Sleep,

        // poll, select, epoll_wait, pselect6, ppoll, epoll_pwait, epoll_pwait2, io_getevents, io_pgetevents, io_uring_enter
        7 or 23 or 232 or 270 or 271 or 281 or 441 or 208 or 333 or 426 => ThreadActivityKind.Poll,

        // wait4, waitid
        61 or 247 => ThreadActivityKind.Child,

        // read, write, pread64, pwrite64, readv, writev, sendfile, connect, accept, sendto, recvfrom, sendmsg, recvmsg, flock, fsync,
        // fdatasync, openat, accept4, preadv, pwritev, recvmmsg, sendmmsg, splice, tee, copy_file_range
        0 or 1 or 17 or 18 or 19 or 20 or 40 or 42 or 43 or 44 or 45 or 46 or 47 or 73 or 74 or 75 or 257 or 288 or 295 or 296
            or 299 or 307 or 275 or 276 or 326 => ThreadActivityKind.InputOutput,
        _ => ThreadActivityKind.Other,
    };
}
