using System.Diagnostics;

namespace Pyflame.Processes;

/// <summary>
/// A stretch of time in which one thread of the target stands still. Disposing of it always lets the thread run on.
/// </summary>
/// <remarks>
/// Whoever pauses a thread must be the one to resume it, on the same OS thread (ptrace(2)); a ref struct cannot leave
/// the method that holds it, so that is so. Disposing twice does nothing. Should we be killed meanwhile, the kernel
/// lets the thread run on.
/// </remarks>
public ref struct ProcessPause
{
    private readonly int threadId;
    private readonly int signal;
    private readonly long since;
    private IThreadPauser? owner;

    internal ProcessPause(PauseStatus status) => Status = status;

    internal ProcessPause(IThreadPauser owner, int threadId, int signal, long since)
    {
        this.owner = owner;
        this.threadId = threadId;
        this.signal = signal;
        this.since = since;
    }

    /// <summary>What came of the attempt.</summary>
    public PauseStatus Status { get; }

    /// <summary>Whether the thread stands still.</summary>
    public readonly bool IsPaused => owner is not null;

    /// <summary>
    /// How long the thread has been standing still, from when it was asked to stop; zero where it does not.
    /// </summary>
    public readonly TimeSpan Elapsed => owner is null ? TimeSpan.Zero : Stopwatch.GetElapsedTime(since);

    /// <summary>Lets the thread run on.</summary>
    public void Dispose()
    {
        IThreadPauser? ending = owner;
        owner = null;
        ending?.Resume(threadId, signal);
    }
}
