namespace Pyflame.Processes;

/// <summary>What an OS thread is doing, as the kernel sees it.</summary>
/// <param name="Kind">Whether it runs, or what it waits for.</param>
/// <param name="SystemCall">The number of the system call that it is in; -1 where it is in none.</param>
/// <param name="FirstArgument">The system call's first argument, such as the address that futex(2) waits on.</param>
public readonly record struct ThreadActivity(ThreadActivityKind Kind, int SystemCall, ulong FirstArgument)
{
    /// <summary>Whether it is neither running nor ready to run.</summary>
    public bool IsBlocked => Kind is not (ThreadActivityKind.Unknown or ThreadActivityKind.Running);
}
