namespace Pyflame.Recording;

/// <summary>What is counted while recording; read by other threads while it grows, which tears no 64-bit number.</summary>
internal sealed class RecordingCounters
{
    public long Rounds;
    public long Proven;
    public long Paused;
    public long Lost;
    public long Failed;
    public long Idle;
    public long NoHolder;
    public long Truncated;

    /// <summary>For how long threads were stopped, in nanoseconds.</summary>
    public long Stopped;
}
