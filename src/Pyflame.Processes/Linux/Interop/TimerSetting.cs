using System.Runtime.InteropServices;

namespace Pyflame.Processes.Linux.Interop;

/// <summary><c>struct itimerspec</c> (timer_settime(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimerSetting
{
    public long IntervalSeconds;
    public long IntervalNanoseconds;
    public long Seconds;
    public long Nanoseconds;
}
