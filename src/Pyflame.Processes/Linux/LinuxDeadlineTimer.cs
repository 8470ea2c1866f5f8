using System.ComponentModel;
using System.Runtime.InteropServices;
using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>ppoll(2) on an eventfd(2): a sleep with nanoseconds that another thread can end.</summary>
/// <remarks>
/// The kernel adds 50 µs of slack to every sleep so that it can wake several threads at once; PR_SET_TIMERSLACK (prctl(2)) takes that
/// down to 1 ns for the thread that makes the timer.
/// </remarks>
internal sealed unsafe class LinuxDeadlineTimer : DeadlineTimer
{
    private readonly int _event;

    // A signal may come at any time, and the number of a closed descriptor is soon another file's.
    private readonly Lock _closing = new();
    private volatile bool _woken;
    private bool _disposed;

    public LinuxDeadlineTimer()
    {
        _event = TimerCalls.CreateEvent(0, TimerCalls.EventCloseOnExec | TimerCalls.EventNonBlocking);
        if (_event < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }

        // Where it is refused, sleeps are 50 µs longer, and late samples are counted as ever.
        _ = TimerCalls.ControlProcess(TimerCalls.SetTimerSlack, 1, 0, 0, 0);
    }

    public override bool SleepUntil(long deadlineNanoseconds)
    {
        while (!_woken)
        {
            long left = deadlineNanoseconds - Now;
            if (left <= 0)
            {
                return true;
            }

            var timeout = new TimerCalls.TimeSpecification { Seconds = left / 1_000_000_000, Nanoseconds = left % 1_000_000_000 };
            var poll = new PollDescriptor { Descriptor = _event, Events = PollDescriptor.Readable };
            if (TimerCalls.Wait(&poll, 1, &timeout, null) == 0)
            {
                return true;
            }
        }

        return false;
    }

    public override void Wake()
    {
        _woken = true;
        ulong one = 1;
        lock (_closing)
        {
            if (!_disposed)
            {
                _ = TimerCalls.Write(_event, &one, sizeof(ulong));
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        lock (_closing)
        {
            if (!_disposed)
            {
                _disposed = true;
                _ = TimerCalls.Close(_event);
            }
        }
    }
}
