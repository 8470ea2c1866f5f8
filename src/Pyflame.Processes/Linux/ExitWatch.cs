using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>
/// Tells whether a process has ended, whoever has its id by then: epoll(7) on a pidfd, which is notified before the id can be given again. To ask it costs
/// an empty system call; poll(2), which asks the pidfd itself, costs twice that.
/// </summary>
internal sealed unsafe class ExitWatch : IDisposable
{
    private readonly int _process;
    private int _watch;

    private ExitWatch(int process, int watch)
    {
        _process = process;
        _watch = watch;
    }

    /// <summary>Begins to watch a process.</summary>
    /// <returns>Null where the kernel offers no pidfd (before Linux 5.3), or there is no such process.</returns>
    public static ExitWatch? TryOpen(int processId)
    {
        int process = Libc.OpenProcess(processId);
        int watch = process < 0 ? -1 : Libc.OpenWatch(Libc.WatchCloseOnExec);
        if (watch >= 0)
        {
            // Readable as soon as the last thread has ended, whether or not the parent has noticed (pidfd_open(2)).
            var wanted = new WatchEvent { Events = WatchEvent.Readable };
            if (Libc.ControlWatch(watch, Libc.WatchAdd, process, &wanted) == 0)
            {
                return new ExitWatch(process, watch);
            }

            _ = Libc.Close(watch);
        }

        if (process >= 0)
        {
            _ = Libc.Close(process);
        }

        return null;
    }

    /// <summary>Whether the last thread of the process has ended; true after <see cref="Dispose"/> too.</summary>
    public bool HasExited
    {
        get
        {
            WatchEvent found;
            return Libc.Watch(_watch, &found, 1, 0) != 0;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        int closing = Interlocked.Exchange(ref _watch, -1);
        if (closing >= 0)
        {
            _ = Libc.Close(closing);
            _ = Libc.Close(_process);
        }
    }
}
