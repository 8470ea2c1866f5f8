using System.Runtime.InteropServices;
using Pyflame.Processes.Linux.Interop;

namespace Pyflame.Processes.Linux;

/// <summary>Ends a wait that lasts too long: a timer that interrupts the waiting OS thread with a signal.</summary>
/// <remarks>
/// waitid(2) has no time limit of its own. Asking it again and again instead is slow where it matters: with more
/// threads than processors, the thread that is to stop gets to run only when the one that waits for it sleeps (10 µs a
/// pause against 50 µs and more). The handler of the signal must do nothing but be there, and may not be managed code,
/// which could be anywhere when the signal comes; the C library's abs() is such a function.
/// </remarks>
internal sealed unsafe class WaitTimer
{
    // Real-time signals are free for use by programs; .NET and the C libraries take theirs from the other end.
    private const int Signal = 62;
    private const long PeriodNanoseconds = 20_000_000;

    private static readonly bool HasHandler = TrySetHandler();

    [ThreadStatic]
    private static WaitTimer? current;

    private readonly int timer;

    private WaitTimer(int timer) => this.timer = timer;

    /// <summary>The timer of this OS thread; null where it cannot be had.</summary>
    public static WaitTimer? Current => current ??= TryMake();

    /// <summary>From now on, interrupts this thread every 20 ms.</summary>
    public void Start()
    {
        // Again and again, since the first may come before the wait has begun.
        var setting = new TimerSetting { IntervalNanoseconds = PeriodNanoseconds, Nanoseconds = PeriodNanoseconds };
        _ = Libc.SetTimer(timer, &setting);
    }

    /// <summary>Interrupts no more.</summary>
    public void Stop()
    {
        TimerSetting none = default;
        _ = Libc.SetTimer(timer, &none);
    }

    private static bool TrySetHandler()
    {
        if (!NativeLibrary.TryLoad("libc.so.6", out nint library) && !NativeLibrary.TryLoad("libc", out library))
        {
            return false;
        }

        // No flags: a call that the signal interrupts is not begun anew (SA_RESTART).
        return NativeLibrary.TryGetExport(library, "abs", out nint harmless)
            && Libc.SetSignalAction(Signal, new SignalAction { Handler = harmless }) == 0;
    }

    private static WaitTimer? TryMake()
    {
        if (!HasHandler)
        {
            return null;
        }

        var signalEvent = new SignalEvent
        {
            Signal = Signal,
            Notify = SignalEvent.ToThread,
            ThreadId = Libc.CurrentThreadId(),
        };
        int timer;
        return Libc.CreateTimer(&signalEvent, &timer) == 0 ? new WaitTimer(timer) : null;
    }
}
