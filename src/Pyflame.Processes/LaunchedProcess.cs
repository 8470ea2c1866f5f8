namespace Pyflame.Processes;

/// <summary>
/// A command that we have started, our own child. It is looked at by <see cref="TargetProcess.Attach"/> like any other.
/// </summary>
/// <remarks>
/// <para>
/// When <see cref="TargetProcess.Launch"/> returns, the process runs the command's program; it is not held up. A
/// command often becomes another program before Python begins (<c>env python</c>, a script's first line, a wrapper),
/// which <see cref="TargetProcess.ReadProgramStamp"/> tells for some microseconds; an interpreter takes milliseconds
/// from there to its first Python instruction. So a caller that looks every half millisecond misses nothing. The other
/// way, to trace the process with <c>PTRACE_O_TRACEEXEC</c> from before its first program, would stop it at every
/// signal, could not be combined with pausing from another thread, and would still have to look again and again, since
/// a shared libpython is mapped long after the program has begun.
/// </para>
/// <para>Disposing of it lets it run on.</para>
/// </remarks>
public abstract class LaunchedProcess : IDisposable
{
    /// <summary>The process, in our PID namespace; stays the same when it runs another program.</summary>
    public abstract int ProcessId { get; }

    /// <summary>How it ended; null while it runs.</summary>
    public abstract ExitStatus? ExitStatus { get; }

    /// <summary>Waits for its end.</summary>
    /// <param name="timeout">How long; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <param name="status">How it ended.</param>
    /// <returns>Whether it has ended.</returns>
    public abstract bool TryWaitForExit(TimeSpan timeout, out ExitStatus status);

    /// <summary>
    /// How it ended, where it has or is about to; null where it still runs a second later. A process that ends gives up its memory
    /// first: it can be read no more while there is no status yet, on a busy machine for many milliseconds.
    /// </summary>
    public ExitStatus? AwaitExitStatus() => TryWaitForExit(TimeSpan.FromSeconds(1), out ExitStatus status) ? status : null;

    /// <summary>Sends it a signal (signal(7)).</summary>
    /// <param name="signal">The number of the signal.</param>
    /// <returns>False where it has ended, or may not be signalled.</returns>
    public abstract bool TrySendSignal(int signal);

    /// <summary>
    /// From now on, signals that ask us to end (SIGINT, SIGQUIT, SIGTERM, SIGHUP) do not end us and are passed on to
    /// it. What a terminal sends to the whole group in its foreground reaches the process by itself and is not sent a
    /// second time.
    /// </summary>
    /// <param name="received">Called on another thread for each signal, with its number; may be null.</param>
    /// <returns>Disposing of it ends the forwarding.</returns>
    public abstract IDisposable ForwardSignals(Action<int>? received);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of the process, which runs on.</summary>
    /// <param name="disposing">False from a finalizer.</param>
    protected abstract void Dispose(bool disposing);
}
