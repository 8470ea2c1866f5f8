using System.Diagnostics;
using System.Runtime.InteropServices;
using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>A child of ours on Linux.</summary>
internal sealed unsafe class LinuxLaunchedProcess : LaunchedProcess
{
    private readonly object gate = new();
    private int processDescriptor;
    private ExitStatus? exitStatus;

    /// <summary>Takes charge of a child that was just started.</summary>
    public LinuxLaunchedProcess(int processId)
    {
        ProcessId = processId;
        processDescriptor = Libc.OpenProcess(processId);
    }

    /// <inheritdoc/>
    public override int ProcessId { get; }

    /// <inheritdoc/>
    public override ExitStatus? ExitStatus
    {
        get
        {
            TryReap();
            return exitStatus;
        }
    }

    /// <inheritdoc/>
    public override bool TryWaitForExit(TimeSpan timeout, out ExitStatus status)
    {
        long since = Stopwatch.GetTimestamp();
        while (!TryReap())
        {
            TimeSpan left = timeout - Stopwatch.GetElapsedTime(since);
            bool forever = timeout == Timeout.InfiniteTimeSpan;
            if (!forever && left <= TimeSpan.Zero)
            {
                status = default;
                return false;
            }

            // The pidfd becomes readable at the end (pidfd_open(2)); without one, before Linux 5.3, looks are taken in
            // between sleeps.
            int milliseconds = forever ? 1000 : (int)Math.Clamp(Math.Ceiling(left.TotalMilliseconds), 1, 1000);
            var poll = new PollDescriptor { Descriptor = processDescriptor, Events = PollDescriptor.Readable };
            _ = processDescriptor >= 0 ? Libc.Poll(&poll, 1, milliseconds) : Libc.Poll(null, 0, Math.Min(milliseconds, 5));
        }

        status = exitStatus!.Value;
        return true;
    }

    /// <inheritdoc/>
    public override bool TrySendSignal(int signal)
    {
        // Under the lock the child cannot be reaped meanwhile, so its PID is its own.
        lock (gate)
        {
            return exitStatus is null && Libc.Kill(ProcessId, signal) == 0;
        }
    }

    /// <inheritdoc/>
    public override IDisposable ForwardSignals(Action<int>? received) => new SignalForwarding(this, received);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            TryReap();
        }

        int closing = Interlocked.Exchange(ref processDescriptor, -1);
        if (closing >= 0)
        {
            _ = Libc.Close(closing);
        }
    }

    private bool TryReap()
    {
        lock (gate)
        {
            if (exitStatus is not null)
            {
                return true;
            }

            SignalInfo info = default;
            if (Libc.WaitId(Libc.WaitForProcess, ProcessId, &info, Libc.WaitExited | Libc.WaitNoHang) != 0)
            {
                if (Marshal.GetLastPInvokeError() != Errno.NoChild)
                {
                    return false;
                }

                // Someone else in this process has taken its end; how it ended is lost.
                exitStatus = new ExitStatus(0, 0);
                return true;
            }

            if (info.ProcessId == 0)
            {
                return false;
            }

            exitStatus = info.Code == SignalInfo.CodeExited
                ? new ExitStatus(info.Status, 0)
                : new ExitStatus(0, info.Status);
            return true;
        }
    }
}
