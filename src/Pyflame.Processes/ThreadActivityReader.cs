namespace Pyflame.Processes;

/// <summary>Asks again and again what the OS threads of a process are doing, as cheaply as the system allows.</summary>
/// <remarks>Not safe for use by two threads at once.</remarks>
public abstract class ThreadActivityReader : IDisposable
{
    /// <summary>Whether the system tells at all; where it does not, every answer is <see cref="ThreadActivityKind.Unknown"/>.</summary>
    public abstract bool IsAvailable { get; }

    /// <summary>Reads what a thread is doing. Allocates only for a thread asked for the first time.</summary>
    /// <param name="threadId">The thread, in our PID namespace.</param>
    public abstract ThreadActivity Read(int threadId);

    /// <summary>Lets go of a thread that has ended.</summary>
    /// <param name="threadId">The thread, in our PID namespace.</param>
    public abstract void Forget(int threadId);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what is held open.</summary>
    /// <param name="disposing">False from a finalizer.</param>
    protected abstract void Dispose(bool disposing);
}
