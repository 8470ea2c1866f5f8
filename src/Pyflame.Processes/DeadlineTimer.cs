using System.Diagnostics;
using Pyflame.Processes.Linux;

namespace Pyflame.Processes;

/// <summary>Sleeps until absolute points in time, as precisely as the machine can without burning a core.</summary>
public abstract class DeadlineTimer : IDisposable
{
    /// <summary>The monotonic clock that deadlines are points of, in nanoseconds.</summary>
    public static long Now => Stopwatch.Frequency == 1_000_000_000
        ? Stopwatch.GetTimestamp()
        : (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    /// <summary>Makes the timer of this operating system, for the calling thread.</summary>
    public static DeadlineTimer Create() => new LinuxDeadlineTimer();

    /// <summary>Sleeps until <paramref name="deadlineNanoseconds"/> of <see cref="Now"/>, or until <see cref="Wake"/>.</summary>
    /// <returns>False where <see cref="Wake"/> was called, be it before or meanwhile.</returns>
    public abstract bool SleepUntil(long deadlineNanoseconds);

    /// <summary>Ends this sleep and every later one at once. From any thread, and at any time, after <see cref="Dispose()"/> too.</summary>
    public abstract void Wake();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what the timer holds.</summary>
    protected abstract void Dispose(bool disposing);
}
