namespace Pyflame.Processes;

/// <summary>Whether an OS thread runs, or what it waits for.</summary>
public enum ThreadActivityKind : byte
{
    /// <summary>The kernel does not tell.</summary>
    Unknown,

    /// <summary>On a processor, or ready for one.</summary>
    Running,

    /// <summary>For a lock: futex(2).</summary>
    Lock,

    /// <summary>For time to pass: nanosleep(2), clock_nanosleep(2).</summary>
    Sleep,

    /// <summary>For one of several things to become ready: poll(2), select(2), epoll_wait(2).</summary>
    Poll,

    /// <summary>For input or output: read(2), write(2), recvfrom(2), accept(2), connect(2) and the like.</summary>
    InputOutput,

    /// <summary>For a child: wait4(2), waitid(2).</summary>
    Child,

    /// <summary>In another system call, or in a page fault.</summary>
    Other,
}
